"""GetRuntimeManagementConfig: runtimes are updated with this machine's Python.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_configuration
from groundstate.services.lambda_.names import parse_function_name


def get_runtime_management_config(call: Call, request: Shape) -> Shape:
    """Answer as AWS does for a function that never changed this: `Auto`.

    Raises:
        ResourceNotFoundException: there is no such function or version.
    """
    document = get_configuration(call, parse_function_name(call, request))[2]
    return {"UpdateRuntimeOn": "Auto", "FunctionArn": document["FunctionArn"]}
