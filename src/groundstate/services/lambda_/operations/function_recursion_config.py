"""PutFunctionRecursionConfig and GetFunctionRecursionConfig: kept and shown.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionRecursionConfig.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import parse_function_name

KIND = "recursion"


def put_function_recursion_config(call: Call, request: Shape) -> Shape:
    """Keep what to do with recursive loops. Groundstate does not look for them.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    kept = {"RecursiveLoop": request["RecursiveLoop"]}
    call.tx.functions.put_setting(function.function_id, KIND, "", kept)
    return kept


def get_function_recursion_config(call: Call, request: Shape) -> Shape:
    """Show it; AWS's default is `Terminate`.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    kept = call.tx.functions.find_setting(function.function_id, KIND, "")
    return kept or {"RecursiveLoop": "Terminate"}
