"""DeleteFunction: remove a function, or one published version.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.executions import remove_all
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceConflictException,
)
from groundstate.services.lambda_.functions import (
    function_not_found,
    get_function_row,
    is_alias_name,
)
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.versions import retire, sweep_code
from groundstate.store.functions import FunctionRow


def delete_function(call: Call, request: Shape) -> Shape:
    """Remove a function with its versions and aliases, or the version that is named.

    Invocations under way are finished; its log stays. Executions of a durable function are stopped.

    Raises:
        ResourceNotFoundException: there is no such function or version.
        InvalidParameterValueException: `$LATEST` or an alias cannot be deleted so.
        ResourceConflictException: an alias uses the version.
    """
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    if named.qualifier:
        _delete_version(call, function, named.qualifier)
    else:
        remove_all(call, function.name)
        for version in call.tx.functions.list_versions(function.function_id):
            retire(call, version.revision_id)
        call.tx.functions.remove(function.function_id)
    sweep_code(call)
    call.after_commit(call.host.reload_provisioned)
    return {}


def _delete_version(call: Call, function: FunctionRow, qualifier: str) -> None:
    if qualifier == LATEST:
        raise InvalidParameterValueException(
            "$LATEST version cannot be deleted without deleting the function."
        )
    if is_alias_name(qualifier):
        raise InvalidParameterValueException("Deletion of aliases is not currently supported.")
    version = call.tx.functions.find_version(function.function_id, qualifier)
    if version is None:
        raise function_not_found(call, function.name, qualifier)
    for alias in call.tx.functions.list_aliases(function.function_id):
        weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        if qualifier == alias["FunctionVersion"] or qualifier in weights:
            raise ResourceConflictException(
                f"The following aliases currently point to this version: {alias['Name']}"
            )
    retire(call, version.revision_id)
    call.tx.functions.remove_settings(function.function_id, qualifier)
    call.tx.functions.remove_version(function.function_id, qualifier)
