"""Aliases: names for versions, which may share their invocations between two.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.functions import function_not_found
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.provisioned import KIND, check_version
from groundstate.store.functions import FunctionRow


def put_alias(call: Call, function: FunctionRow, alias: Shape, request: Shape) -> Shape:
    """Write an alias with what a request changes in it, under a new revision.

    Raises:
        ResourceNotFoundException: it would lead to a version that is not there.
        InvalidParameterValueException: its weights cannot be.
        ResourceConflictException: something is provisioned for it, and for the version as well.
    """
    for member in ("FunctionVersion", "Description"):
        if member in request:
            alias[member] = request[member]
    if "RoutingConfig" in request:
        weights = request["RoutingConfig"].get("AdditionalVersionWeights", {})
        if weights:
            alias["RoutingConfig"] = {"AdditionalVersionWeights": weights}
        else:
            alias.pop("RoutingConfig", None)
    _check(call, function, alias)
    name = alias["Name"]
    if call.tx.functions.find_setting(function.function_id, KIND, name) is not None:
        # What is provisioned goes along to another version.
        check_version(call, function, name, alias["FunctionVersion"])
        call.after_commit(call.host.reload_provisioned)
    alias["RevisionId"] = ids.make_uuid()
    call.tx.functions.put_alias(function.function_id, name, alias)
    return alias


def _check(call: Call, function: FunctionRow, alias: Shape) -> None:
    main = alias["FunctionVersion"]
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    if len(weights) > 1:
        raise InvalidParameterValueException(
            "Number of items in AdditionalVersionWeights cannot be greater than 1"
        )
    if weights and main == LATEST:
        raise InvalidParameterValueException(
            "$LATEST is not supported for an alias pointing to more than 1 version"
        )
    if main in weights:
        raise InvalidParameterValueException(
            f"Invalid function version {main}.  Function version {main} is already included in"
            " routing configuration."
        )
    for version in (main, *weights):
        if call.tx.functions.find_version(function.function_id, version) is None:
            raise function_not_found(call, function.name, version)
