"""From a name to what runs: versions, aliases and their weights, concurrency.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html
     https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html
"""

from __future__ import annotations

from base64 import b64decode
from typing import NamedTuple

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidRequestContentException,
    RequestTooLargeException,
    TooManyRequestsException,
)
from groundstate.services.lambda_.functions import (
    alias_not_found,
    find_function_version,
    function_not_found,
    is_alias_name,
)
from groundstate.services.lambda_.limits import CONCURRENCY_MAX
from groundstate.services.lambda_.model import LATEST, FunctionVersion
from groundstate.services.lambda_.names import FunctionName, function_arn
from groundstate.services.lambda_.payloads import find_json_fault

_WEIGHT_STEPS = 1 << 53


class Target(NamedTuple):
    """What an invocation runs.

    Attributes:
        qualifier: as it was asked for, or empty.
        invoked_arn: the function's ARN with that qualifier.
        reserved_concurrency: how many invocations of the function may run, or None.
    """

    function: FunctionVersion
    qualifier: str
    invoked_arn: str
    reserved_concurrency: int | None


def find_target(call: Call, named: FunctionName) -> Target:
    """What runs for a name. An alias with weights chooses one of its versions by chance.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    version = named.qualifier or LATEST
    if is_alias_name(version):
        version = _version_of_alias(call, named)
    found = find_function_version(call, named.name, version)
    if found is None:
        raise function_not_found(call, named.name, named.qualifier)
    arn = function_arn(call, named.name, named.qualifier)
    return Target(found[0], named.qualifier, arn, found[1])


def admit(call: Call, target: Target) -> None:
    """Count an invocation against the function's concurrency.

    Raises:
        TooManyRequestsException: it is used up.
    """
    function_id = target.function.function_id
    host = call.host
    running = host.in_flight(function_id)
    reserved = target.reserved_concurrency
    if reserved is not None and running >= reserved:
        raise TooManyRequestsException(
            "Rate Exceeded.", Reason="ReservedFunctionConcurrentInvocationLimitExceeded"
        )
    if running >= CONCURRENCY_MAX:
        raise TooManyRequestsException("Rate Exceeded.", Reason="ConcurrentInvocationLimitExceeded")
    host.admit(function_id)
    call.tx.on_undo(lambda: host.dismiss(function_id))


def read_payload(request: Shape, bytes_max: int) -> bytes:
    """The event of a request to invoke.

    Raises:
        InvalidRequestContentException: it is not JSON.
        RequestTooLargeException: it is too big.
    """
    payload: bytes = request.get("Payload", b"")
    if len(payload) > bytes_max:
        raise RequestTooLargeException(
            f"Request must be smaller than {bytes_max} bytes for the InvokeFunction operation"
        )
    if not payload:
        return b"{}"
    fault = find_json_fault(payload)
    if fault:
        raise InvalidRequestContentException(
            "Could not parse request body into json: Could not parse payload into json: " + fault
        )
    return payload


def read_client_context(request: Shape) -> dict[str, str]:
    """The header by which a function is told its client context.

    Raises:
        InvalidRequestContentException: it is no JSON in base64.
    """
    context = request.get("ClientContext")
    if not context:
        return {}
    try:
        text = b64decode(context, validate=True).decode()
    except ValueError:
        raise InvalidRequestContentException(
            "Client context must be a valid Base64-encoded JSON object."
        ) from None
    return {"Lambda-Runtime-Client-Context": text.replace("\r", " ").replace("\n", " ")}


def make_trace_id(now: float) -> str:
    """An X-Ray trace header that is not sampled."""
    entropy = f"{ids.make_entropy():032x}"
    return f"Root=1-{int(now):08x}-{entropy[:24]};Parent={entropy[16:]};Sampled=0"


def choose_version(alias: Shape, chance: float) -> str:
    """The version that an alias leads to, for a number between 0 and 1."""
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    for version, weight in weights.items():
        if chance < weight:
            return str(version)
        chance -= weight
    return str(alias["FunctionVersion"])


def _version_of_alias(call: Call, named: FunctionName) -> str:
    function = call.tx.functions.find(call.region, named.name)
    if function is None:
        raise function_not_found(call, named.name, named.qualifier)
    alias = call.tx.functions.find_alias(function.function_id, named.qualifier)
    if alias is None:
        raise alias_not_found(call, named.name, named.qualifier)
    return choose_version(alias, (ids.make_entropy() % _WEIGHT_STEPS) / _WEIGHT_STEPS)
