"""Values that are not plain: what is known only later, and what is to be left out."""

from __future__ import annotations

import json
from typing import Any, Final


class Unknown:
    """A value that is known only after a resource has been made or changed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"


class NoValue:
    """`Ref: AWS::NoValue`: the member that holds it is left out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_VALUE"


UNKNOWN: Final = Unknown()
NO_VALUE: Final = NoValue()


def to_text(value: Any) -> str:
    """A scalar as CloudFormation puts it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict | list):
        return json.dumps(value, separators=(",", ":"))
    return str(value)


def is_scalar(value: Any) -> bool:
    """Text, a number or a truth value."""
    return isinstance(value, str | int | float)


def has_unknown(value: Any) -> bool:
    """Whether anything in it is known only later."""
    if isinstance(value, dict):
        return any(has_unknown(member) for member in value.values())
    if isinstance(value, list):
        return any(has_unknown(member) for member in value)
    return value is UNKNOWN


def show_unknown(value: Any) -> Any:
    """The value with AWS's placeholder where it is known only later."""
    if isinstance(value, dict):
        return {key: show_unknown(member) for key, member in value.items()}
    if isinstance(value, list):
        return [show_unknown(member) for member in value]
    return "{{changeSet:KNOWN_AFTER_APPLY}}" if value is UNKNOWN else value
