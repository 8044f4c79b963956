"""ListFunctions: the functions of the region, a page at a time.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.paging import PAGE_MAX, make_marker, parse_marker


def list_functions(call: Call, request: Shape) -> Shape:
    """List functions by their names; with FunctionVersion `ALL`, all their versions too.

    Raises:
        InvalidParameterValueException: the Marker is not one of ours.
    """
    limit = min(request.get("MaxItems", PAGE_MAX), PAGE_MAX)
    after = parse_marker(request.get("Marker", ""))
    rows = call.tx.functions.list_page(call.region, after, limit + 1)
    functions: list[Shape] = []
    for function in rows[:limit]:
        for version in call.tx.functions.list_versions(function.function_id):
            if version.version == LATEST and "FunctionVersion" not in request:
                functions.append(version.document)
            elif "FunctionVersion" in request:
                arn = version.document["FunctionArn"]
                shown = f"{arn}:{LATEST}" if version.version == LATEST else arn
                functions.append({**version.document, "FunctionArn": shown})
    answer: Shape = {"Functions": [_listed(function) for function in functions]}
    if len(rows) > limit:
        answer["NextMarker"] = make_marker(rows[limit - 1].name)
    return answer


def _listed(document: Shape) -> Shape:
    """A configuration without the states, which lists leave out (documented)."""
    hidden = ("State", "LastUpdateStatus", "RuntimeVersionConfig")
    return {name: value for name, value in document.items() if name not in hidden}
