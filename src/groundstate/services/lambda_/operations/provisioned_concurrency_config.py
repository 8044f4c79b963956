"""Put, Get, Delete and List of ProvisionedConcurrencyConfig.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html
     https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.configuration import modified_time
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.functions import (
    get_function_row,
    get_version,
    is_alias_name,
)
from groundstate.services.lambda_.limits import CONCURRENCY_MAX, UNRESERVED_CONCURRENCY_MIN
from groundstate.services.lambda_.names import function_arn, parse_function_name
from groundstate.services.lambda_.paging import make_page
from groundstate.services.lambda_.provisioned import KIND, check_version
from groundstate.store.functions import FunctionRow


class ProvisionedConcurrencyConfigNotFoundException(ResourceNotFoundException):
    """Nothing is provisioned for this version or alias."""


def put_provisioned_concurrency_config(call: Call, request: Shape) -> Shape:
    """Provision concurrency: so many environments are started, once the request is on disk.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        ResourceConflictException: the version has it by another name.
        InvalidParameterValueException: `$LATEST` was named, an alias has weights, or there is not
            so much left.
    """
    function_id, qualifier, name = _target(call, request)
    function = get_function_row(call, name)
    check_version(call, function, qualifier, _find_version(call, function, qualifier))
    wanted = request["ProvisionedConcurrentExecutions"]
    _check_room(call, function, qualifier, wanted)
    kept: Shape = {
        "RequestedProvisionedConcurrentExecutions": wanted,
        "LastModified": modified_time(call.now),
        # Who asks for the same again wants that it is tried again.
        "Token": ids.make_uuid(),
    }
    call.tx.functions.put_setting(function_id, KIND, qualifier, kept)
    call.after_commit(call.host.reload_provisioned)
    shown: Shape = call.host.provisioned.show(function_id, qualifier, kept)
    return shown


def _find_version(call: Call, function: FunctionRow, qualifier: str) -> str:
    """The version that something is going to be provisioned for."""
    if not is_alias_name(qualifier):
        return qualifier
    alias = call.tx.functions.find_alias(function.function_id, qualifier)
    assert alias is not None, qualifier
    if alias.get("RoutingConfig", {}).get("AdditionalVersionWeights"):
        raise InvalidParameterValueException(
            "Alias with weights can not be used with Provisioned Concurrency"
        )
    return str(alias["FunctionVersion"])


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
    shown: Shape = call.host.provisioned.show(function_id, qualifier, kept)
    return shown


def delete_provisioned_concurrency_config(call: Call, request: Shape) -> Shape:
    """Provision nothing any more: the environments end when they have nothing to do.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    function_id, qualifier, _ = _target(call, request)
    call.tx.functions.remove_setting(function_id, KIND, qualifier)
    call.after_commit(call.host.reload_provisioned)
    return {}


def list_provisioned_concurrency_configs(call: Call, request: Shape) -> Shape:
    """List what is provisioned for a function's versions and aliases.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    provisioned = call.host.provisioned
    kept = [
        {
            "FunctionArn": function_arn(call, function.name, qualifier),
            **provisioned.show(function.function_id, qualifier, document),
        }
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
