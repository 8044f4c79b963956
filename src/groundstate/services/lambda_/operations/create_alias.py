"""CreateAlias.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.aliases import put_alias
from groundstate.services.lambda_.errors import ResourceConflictException
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import function_arn, parse_function_name


def create_alias(call: Call, request: Shape) -> Shape:
    """Make an alias of a function's version.

    Raises:
        ResourceNotFoundException: there is no such function or version.
        ResourceConflictException: the name is taken.
        InvalidParameterValueException: the weights cannot be.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    name = request["Name"]
    arn = function_arn(call, function.name, name)
    if call.tx.functions.find_alias(function.function_id, name) is not None:
        raise ResourceConflictException(f"Alias already exists: {arn}")
    return put_alias(call, function, {"AliasArn": arn, "Name": name, "Description": ""}, request)
