"""PutRuntimeManagementConfig and GetRuntimeManagementConfig: kept and shown.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PutRuntimeManagementConfig.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_configuration
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import parse_function_name

KIND = "runtime_management"
_MEMBERS = ("UpdateRuntimeOn", "RuntimeVersionArn")


def put_runtime_management_config(call: Call, request: Shape) -> Shape:
    """Keep when the runtime is to be updated. Here it is this machine's, whatever this says.

    Raises:
        ResourceNotFoundException: there is no such function or version.
    """
    named = parse_function_name(call, request)
    function, _, document = get_configuration(call, named)
    kept = {member: request[member] for member in _MEMBERS if member in request}
    qualifier = named.qualifier or LATEST
    call.tx.functions.put_setting(function.function_id, KIND, qualifier, kept)
    return {"FunctionArn": document["FunctionArn"], **kept}


def get_runtime_management_config(call: Call, request: Shape) -> Shape:
    """Show it; AWS's default is `Auto`.

    Raises:
        ResourceNotFoundException: there is no such function or version.
    """
    named = parse_function_name(call, request)
    function, _, document = get_configuration(call, named)
    kept = call.tx.functions.find_setting(function.function_id, KIND, named.qualifier or LATEST)
    return {"FunctionArn": document["FunctionArn"], **(kept or {"UpdateRuntimeOn": "Auto"})}
