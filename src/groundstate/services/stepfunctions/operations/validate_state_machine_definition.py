"""ValidateStateMachineDefinition: what is wrong with a definition.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from __future__ import annotations

from groundstate.asl import validate_definition
from groundstate.operation import Call, Shape

DIAGNOSTICS_MAX = 100


def validate_state_machine_definition(call: Call, request: Shape) -> Shape:
    """Find errors, and with `severity` WARNING also warnings. Only errors make the result FAIL."""
    found = validate_definition(request["definition"], type=request.get("type", "STANDARD"))
    failed = any(diagnostic.severity == "ERROR" for diagnostic in found)
    if request.get("severity", "ERROR") == "ERROR":
        found = [diagnostic for diagnostic in found if diagnostic.severity == "ERROR"]
    most = request.get("maxResults") or DIAGNOSTICS_MAX
    diagnostics = []
    for diagnostic in found[:most]:
        shown: Shape = {
            "severity": diagnostic.severity,
            "code": diagnostic.code,
            "message": diagnostic.message,
        }
        if diagnostic.location:
            shown["location"] = diagnostic.location
        diagnostics.append(shown)
    return {
        "result": "FAIL" if failed else "OK",
        "diagnostics": diagnostics,
        "truncated": len(found) > most,
    }
