"""How callers name functions: a name, a partial or a whole ARN, each with or without a qualifier.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from groundstate.arn import partition_of
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    AccessDeniedException,
    InvalidParameterValueException,
    ResourceNotFoundException,
    ValidationException,
)

NAME_LENGTH_MAX = 64
# As AWS's model writes it: every part but the name may be left out.
_FORM = re.compile(
    r"(arn:[a-z-]+:lambda:)?((?P<region>[a-z]+(-[a-z]+)+-\d):)?((?P<account>\d{12}):)?(function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)(:(?P<qualifier>[$a-zA-Z0-9-_.]+))?"
)


class FunctionName(NamedTuple):
    """A function as a request names it.

    Attributes:
        qualifier: a version, an alias, `$LATEST`, or empty.
    """

    name: str
    qualifier: str


def parse_function_name(call: Call, request: Shape) -> FunctionName:
    """The function that a request is about, from its FunctionName and Qualifier.

    Raises:
        ResourceNotFoundException: the ARN is of another region.
        AccessDeniedException: it is of another account.
        InvalidParameterValueException: FunctionName and Qualifier name different qualifiers.
    """
    parsed = split_function_name(request["FunctionName"])
    _check_owner(call, request["FunctionName"])
    qualifier = request.get("Qualifier", "")
    if parsed.qualifier and qualifier and parsed.qualifier != qualifier:
        raise InvalidParameterValueException(
            "The derived qualifier from the function name does not match the specified qualifier."
        )
    return FunctionName(parsed.name, parsed.qualifier or qualifier)


def parse_new_function_name(call: Call, request: Shape) -> str:
    """The name of a function that is to be made.

    Raises:
        ResourceNotFoundException: the ARN is of another region.
        AccessDeniedException: it is of another account.
        ValidationException: it is too long, or has a qualifier.
    """
    text = request["FunctionName"]
    parsed = split_function_name(text)
    _check_owner(call, text)
    if parsed.qualifier:
        raise InvalidParameterValueException(
            f"A function that is to be made has no qualifier yet; {text} has {parsed.qualifier}."
        )
    if len(parsed.name) > NAME_LENGTH_MAX:
        raise ValidationException(
            f"1 validation error detected: Value '{text}' at 'functionName' failed to satisfy"
            f" constraint: Member must have length less than or equal to {NAME_LENGTH_MAX}"
        )
    return parsed.name


def split_function_name(text: str) -> FunctionName:
    """Take a name or ARN apart; what is no ARN is a name."""
    return _take_apart(text).function


class _Parts(NamedTuple):
    function: FunctionName
    region: str
    account: str


# Every invocation asks several times, mostly for the same few names.
@lru_cache(maxsize=4096)
def _take_apart(text: str) -> _Parts:
    match = _FORM.fullmatch(text)
    if match is None:
        return _Parts(FunctionName(text, ""), "", "")
    function = FunctionName(match["name"], match["qualifier"] or "")
    return _Parts(function, match["region"] or "", match["account"] or "")


def _check_owner(call: Call, text: str) -> None:
    parsed, region, account = _take_apart(text)
    if region and region != call.region:
        raise ResourceNotFoundException(
            f"Functions from '{region}' are not reachable in this region ('{call.region}')"
        )
    if account and account != call.account:
        action = "InvokeFunction" if call.operation == "Invoke" else call.operation
        arn = f"arn:{partition_of(call.region)}:lambda:{call.region}:{account}:function"
        raise AccessDeniedException(
            f"User: {call.principal.arn} is not authorized to perform: lambda:{action} on"
            f" resource: {arn}:{parsed.name} because no resource-based policy allows the"
            f" lambda:{action} action"
        )


def function_arn(call: Call, name: str, qualifier: str = "") -> str:
    """The ARN of a function, or of its version or alias."""
    partition = partition_of(call.region)
    arn = f"arn:{partition}:lambda:{call.region}:{call.account}:function:{name}"
    return f"{arn}:{qualifier}" if qualifier else arn


def function_resource(call: Call, request: Shape) -> str:
    """What permissions on a function are about: its ARN, with the qualifier that was named."""
    parsed = split_function_name(str(request.get("FunctionName", "")))
    qualifier = parsed.qualifier or str(request.get("Qualifier", ""))
    return function_arn(call, parsed.name, qualifier)


def unqualified_resource(call: Call, request: Shape) -> str:
    """The same without the qualifier, for operations on the function itself."""
    parsed = split_function_name(str(request.get("FunctionName", "")))
    return function_arn(call, parsed.name)


def durable_execution_resource(call: Call, request: Shape) -> str:
    """What permissions on an execution of a durable function are about: its ARN."""
    return str(request.get("DurableExecutionArn", ""))
