"""GetFunctionConfiguration: the settings of a function or of one of its versions.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_configuration
from groundstate.services.lambda_.names import parse_function_name


def get_function_configuration(call: Call, request: Shape) -> Shape:
    """Describe a function's settings.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    return get_configuration(call, parse_function_name(call, request))[2]
