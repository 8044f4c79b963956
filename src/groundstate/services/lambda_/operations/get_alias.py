"""GetAlias.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import alias_not_found, get_function_row
from groundstate.services.lambda_.names import parse_function_name


def get_alias(call: Call, request: Shape) -> Shape:
    """Describe an alias.

    Raises:
        ResourceNotFoundException: there is no such function or alias.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    alias = call.tx.functions.find_alias(function.function_id, request["Name"])
    if alias is None:
        raise alias_not_found(call, function.name, request["Name"])
    return alias
