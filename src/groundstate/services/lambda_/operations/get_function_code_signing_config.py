"""GetFunctionCodeSigningConfig: no function has one here.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import parse_function_name


def get_function_code_signing_config(call: Call, request: Shape) -> Shape:
    """Answer as AWS does for a function without code signing: with its name alone.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    return {"FunctionName": get_function_row(call, parse_function_name(call, request).name).name}
