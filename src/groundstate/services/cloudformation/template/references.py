"""What a value refers to, found without resolving it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from groundstate.services.cloudformation.template.errors import TemplateError, function_error

# `${Name}`, `${Resource.Attribute}`; `${!Literal}` stands for itself.
SUB_VARIABLE = re.compile(r"\$\{(?!\s*!)([^}]+)\}|\$\{\s*!([^}]*)\}")
_SUB_NAME = re.compile(r"[A-Za-z0-9_.:]+\Z")


class Reference(NamedTuple):
    """A Ref (attribute is None) or a GetAtt. `function` is the function that it stands in."""

    name: str
    attribute: str | None
    function: str


def find_references(
    value: Any, is_true: Callable[[str], bool] | None = None
) -> Iterator[Reference]:
    """Every Ref and GetAtt in a value, those inside `Fn::Sub` included.

    Args:
        is_true: tells a condition's value; then branches of `Fn::If` not taken are passed over.

    Raises:
        TemplateError: a Ref or GetAtt is not of its form.
    """
    if isinstance(value, list):
        for member in value:
            yield from find_references(member, is_true)
        return
    if not isinstance(value, dict):
        return
    if len(value) != 1:
        for member in value.values():
            yield from find_references(member, is_true)
        return
    ((name, argument),) = value.items()
    if name == "Ref":
        if not isinstance(argument, str):
            raise function_error("All Ref functions must refer to a string.")
        yield Reference(argument, None, "Ref")
    elif name == "Fn::GetAtt":
        yield from _find_in_get_att(argument, is_true)
    elif name == "Fn::Sub":
        yield from _find_in_sub(argument, is_true)
    elif name == "Fn::If" and is_true is not None and _is_if(argument):
        taken = argument[1] if is_true(argument[0]) else argument[2]
        yield from find_references(taken, is_true)
    else:
        yield from find_references(argument, is_true)


def split_get_att(argument: Any) -> tuple[str, Any]:
    """The resource and the attribute that a GetAtt's argument names.

    Raises:
        TemplateError: the argument is of another form.
    """
    if isinstance(argument, str) and "." in argument:
        resource, attribute = argument.split(".", 1)
        return resource, attribute
    if (
        isinstance(argument, list)
        and len(argument) >= 2
        and isinstance(argument[0], str)
        and argument[0]
    ):
        if len(argument) > 2 and all(isinstance(part, str) for part in argument):
            return argument[0], ".".join(argument[1:])
        if len(argument) == 2 and isinstance(argument[1], str | dict) and argument[1]:
            return argument[0], argument[1]
    raise bad_get_att()


def bad_get_att() -> TemplateError:
    """What AWS says of a `Fn::GetAtt` that names no attribute."""
    return function_error(
        "Fn::GetAtt object requires two non-empty parameters, the resource name and the resource"
        " attribute"
    )


def split_sub(argument: Any) -> tuple[str, dict[str, Any]]:
    """The text and the variables of an `Fn::Sub`.

    Raises:
        TemplateError: the argument is of another form.
    """
    if isinstance(argument, str):
        return argument, {}
    if (
        isinstance(argument, list)
        and len(argument) == 2
        and isinstance(argument[0], str)
        and isinstance(argument[1], dict)
    ):
        return argument[0], argument[1]
    raise function_error(
        "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string"
        " as first argument, and an optional second argument to specify a mapping of values to"
        " replace in the string"
    )


def _is_if(argument: Any) -> bool:
    return isinstance(argument, list) and len(argument) == 3 and isinstance(argument[0], str)


def _find_in_get_att(argument: Any, is_true: Callable[[str], bool] | None) -> Iterator[Reference]:
    resource, attribute = split_get_att(argument)
    if isinstance(attribute, str):
        yield Reference(resource, attribute, "Fn::GetAtt")
    else:
        yield Reference(resource, "", "Fn::GetAtt")
        yield from find_references(attribute, is_true)


def _find_in_sub(argument: Any, is_true: Callable[[str], bool] | None) -> Iterator[Reference]:
    text, variables = split_sub(argument)
    yield from find_references(variables, is_true)
    for match in SUB_VARIABLE.finditer(text):
        name = match.group(1)
        if name is None:
            continue
        name = name.strip()
        if not _SUB_NAME.match(name):
            raise function_error(
                "variable names in Fn::Sub syntax must contain only alphanumeric characters,"
                " underscores, periods, and colons"
            )
        if name in variables:
            continue
        resource, dot, attribute = name.partition(".")
        yield Reference(resource, attribute if dot else None, "Fn::Sub")
