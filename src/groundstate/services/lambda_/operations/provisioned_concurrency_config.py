"""Put, Get, Delete and List of ProvisionedConcurrencyConfig: kept and shown.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.configuration import modified_time
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.functions import get_function_row, get_version
from groundstate.services.lambda_.limits import CONCURRENCY_MAX, UNRESERVED_CONCURRENCY_MIN
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import function_arn, parse_function_name
from groundstate.services.lambda_.paging import make_page
from groundstate.store.functions import FunctionRow

KIND = "provisioned"


class ProvisionedConcurrencyConfigNotFoundException(ResourceNotFoundException):
    """Nothing is provisioned for this version or alias."""


def put_provisioned_concurrency_config(call: Call, request: Shape) -> Shape:
    """Provision concurrency. Starting an environment takes milliseconds here: none is started.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidParameterValueException: `$LATEST` was named, or there is not so much left.
    """
    function_id, qualifier, name = _target(call, request)
    if qualifier == LATEST:
        raise InvalidParameterValueException(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
        )
    wanted = request["ProvisionedConcurrentExecutions"]
    _check_room(call, get_function_row(call, name), qualifier, wanted)
    kept: Shape = {
        "RequestedProvisionedConcurrentExecutions": wanted,
        "AvailableProvisionedConcurrentExecutions": wanted,
        "AllocatedProvisionedConcurrentExecutions": wanted,
        "Status": "READY",
        "LastModified": modified_time(call.now),
    }
    call.tx.functions.put_setting(function_id, KIND, qualifier, kept)
    return kept


def _check_room(call: Call, function: FunctionRow, qualifier: str, wanted: int) -> None:
    """Provisioned concurrency comes out of the function's own, or else out of what is left."""
    own = others = 0
    for owner, of, document in call.tx.functions.list_settings_of_all(call.region, KIND):
        count = document["RequestedProvisionedConcurrentExecutions"]
        if owner.function_id != function.function_id:
            others += 0 if owner.reserved_concurrency is not None else count
        elif of != qualifier:
            own += count
    if function.reserved_concurrency is not None:
        if own + wanted > function.reserved_concurrency:
            raise InvalidParameterValueException(
                "Requested Provisioned Concurrency should not be greater than the"
                " reservedConcurrentExecution for function"
            )
        return
    reserved = call.tx.functions.sum_reserved_concurrency(call.region, but=function.function_id)
    if CONCURRENCY_MAX - reserved - others - own - wanted < UNRESERVED_CONCURRENCY_MIN:
        raise InvalidParameterValueException(
            "Specified ConcurrentExecutions for function decreases account's"
            " UnreservedConcurrentExecution below its minimum value of"
            f" [{UNRESERVED_CONCURRENCY_MIN}]."
        )


def get_provisioned_concurrency_config(call: Call, request: Shape) -> Shape:
    """Show what is provisioned.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        ProvisionedConcurrencyConfigNotFoundException: nothing is provisioned.
    """
    function_id, qualifier, _ = _target(call, request)
    kept = call.tx.functions.find_setting(function_id, KIND, qualifier)
    if kept is None:
        raise ProvisionedConcurrencyConfigNotFoundException(
            "No Provisioned Concurrency Config found for this function"
        )
    return kept


def delete_provisioned_concurrency_config(call: Call, request: Shape) -> Shape:
    """Provision nothing any more.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    function_id, qualifier, _ = _target(call, request)
    call.tx.functions.remove_setting(function_id, KIND, qualifier)
    return {}


def list_provisioned_concurrency_configs(call: Call, request: Shape) -> Shape:
    """List what is provisioned for a function's versions and aliases.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    kept = [
        {"FunctionArn": function_arn(call, function.name, qualifier), **document}
        for qualifier, document in call.tx.functions.list_settings(function.function_id, KIND)
    ]
    return make_page(
        kept, request, lambda entry: str(entry["FunctionArn"]), "ProvisionedConcurrencyConfigs"
    )


def _target(call: Call, request: Shape) -> tuple[int, str, str]:
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    get_version(call, function, named.qualifier)
    return function.function_id, named.qualifier, named.name
