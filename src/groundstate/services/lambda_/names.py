"""How callers name functions: a name, a partial or a whole ARN, each with or without a qualifier.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax
"""

from __future__ import annotations

from typing import NamedTuple

from groundstate.arn import partition_of
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceNotFoundException,
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
        InvalidParameterValueException: FunctionName and Qualifier name different qualifiers.
    """
    parsed = split_function_name(request["FunctionName"])
    region = region_of(request["FunctionName"])
    if region and region != call.region:
        raise ResourceNotFoundException(
            f"Functions from '{region}' are not reachable in this region ('{call.region}')"
        )
    qualifier = request.get("Qualifier", "")
    if parsed.qualifier and qualifier and parsed.qualifier != qualifier:
        raise InvalidParameterValueException(
            "The derived qualifier from the function name does not match the specified qualifier."
        )
    return FunctionName(parsed.name, parsed.qualifier or qualifier)


def split_function_name(text: str) -> FunctionName:
    """Take a name or ARN apart; what is no ARN is a name."""
    parts = text.split(":")
    if text.startswith("arn:") and len(parts) >= 7:
        return FunctionName(parts[6], parts[7] if len(parts) > 7 else "")
    if len(parts) >= 3 and parts[1] == "function":
        return FunctionName(parts[2], parts[3] if len(parts) > 3 else "")
    if parts[0] == "function" and len(parts) > 1:
        return FunctionName(parts[1], parts[2] if len(parts) > 2 else "")
    return FunctionName(parts[0], parts[1] if len(parts) > 1 else "")


def region_of(text: str) -> str:
    """The region that an ARN names; empty for a name."""
    parts = text.split(":")
    return parts[3] if text.startswith("arn:") and len(parts) >= 7 else ""


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
