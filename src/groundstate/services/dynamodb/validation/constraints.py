"""The second round: limits of single members, all faults of them in one message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import orjson

from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.validation.shapes import Member, Shape

FAULTS_MAX = 10


def check_early(data: dict[str, Any], members: Mapping[str, Member]) -> None:
    """Refuse what AWS refuses before it looks at limits: a missing or too short table name.

    Raises:
        ValidationException: naming the first such member.
    """
    for name, member in members.items():
        value = data.get(name)
        if member.missing and value is None:
            raise ValidationException(
                f"The parameter '{name}' is required but was not present in the request"
            )
        if member.early_length and value is not None and not 3 <= len(value) <= 255:
            raise ValidationException(
                f"{name} must be at least 3 characters long and at most 255 characters long"
            )


def check_constraints(data: dict[str, Any], members: Mapping[str, Member]) -> None:
    """Check the limits of all members, also inside structures, lists and maps.

    Raises:
        ValidationException: `N validation errors detected: ...`, ten at most.
    """
    faults: list[str] = []
    _check_members(data, members, "", faults)
    if faults:
        del faults[FAULTS_MAX:]
        noun = "error" if len(faults) == 1 else "errors"
        raise ValidationException(f"{len(faults)} validation {noun} detected: " + "; ".join(faults))


def _check_members(
    data: dict[str, Any], members: Mapping[str, Member], prefix: str, faults: list[str]
) -> None:
    for name, member in members.items():
        path = prefix + name[0].lower() + name[1:]
        value = data.get(name)
        if value is None:
            if member.required:
                _fault(faults, None, path, "Member must not be null")
            continue
        _check_limits(value, member, path, faults)
        _check_inside(value, member.shape, path, faults)
        if len(faults) >= FAULTS_MAX:
            return


def _check_limits(value: Any, member: Member, path: str, faults: list[str]) -> None:
    if member.pattern and re.fullmatch(member.pattern, value) is None:
        _fault(
            faults, value, path, f"Member must satisfy regular expression pattern: {member.pattern}"
        )
    if member.shortest is not None and len(value) < member.shortest:
        _fault(
            faults,
            _shown(value, member.shape),
            path,
            f"Member must have length greater than or equal to {member.shortest}",
        )
    if member.longest is not None and len(value) > member.longest:
        _fault(
            faults,
            _shown(value, member.shape),
            path,
            f"Member must have length less than or equal to {member.longest}",
        )
    if member.minimum is not None and value < member.minimum:
        _fault(
            faults, value, path, f"Member must have value greater than or equal to {member.minimum}"
        )
    if member.maximum is not None and value > member.maximum:
        _fault(
            faults, value, path, f"Member must have value less than or equal to {member.maximum}"
        )
    if member.choices and value not in member.choices:
        listed = ", ".join(member.choices)
        _fault(faults, value, path, f"Member must satisfy enum value set: [{listed}]")


def _check_inside(value: Any, shape: Shape, path: str, faults: list[str]) -> None:
    if shape.kind == "Structure":
        _check_members(value, shape.members, path + ".", faults)
    elif shape.kind == "List" and shape.element is not None:
        if shape.element_rules is not None:
            _check_elements(value, shape.element_rules, path, faults)
        for at, element in enumerate(value, 1):
            where = f"{path}.{at}.member"
            if element is not None:
                _check_inside(element, shape.element, where, faults)
            elif shape.element.kind in ("Structure", "Map"):
                _fault(faults, None, where, "Member must not be null")
    elif shape.kind == "Map" and shape.element is not None:
        _check_map(value, shape, path, faults)
        for key in reversed(value):
            _check_inside(value[key], shape.element, f"{path}.{key}.member", faults)


def _check_elements(value: list[Any], rules: tuple[int, int], path: str, faults: list[str]) -> None:
    longest, shortest = rules
    if any(element is None or not shortest <= len(element) <= longest for element in value):
        _fault(
            faults,
            value,
            path,
            "Member must satisfy constraint: ["
            f"Member must have length less than or equal to {longest}, "
            f"Member must have length greater than or equal to {shortest}]",
        )


def _check_map(value: dict[str, Any], shape: Shape, path: str, faults: list[str]) -> None:
    if shape.key_rules is not None:
        longest, shortest, pattern = shape.key_rules
        for key in map(arns.table_name, value):
            right_length = shortest <= len(key) <= longest
            if not right_length or re.fullmatch(pattern, key) is None:
                _fault(
                    faults,
                    value,
                    path,
                    "Map keys must satisfy constraint: ["
                    f"Member must have length less than or equal to {longest}, "
                    f"Member must have length greater than or equal to {shortest}, "
                    f"Member must satisfy regular expression pattern: {pattern}]",
                )
    if shape.value_rules is not None:
        longest, shortest = shape.value_rules
        for element in value.values():
            if not shortest <= len(element) <= longest:
                _fault(
                    faults,
                    value,
                    path,
                    "Map value must satisfy constraint: ["
                    f"Member must have length less than or equal to {longest}, "
                    f"Member must have length greater than or equal to {shortest}]",
                )


def _fault(faults: list[str], value: Any, path: str, constraint: str) -> None:
    shown = "null" if value is None else f"'{_show(value)}'"
    faults.append(f"Value {shown} at '{path}' failed to satisfy constraint: {constraint}")


def _shown(value: Any, shape: Shape) -> Any:
    """A value as `_show` takes it; structures in Java's own form (observed)."""
    if value is None:
        return None
    if shape.kind == "List" and shape.element is not None:
        return [_shown(element, shape.element) for element in value]
    if shape.kind != "Structure":
        return value
    members = ", ".join(
        f"{name[0].lower()}{name[1:]}={_show(_shown(value.get(name), member.shape))}"
        for name, member in shape.members.items()
        if name in value or member.required
    )
    return f"{shape.java}({members})"


def _show(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(map(_show, value)) + "]"
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
