"""ValidateStateMachineDefinition: what is wrong with a definition.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from __future__ import annotations

from groundstate.asl import validate_definition
from groundstate.operation import Answer, Call, Deferred, Shape
from groundstate.services.stepfunctions.definitions import aside, is_long
from groundstate.services.stepfunctions.sdk_names import is_known

DIAGNOSTICS_MAX = 100


def validate_state_machine_definition(call: Call, request: Shape) -> Answer:
    """Find errors, and with `severity` WARNING also warnings. Only errors make the result FAIL."""
    if not is_long(request["definition"]) or not call.takes_fragments:
        return _validate(request)
    answer = Deferred()

    def answered(done: Deferred) -> None:
        assert done.result is not None
        answer.resolve(done.result["result"])

    call.host.compiling.call(call, lambda: aside(lambda: _validate(request))).add_callback(answered)
    return answer


def _validate(request: Shape) -> Shape:
    found = validate_definition(
        request["definition"], type=request.get("type", "STANDARD"), is_known=is_known
    )
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
