"""GetFunctionRecursionConfig.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import parse_function_name


def get_function_recursion_config(call: Call, request: Shape) -> Shape:
    """Answer with the default; Groundstate does not look for recursive loops.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    get_function_row(call, parse_function_name(call, request).name)
    return {"RecursiveLoop": "Terminate"}
