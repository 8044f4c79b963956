"""The intrinsic functions: each takes its argument, as written, and gives its value.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html

A function whose argument holds something UNKNOWN is UNKNOWN itself.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from groundstate.services.cloudformation.template.errors import function_error
from groundstate.services.cloudformation.template.references import (
    SUB_VARIABLE,
    bad_get_att,
    split_get_att,
    split_sub,
)
from groundstate.services.cloudformation.template.values import (
    UNKNOWN,
    has_unknown,
    is_scalar,
    to_text,
)

if TYPE_CHECKING:
    from groundstate.services.cloudformation.template.resolver import Resolver

Function = Callable[["Resolver", Any], Any]


class Known(Protocol):
    """What the plainest functions need: the resolver, or something that knows parameters alone."""

    def ref(self, name: str) -> Any: ...

    def attribute(self, logical_id: str, name: str) -> Any: ...

    def resolve(self, value: Any) -> Any: ...


def ref(resolver: Resolver, argument: Any) -> Any:
    """`Ref`: a parameter, a pseudo parameter or a resource."""
    if not isinstance(argument, str):
        raise function_error("All Ref functions must refer to a string.")
    return resolver.ref(argument)


def get_att(resolver: Resolver, argument: Any) -> Any:
    """`Fn::GetAtt`: an attribute of a resource."""
    resource, attribute = split_get_att(argument)
    attribute = resolver.resolve(attribute)
    if attribute is UNKNOWN:
        return UNKNOWN
    if not isinstance(attribute, str) or not attribute:
        raise bad_get_att()
    return resolver.attribute(resource, attribute)


def join(resolver: Known, argument: Any) -> Any:
    """`Fn::Join`: a list put together to text."""
    values = resolver.resolve(argument) if isinstance(argument, list) else None
    if not isinstance(values, list) or len(values) != 2 or not isinstance(values[0], str):
        raise function_error(
            "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list"
            " of strings to be joined or a function that returns a list of strings to be joined."
        )
    delimiter, parts = values
    if has_unknown(parts):
        return UNKNOWN
    if not isinstance(parts, list) or not all(is_scalar(part) for part in parts):
        raise function_error(
            "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list"
            " of strings to be joined or a function that returns a list of strings to be joined."
        )
    return delimiter.join(to_text(part) for part in parts)


def split(resolver: Known, argument: Any) -> Any:
    """`Fn::Split`: text taken apart to a list."""
    values = resolver.resolve(argument) if isinstance(argument, list) else None
    if isinstance(values, list) and len(values) == 2 and values[1] is UNKNOWN:
        return UNKNOWN
    if (
        not isinstance(values, list)
        or len(values) != 2
        or not isinstance(values[0], str)
        or not is_scalar(values[1])
    ):
        raise function_error(
            "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a"
            " string to be split or a function that returns a string to be split."
        )
    return to_text(values[1]).split(values[0]) if values[0] else [to_text(values[1])]


def select(resolver: Known, argument: Any) -> Any:
    """`Fn::Select`: one member of a list."""
    values = resolver.resolve(argument) if isinstance(argument, list) else None
    if not isinstance(values, list) or len(values) != 2:
        raise function_error(
            "Fn::Select requires a list argument with two elements: an integer index and a list"
        )
    index, members = values
    if index is UNKNOWN or members is UNKNOWN:
        return UNKNOWN
    if isinstance(members, str) and isinstance(argument[1], dict):
        members = members.split(",")
    position = _read_index(index)
    if position is None or not isinstance(members, list):
        raise function_error(
            "Fn::Select requires a list argument with two elements: an integer index and a list"
        )
    if not 0 <= position < len(members):
        raise function_error(f"Fn::Select cannot select nonexistent value at index {position}")
    return members[position]


def _read_index(index: Any) -> int | None:
    try:
        return int(to_text(index)) if is_scalar(index) else None
    except ValueError:
        return None


def sub(resolver: Known, argument: Any) -> Any:
    """`Fn::Sub`: text with variables."""
    text, variables = split_sub(argument)
    unknown = False

    def put(match: Any) -> str:
        nonlocal unknown
        if match.group(1) is None:
            return f"${{{match.group(2)}}}"
        name = match.group(1).strip()
        if name in variables:
            value = resolver.resolve(variables[name])
        elif "." in name:
            value = resolver.attribute(*name.split(".", 1))
        else:
            value = resolver.ref(name)
        if value is UNKNOWN:
            unknown = True
            return ""
        if not is_scalar(value):
            raise function_error(
                f"Fn::Sub expression does not resolve to a string: variable {name} is not a string"
            )
        return to_text(value)

    result = SUB_VARIABLE.sub(put, text)
    return UNKNOWN if unknown else result


def find_in_map(resolver: Resolver, argument: Any) -> Any:
    """`Fn::FindInMap`: a value of the Mappings section."""
    if not isinstance(argument, list) or not 3 <= len(argument) <= 4:
        raise function_error(
            "every Fn::FindInMap object requires three parameters, the map name, map key and the"
            " attribute for return value"
        )
    keys = resolver.resolve(argument[:3])
    if has_unknown(keys):
        return UNKNOWN
    if len(keys) != 3 or not all(is_scalar(key) for key in keys):
        raise function_error(
            "every Fn::FindInMap object requires three parameters, the map name, map key and the"
            " attribute for return value"
        )
    name, first, second = (to_text(key) for key in keys)
    found = resolver.template.mappings.get(name, {}).get(first, {}).get(second)
    if found is not None:
        return found
    if len(argument) == 4 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
        return resolver.resolve(argument[3]["DefaultValue"])
    if name not in resolver.template.mappings:
        raise function_error(
            f"Mapping named '{name}' is not present in the 'Mappings' section of template."
        )
    raise function_error(f"Unable to get mapping for {name}::{first}::{second}")


def encode_base64(resolver: Resolver, argument: Any) -> Any:
    """`Fn::Base64`: text in base64."""
    value = resolver.resolve(argument)
    if value is UNKNOWN:
        return UNKNOWN
    if not is_scalar(value):
        raise function_error("every Fn::Base64 object must have a String-typed value.")
    return base64.b64encode(to_text(value).encode()).decode()


def get_azs(resolver: Resolver, argument: Any) -> Any:
    """`Fn::GetAZs`: the availability zones of a region."""
    value = resolver.resolve(argument)
    if value is UNKNOWN:
        return UNKNOWN
    if not is_scalar(value):
        raise function_error("every Fn::GetAZs object must have a String-typed value.")
    return resolver.lookups.zones(to_text(value))


def cidr(resolver: Resolver, argument: Any) -> Any:
    """`Fn::Cidr`: subnets of an address block."""
    values = resolver.resolve(argument)
    if has_unknown(values):
        return UNKNOWN
    if not isinstance(values, list) or not 2 <= len(values) <= 3:
        raise function_error("Fn::Cidr requires two or three arguments.")
    try:
        network = ipaddress.ip_network(to_text(values[0]), strict=False)
        count = int(to_text(values[1]))
        bits = int(to_text(values[2])) if len(values) == 3 else 8
        subnets = network.subnets(new_prefix=network.max_prefixlen - bits)
        found = [str(subnet) for subnet, _ in zip(subnets, range(count), strict=False)]
    except ValueError as error:
        raise function_error(f"Fn::Cidr: {error}") from None
    if len(found) != count:
        raise function_error(
            f"Fn::Cidr: the block {values[0]} has room for {len(found)} of the {count} asked for"
        )
    return found


def import_value(resolver: Resolver, argument: Any) -> Any:
    """`Fn::ImportValue`: another stack's export."""
    name = resolver.resolve(argument)
    if name is UNKNOWN:
        raise function_error(
            "the attribute in Fn::ImportValue must not depend on any resources, imported values, or"
            " Fn::GetAZs"
        )
    if not is_scalar(name):
        raise function_error("every Fn::ImportValue object must have a String-typed value.")
    return resolver.lookups.import_value(to_text(name))


def get_stack_output(resolver: Resolver, argument: Any) -> Any:
    """`Fn::GetStackOutput`: an output of another stack, without binding it."""
    values: Any = resolver.resolve(argument)
    if isinstance(values, list):
        values = dict(zip(("StackName", "OutputName", "Region"), values, strict=False))
    if not isinstance(values, Mapping) or not {"StackName", "OutputName"} <= set(values):
        raise function_error("Fn::GetStackOutput requires StackName and OutputName")
    if has_unknown(values):
        return UNKNOWN
    return resolver.lookups.stack_output(
        to_text(values["StackName"]),
        to_text(values["OutputName"]),
        to_text(values.get("Region", "")),
    )


def length(resolver: Resolver, argument: Any) -> Any:
    """`Fn::Length`: how many members a list has (AWS::LanguageExtensions)."""
    value = resolver.resolve(argument)
    if value is UNKNOWN:
        return UNKNOWN
    if not isinstance(value, list):
        raise function_error("Fn::Length: the argument must be a list")
    return len(value)


def to_json_string(resolver: Resolver, argument: Any) -> Any:
    """`Fn::ToJsonString`: a value as JSON text (AWS::LanguageExtensions)."""
    value = resolver.resolve(argument)
    return UNKNOWN if has_unknown(value) else json.dumps(value, separators=(",", ":"))


def choose(resolver: Resolver, argument: Any) -> Any:
    """`Fn::If`: one of two values, by a condition."""
    if not isinstance(argument, list) or len(argument) != 3:
        raise function_error("Fn::If requires a list argument with three elements")
    if not isinstance(argument[0], str):
        raise function_error("Fn::If first element must be a condition name")
    if argument[0] not in resolver.template.conditions:
        raise function_error(f"unresolved condition dependency {argument[0]} in Fn::If")
    return resolver.resolve(argument[1] if resolver.is_true(argument[0]) else argument[2])


# Those that a template has only with the transform AWS::LanguageExtensions.
EXTENSIONS = ("Fn::Length", "Fn::ToJsonString")

FUNCTIONS: Mapping[str, Function] = {
    "Ref": ref,
    "Fn::Base64": encode_base64,
    "Fn::Cidr": cidr,
    "Fn::FindInMap": find_in_map,
    "Fn::GetAZs": get_azs,
    "Fn::GetAtt": get_att,
    "Fn::GetStackOutput": get_stack_output,
    "Fn::If": choose,
    "Fn::ImportValue": import_value,
    "Fn::Join": join,
    "Fn::Length": length,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::Sub": sub,
    "Fn::ToJsonString": to_json_string,
}
