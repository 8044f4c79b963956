"""DeleteAlias.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import parse_function_name


def delete_alias(call: Call, request: Shape) -> Shape:
    """Delete an alias and what is set for it. One that is not there is no error.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    call.tx.functions.remove_alias(function.function_id, request["Name"])
    call.tx.functions.remove_settings(function.function_id, request["Name"])
    call.after_commit(call.host.reload_provisioned)
    return {}
