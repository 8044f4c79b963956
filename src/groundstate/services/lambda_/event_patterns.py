"""Event patterns: which records of an event source a function wants. Pure.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Matches = Callable[[Any], bool]

_MISSING = object()


class PatternError(Exception):
    """The pattern cannot be understood."""


def compile_event_pattern(pattern: Any) -> Matches:
    """The function that says whether an event matches a pattern (parsed JSON).

    Raises:
        PatternError: it is no event pattern.
    """
    if not isinstance(pattern, dict) or not pattern:
        raise PatternError("the pattern must be an object that is not empty")
    return _compile_object(pattern)


def _compile_object(pattern: dict[str, Any]) -> Matches:
    parts: list[Matches] = []
    for name, wanted in pattern.items():
        if name == "$or":
            parts.append(_compile_or(wanted))
        elif isinstance(wanted, dict):
            parts.append(_nested(name, _compile_object(wanted)))
        elif isinstance(wanted, list) and wanted:
            parts.append(_leaf(name, [_compile_rule(rule) for rule in wanted]))
        else:
            raise PatternError(f"{name} must be an object or a list that is not empty")
    return lambda event: all(part(event) for part in parts)


def _compile_or(choices: Any) -> Matches:
    if not isinstance(choices, list) or len(choices) < 2:
        raise PatternError("$or must be a list of two or more patterns")
    compiled = [compile_event_pattern(choice) for choice in choices]
    return lambda event: any(matches(event) for matches in compiled)


def _nested(name: str, inside: Matches) -> Matches:
    return lambda event: inside(event.get(name, {}) if isinstance(event, dict) else {})


def _leaf(name: str, rules: list[Matches]) -> Matches:
    def matches(event: Any) -> bool:
        value = event.get(name, _MISSING) if isinstance(event, dict) else _MISSING
        # A list matches if one of its members does.
        values = value if isinstance(value, list) and value else [value]
        return any(rule(member) for member in values for rule in rules)

    return matches


def _compile_rule(rule: Any) -> Matches:
    if not isinstance(rule, dict):
        return _equal(rule)
    if len(rule) != 1:
        raise PatternError("a rule has one operator")
    ((operator, operand),) = rule.items()
    make = _OPERATORS.get(operator)
    if make is None:
        raise PatternError(f"{operator} is not an operator")
    return make(operand)


def _equal(wanted: Any) -> Matches:
    if isinstance(wanted, bool) or wanted is None:
        return lambda value: value is wanted
    return lambda value: type(value) is not bool and value == wanted


def _text_rule(operand: Any, test: Callable[[str, str], bool]) -> Matches:
    if isinstance(operand, dict) and list(operand) == ["equals-ignore-case"]:
        lowered = str(operand["equals-ignore-case"]).lower()
        return lambda value: isinstance(value, str) and test(value.lower(), lowered)
    if not isinstance(operand, str):
        raise PatternError("the operand must be a text")
    return lambda value: isinstance(value, str) and test(value, operand)


def _prefix(operand: Any) -> Matches:
    return _text_rule(operand, str.startswith)


def _suffix(operand: Any) -> Matches:
    return _text_rule(operand, str.endswith)


def _equals_ignore_case(operand: Any) -> Matches:
    if not isinstance(operand, str):
        raise PatternError("equals-ignore-case needs a text")
    lowered = operand.lower()
    return lambda value: isinstance(value, str) and value.lower() == lowered


def _exists(operand: Any) -> Matches:
    if not isinstance(operand, bool):
        raise PatternError("exists needs true or false")
    return lambda value: (value is not _MISSING) is operand


def _anything_but(operand: Any) -> Matches:
    if isinstance(operand, dict):
        rule = _compile_rule(operand)
        return lambda value: value is not _MISSING and not rule(value)
    refused = operand if isinstance(operand, list) else [operand]
    return lambda value: value is not _MISSING and value not in refused


_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, number: value == number,
    "<": lambda value, number: value < number,
    "<=": lambda value, number: value <= number,
    ">": lambda value, number: value > number,
    ">=": lambda value, number: value >= number,
}


def _numeric(operand: Any) -> Matches:
    if not isinstance(operand, list) or len(operand) not in (2, 4):
        raise PatternError("numeric needs one or two comparisons")
    tests: list[tuple[Callable[[float, float], bool], float]] = []
    for operator, number in zip(operand[::2], operand[1::2], strict=True):
        if operator not in _COMPARISONS or not isinstance(number, int | float):
            raise PatternError(f"{operator} {number} is not a comparison")
        tests.append((_COMPARISONS[operator], number))

    def matches(value: Any) -> bool:
        number = _number(value)
        return number is not None and all(test(number, bound) for test, bound in tests)

    return matches


def _number(value: Any) -> float | None:
    """A number; DynamoDB's numbers are texts."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


_OPERATORS: dict[str, Callable[[Any], Matches]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "exists": _exists,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
