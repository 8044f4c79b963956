"""Quick tests that a value is right: what nearly all requests need of the first two rounds.

A test that says no only asks for a closer look, in AWS's order and with AWS's words. On the way
through lists and structures, maps of attributes are measured, so that the operation need not.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from groundstate.services.dynamodb.validation.shapes import ATTRIBUTES, STRING, Member, Shape
from groundstate.services.dynamodb.values import Measured, measure

Found = dict[int, Measured]
"""The maps of attributes that were measured, by the identity of the given ones."""
Accept = Callable[[Any], bool]
AcceptInside = Callable[[Any, Found], bool]

_NO_LIMIT = 10**9
# How many texts that fit a pattern are remembered.
_KNOWN_MAX = 1000


def compile_accept(member: Member) -> Accept | None:
    """A test for a member that holds no attributes; None for one that needs `compile_inside`."""
    shape = member.shape
    if shape.kind == "String":
        return _compile_text(member)
    if shape.kind == "Boolean":
        return _is_bool
    if shape.kind in ("Integer", "Long"):
        low = -(2**31) if member.minimum is None else member.minimum
        high = 2**31 - 1 if member.maximum is None else member.maximum
        return lambda value: type(value) is int and low <= value <= high
    if shape.kind == "Map" and shape.element is STRING and shape.key_rules is None:
        return _is_text_map
    if shape.kind == "List" and shape.element is STRING and shape.element_rules is None:
        shortest, longest = member.shortest or 0, member.longest or _NO_LIMIT
        return lambda value: (
            type(value) is list
            and shortest <= len(value) <= longest
            and all(type(element) is str for element in value)
        )
    return None


def compile_inside(member: Member) -> AcceptInside:
    """A test for any member, which measures the attributes inside of it."""
    accept = compile_accept(member)
    if accept is not None:
        return lambda value, found: accept(value)
    inside = _compile_shape(member.shape)
    shortest, longest = member.shortest or 0, member.longest or _NO_LIMIT
    if shortest == 0 and longest == _NO_LIMIT:
        return inside
    return lambda value, found: inside(value, found) and shortest <= len(value) <= longest


def _compile_shape(shape: Shape) -> AcceptInside:
    if shape is ATTRIBUTES:
        return _measure
    if shape.kind == "Structure":
        return _compile_structure(shape)
    if shape.kind == "List" and shape.element is not None and shape.element_rules is None:
        element = compile_inside(Member(shape.element))
        return lambda value, found: (
            type(value) is list and all(element(inner, found) for inner in value)
        )
    if shape.kind == "Map" and shape.element is not None and shape.element.kind != "Attribute":
        return _compile_map(shape, compile_inside(Member(shape.element)))
    return _never


def _compile_structure(shape: Shape) -> AcceptInside:
    members = {name: compile_inside(member) for name, member in shape.members.items()}
    needed = frozenset(name for name, member in shape.members.items() if member.required)

    def accept(value: Any, found: Found) -> bool:
        if type(value) is not dict or not needed <= value.keys():
            return False
        for name, inner in value.items():
            member = members.get(name)
            if member is None or not member(inner, found):
                return False
        return True

    return accept


def _compile_map(shape: Shape, element: AcceptInside) -> AcceptInside:
    longest_key, shortest_key, pattern = shape.key_rules or (_NO_LIMIT, 0, ".*")
    longest, shortest = shape.value_rules or (_NO_LIMIT, 0)
    matches = re.compile(pattern, re.DOTALL).fullmatch

    def accept(value: Any, found: Found) -> bool:
        if type(value) is not dict:
            return False
        for name, inner in value.items():
            if not shortest_key <= len(name) <= longest_key or matches(name) is None:
                return False
            if not element(inner, found) or not shortest <= len(inner) <= longest:
                return False
        return True

    return accept


def _compile_text(member: Member) -> Accept:
    if member.choices:
        choices = frozenset(member.choices)
        return lambda value: type(value) is str and value in choices
    shortest, longest = member.shortest or 0, member.longest or _NO_LIMIT
    if member.early_length:
        shortest, longest = 3, 255
    if member.pattern:
        return _compile_pattern(member.pattern, shortest, longest)
    if shortest == 0 and longest == _NO_LIMIT:
        return _is_text
    return lambda value: type(value) is str and shortest <= len(value) <= longest


def _compile_pattern(pattern: str, shortest: int, longest: int) -> Accept:
    matches = re.compile(pattern).fullmatch
    # Requests name the same few tables.
    known: set[str] = set()

    def accept(value: Any) -> bool:
        if type(value) is not str:
            return False
        if value in known:
            return True
        if not shortest <= len(value) <= longest or matches(value) is None:
            return False
        if len(known) < _KNOWN_MAX:
            known.add(value)
        return True

    return accept


def _measure(value: Any, found: Found) -> bool:
    if type(value) is not dict:
        return False
    measured = measure(value)
    if measured is None:
        return False
    found[id(value)] = measured
    return True


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_bool(value: Any) -> bool:
    return value is True or value is False


def _is_text_map(value: Any) -> bool:
    if type(value) is not dict:
        return False
    for text in value.values():  # noqa: SIM110 - a generator costs more than this loop
        if type(text) is not str:
            return False
    return True


def _never(value: Any, found: Found) -> bool:
    return False
