"""Put, Update, Get, Delete and List of FunctionEventInvokeConfig: how events are tried and told.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html
"""

from __future__ import annotations

from groundstate.arn import parse_arn
from groundstate.operation import Call, Shape
from groundstate.principals import has_rights, role_principal
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.functions import get_function_row, get_version
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import (
    function_arn,
    parse_function_name,
    split_function_name,
)
from groundstate.services.lambda_.paging import make_page
from groundstate.services.lambda_.roles import SERVICE_NAME

KIND = "event_invoke"
# What a function's role needs for a destination.
_ACTIONS = {
    "events": "PutEvents",
    "lambda": "InvokeFunction",
    "s3": "PutObject",
    "sns": "Publish",
    "sqs": "SendMessage",
}
_MEMBERS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


def put_function_event_invoke_config(call: Call, request: Shape) -> Shape:
    """Set how asynchronous invocations of a function are tried, over what was set before.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidParameterValueException: nothing is set, or a destination cannot be.
    """
    function_id, qualifier, arn = _target(call, request)
    if not any(member in request for member in _MEMBERS):
        raise InvalidParameterValueException(
            "You must specify at least one of error handling or destination setting."
        )
    return _put(call, function_id, qualifier, {"FunctionArn": arn}, request)


def update_function_event_invoke_config(call: Call, request: Shape) -> Shape:
    """Change some of these settings.

    Raises:
        ResourceNotFoundException: there is no such function, or nothing is set for it.
        InvalidParameterValueException: a destination cannot be.
    """
    function_id, qualifier, arn = _target(call, request)
    kept = _get(call, function_id, qualifier, arn)
    return _put(call, function_id, qualifier, kept, request)


def get_function_event_invoke_config(call: Call, request: Shape) -> Shape:
    """Show these settings.

    Raises:
        ResourceNotFoundException: there is no such function, or nothing is set for it.
    """
    return _get(call, *_target(call, request))


def delete_function_event_invoke_config(call: Call, request: Shape) -> Shape:
    """Remove these settings.

    Raises:
        ResourceNotFoundException: there is no such function, or nothing is set for it.
    """
    function_id, qualifier, arn = _target(call, request)
    _get(call, function_id, qualifier, arn)
    call.tx.functions.remove_setting(function_id, KIND, qualifier)
    return {}


def list_function_event_invoke_configs(call: Call, request: Shape) -> Shape:
    """List these settings for a function and its versions and aliases.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    kept = [document for _, document in call.tx.functions.list_settings(function.function_id, KIND)]
    return make_page(
        kept, request, lambda document: str(document["FunctionArn"]), "FunctionEventInvokeConfigs"
    )


def _target(call: Call, request: Shape) -> tuple[int, str, str]:
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    get_version(call, function, named.qualifier)
    qualifier = named.qualifier or LATEST
    return function.function_id, qualifier, function_arn(call, named.name, qualifier)


def _get(call: Call, function_id: int, qualifier: str, arn: str) -> Shape:
    kept = call.tx.functions.find_setting(function_id, KIND, qualifier)
    if kept is None:
        raise ResourceNotFoundException(f"The function {arn} doesn't have an EventInvokeConfig")
    return kept


def _check_destinations(call: Call, arn: str, config: Shape) -> None:
    """A destination that is a function is there, and is another one; the role may write to each."""
    own, qualifier = split_function_name(arn).name, split_function_name(arn).qualifier
    function = get_function_row(call, own, qualifier)
    role_arn = get_version(call, function, qualifier).document["Role"]
    role = role_principal(role_arn, own, SERVICE_NAME)
    for side in config.values():
        destination = side.get("Destination", "")
        parsed = parse_arn(destination)
        if parsed is None or parsed.service not in _ACTIONS:
            continue
        action = _ACTIONS[parsed.service]
        if parsed.service == "lambda":
            _check_function(call, own, destination, parsed.region)
        # Of a bucket that is every object, though the records have a folder.
        written = f"{destination}/*" if parsed.service == "s3" else destination
        if not has_rights(call, role, written, f"{parsed.service}:{action}"):
            raise InvalidParameterValueException(
                f"The function's execution role does not have permissions to call {action} on"
                f" {destination}"
            ).for_want_of_right()


def _check_function(call: Call, own: str, destination: str, region: str) -> None:
    name = split_function_name(destination).name
    if name == own:
        raise InvalidParameterValueException(
            "You can't specify the function as a destination for itself."
        )
    if call.tx.functions.find(region, name) is None:
        raise InvalidParameterValueException(f"The destination ARN {destination} is invalid.")


def _put(call: Call, function_id: int, qualifier: str, kept: Shape, request: Shape) -> Shape:
    _check_destinations(call, kept["FunctionArn"], request.get("DestinationConfig", {}))
    for member in _MEMBERS:
        if member in request:
            kept[member] = request[member]
    kept["DestinationConfig"] = {
        "OnSuccess": {},
        "OnFailure": {},
        **kept.get("DestinationConfig", {}),
    }
    kept["LastModified"] = call.now
    call.tx.functions.put_setting(function_id, KIND, qualifier, kept)
    return kept
