"""UpdateAlias.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.aliases import put_alias
from groundstate.services.lambda_.errors import ResourceNotFoundException
from groundstate.services.lambda_.functions import check_revision, get_function_row
from groundstate.services.lambda_.names import function_arn, parse_function_name


def update_alias(call: Call, request: Shape) -> Shape:
    """Lead an alias to another version, or change its weights or description.

    Raises:
        ResourceNotFoundException: there is no such function, alias or version.
        PreconditionFailedException: the RevisionId is not the latest one.
        InvalidParameterValueException: the weights cannot be.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    alias = call.tx.functions.find_alias(function.function_id, request["Name"])
    if alias is None:
        arn = function_arn(call, function.name, request["Name"])
        raise ResourceNotFoundException(f"Alias not found: {arn}")
    check_revision(request, alias["RevisionId"], "GetFunction/GetAlias")
    return put_alias(call, function, alias, request)
