"""Create, Get, Update, Delete and List of FunctionUrlConfig: functions behind an HTTP address.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunctionUrlConfig.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.function_urls import KIND, url_of
from groundstate.services.lambda_.functions import get_function_row, get_version, is_alias_name
from groundstate.services.lambda_.names import function_arn, parse_function_name
from groundstate.services.lambda_.paging import make_page
from groundstate.services.lambda_.report import iso_time

_ID_LENGTH = 32
_MEMBERS = ("AuthType", "Cors", "InvokeMode")


def create_function_url_config(call: Call, request: Shape) -> Shape:
    """Give a function, or one of its aliases, an address.

    Raises:
        ResourceNotFoundException: there is no such function or alias.
        ResourceConflictException: it has an address.
    """
    function_id, qualifier, arn = _target(call, request)
    if call.tx.functions.find_setting(function_id, KIND, qualifier) is not None:
        raise ResourceConflictException(
            f"Failed to create function url config for [functionArn = {arn}]. Error message:  "
            "FunctionUrlConfig exists for this Lambda function"
        )
    url_id = ids.make_suffix(_ID_LENGTH).lower()
    kept: Shape = {
        "UrlId": url_id,
        "FunctionArn": arn,
        "CreationTime": iso_time(call.now),
        "InvokeMode": "BUFFERED",
    }
    return _put(call, function_id, qualifier, kept, request)


def get_function_url_config(call: Call, request: Shape) -> Shape:
    """Show an address.

    Raises:
        ResourceNotFoundException: there is no such function, or it has no address.
    """
    return _shown(call, _get(call, *_target(call, request)[:2]))


def update_function_url_config(call: Call, request: Shape) -> Shape:
    """Change the settings of an address, which stays the same.

    Raises:
        ResourceNotFoundException: there is no such function, or it has no address.
    """
    function_id, qualifier, _ = _target(call, request)
    return _put(call, function_id, qualifier, _get(call, function_id, qualifier), request)


def delete_function_url_config(call: Call, request: Shape) -> Shape:
    """Take an address away.

    Raises:
        ResourceNotFoundException: there is no such function, or it has no address.
    """
    function_id, qualifier, _ = _target(call, request)
    _get(call, function_id, qualifier)
    call.tx.functions.remove_setting(function_id, KIND, qualifier)
    return {}


def list_function_url_configs(call: Call, request: Shape) -> Shape:
    """List the addresses of a function and its aliases.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    kept = call.tx.functions.list_settings(function.function_id, KIND)
    shown = [_shown(call, document) for _, document in kept]
    return make_page(shown, request, lambda url: str(url["FunctionUrl"]), "FunctionUrlConfigs")


def _target(call: Call, request: Shape) -> tuple[int, str, str]:
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    if named.qualifier:
        if not is_alias_name(named.qualifier):
            raise InvalidParameterValueException(
                "Function URLs are for functions and aliases, not for versions."
            )
        get_version(call, function, named.qualifier)
    return function.function_id, named.qualifier, function_arn(call, named.name, named.qualifier)


def _get(call: Call, function_id: int, qualifier: str) -> Shape:
    kept = call.tx.functions.find_setting(function_id, KIND, qualifier)
    if kept is None:
        raise ResourceNotFoundException("The resource you requested does not exist.")
    return kept


def _put(call: Call, function_id: int, qualifier: str, kept: Shape, request: Shape) -> Shape:
    for member in _MEMBERS:
        if member in request:
            kept[member] = request[member]
    kept["LastModifiedTime"] = iso_time(call.now)
    call.tx.functions.put_setting(function_id, KIND, qualifier, kept)
    return _shown(call, kept)


def _shown(call: Call, kept: Shape) -> Shape:
    shown = {member: value for member, value in kept.items() if member != "UrlId"}
    return {"FunctionUrl": url_of(call, kept["UrlId"]), **shown}
