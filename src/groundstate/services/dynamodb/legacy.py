"""The older parameters: Expected, filters, KeyConditions, AttributeUpdates.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundstate.services.dynamodb import numbers
from groundstate.services.dynamodb.errors import ValidationException, invalid
from groundstate.services.dynamodb.model import Item, Value
from groundstate.services.dynamodb.parameters import check_attribute_name
from groundstate.services.dynamodb.values import (
    SET_KINDS,
    ValueProblem,
    begins_with,
    compare,
    contains,
    equal,
    explain,
    kind_of,
    merge_sets,
    without,
)

_ONE = frozenset(("EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"))
_NONE = frozenset(("NULL", "NOT_NULL"))
_SCALARS = frozenset(("S", "N", "B"))
_KINDS = {
    "LE": _SCALARS,
    "LT": _SCALARS,
    "GE": _SCALARS,
    "GT": _SCALARS,
    "CONTAINS": _SCALARS | {"BOOL", "NULL"},
    "NOT_CONTAINS": _SCALARS | {"BOOL", "NULL"},
    "BEGINS_WITH": frozenset(("S", "B")),
    "IN": _SCALARS,
    "BETWEEN": _SCALARS,
}
_BOUNDS = (
    "The BETWEEN condition was provided a range where the lower bound is greater than the"
    " upper bound"
)
WRONG_TYPE = "Type mismatch for attribute to update"


def check_value(value: Value) -> Value:
    """An attribute value, numbers in normal form. Raises ValidationException if it is wrong."""
    try:
        return explain({"v": value}).item["v"]
    except ValueProblem as error:
        raise ValidationException(str(error)) from None


def check_expected(request: dict[str, Any]) -> dict[str, Any]:
    """Check Expected; the request with its numbers in normal form.

    Raises:
        ValidationException: conditions whose parts do not go together.
    """
    if "Expected" not in request:
        return request
    expected = {
        name: _check_expectation(name, condition) for name, condition in request["Expected"].items()
    }
    return {**request, "Expected": expected}


def check_operator(request: Mapping[str, Any], member: str) -> None:
    """Check that ConditionalOperator has something to join.

    Raises:
        ValidationException: there is no condition, or only one.
    """
    if "ConditionalOperator" not in request:
        return
    count = len(request.get(member) or ())
    if count == 0:
        raise invalid("ConditionalOperator cannot be used without Filter or Expected")
    if count == 1:
        raise ValidationException(
            "ConditionalOperator can only be used when Filter or Expected has two or more elements"
        )


def _check_expectation(name: str, condition: dict[str, Any]) -> dict[str, Any]:
    check_attribute_name(name)
    if "AttributeValueList" in condition and "Value" in condition:
        raise invalid(f"Value and AttributeValueList cannot be used together for Attribute: {name}")
    if "ComparisonOperator" in condition:
        return _check_comparison(name, condition)
    if "AttributeValueList" in condition:
        raise invalid(
            f"AttributeValueList can only be used with a ComparisonOperator for Attribute: {name}"
        )
    exists = condition.get("Exists")
    if exists is not False and "Value" not in condition:
        shown = "null" if exists is None else "true"
        raise invalid(f"Value must be provided when Exists is {shown} for Attribute: {name}")
    if exists is False:
        if "Value" in condition:
            raise invalid(f"Value cannot be used when Exists is false for Attribute: {name}")
        return {"ComparisonOperator": "NULL", "AttributeValueList": []}
    return {
        "ComparisonOperator": "EQ",
        "AttributeValueList": [check_value(condition["Value"])],
    }


def _check_comparison(name: str, condition: dict[str, Any]) -> dict[str, Any]:
    operator = condition["ComparisonOperator"]
    if "Exists" in condition:
        raise invalid(
            f"Exists and ComparisonOperator cannot be used together for Attribute: {name}"
        )
    if operator not in _NONE and "AttributeValueList" not in condition and "Value" not in condition:
        raise invalid(
            f"Value or AttributeValueList must be used with ComparisonOperator: {operator}"
            f" for Attribute: {name}"
        )
    values = condition.get("AttributeValueList")
    if values is None:
        values = [condition["Value"]] if "Value" in condition else []
    return {"ComparisonOperator": operator, "AttributeValueList": _check_list(operator, values)}


def check_conditions(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Check KeyConditions, QueryFilter or ScanFilter; the same with numbers in normal form.

    Raises:
        ValidationException: a condition with the wrong number or types of values.
    """
    checked = {}
    for name, condition in conditions.items():
        check_attribute_name(name)
        operator = condition["ComparisonOperator"]
        values = _check_list(operator, condition.get("AttributeValueList", []))
        checked[name] = {"ComparisonOperator": operator, "AttributeValueList": values}
    return checked


def _check_list(operator: str, given: Sequence[Value]) -> list[Value]:
    values = [check_value(value) for value in given]
    count = len(values)
    right = (
        count == 1
        if operator in _ONE
        else count == 0
        if operator in _NONE
        else count == 2
        if operator == "BETWEEN"
        else count > 0
    )
    if not right:
        raise invalid(f"Invalid number of argument(s) for the {operator} ComparisonOperator")
    kinds = [kind_of(value) for value in values]
    if len(set(kinds)) > 1:
        raise invalid("AttributeValues inside AttributeValueList must be of same type")
    allowed = _KINDS.get(operator)
    for kind in kinds:
        if allowed is not None and kind not in allowed:
            raise invalid(
                f"ComparisonOperator {operator} is not valid for {kind} AttributeValue type"
            )
    if operator == "BETWEEN" and compare(*values) == 1:
        raise ValidationException(_BOUNDS)
    return values


def matches(conditions: Mapping[str, Any], operator: str | None, item: Item) -> bool:
    """Whether an item meets checked conditions: all, or any if the operator is `OR`."""
    results = (
        _meets(item.get(name), condition["ComparisonOperator"], condition["AttributeValueList"])
        for name, condition in conditions.items()
    )
    if operator == "OR" and conditions:
        return any(results)
    return all(results)


def _meets(value: Value | None, operator: str, arguments: Sequence[Value]) -> bool:
    if operator == "NULL":
        return value is None
    if operator == "NOT_NULL":
        return value is not None
    if value is None:
        return operator in ("NE", "NOT_CONTAINS")
    first = arguments[0]
    if operator == "EQ":
        return equal(value, first)
    if operator == "NE":
        return not equal(value, first)
    if operator == "IN":
        return any(equal(value, argument) for argument in arguments)
    if operator == "BEGINS_WITH":
        return begins_with(value, first)
    if operator == "CONTAINS":
        return contains(value, first)
    if operator == "NOT_CONTAINS":
        return not contains(value, first)
    if operator == "BETWEEN":
        return compare(first, value) in (-1, 0) and compare(value, arguments[1]) in (-1, 0)
    wanted = {"LT": (-1,), "LE": (-1, 0), "GT": (1,), "GE": (0, 1)}[operator]
    return compare(value, first) in wanted


def check_updates(updates: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Check AttributeUpdates; the same with actions filled in and numbers in normal form.

    Raises:
        ValidationException: an action that does not take its value.
    """
    checked: dict[str, dict[str, Any]] = {}
    for name, update in updates.items():
        check_attribute_name(name)
        action = update.get("Action", "PUT")
        value = update.get("Value")
        if value is None:
            if action != "DELETE":
                raise invalid("Only DELETE action is allowed when no attribute value is specified")
            checked[name] = {"Action": action}
            continue
        value = check_value(value)
        kind = kind_of(value)
        if action == "DELETE" and kind not in SET_KINDS:
            raise invalid(f"DELETE action with value is not supported for the type {kind}")
        if action == "ADD" and kind not in SET_KINDS and kind not in ("N", "L"):
            raise invalid(f"ADD action is not supported for the type {kind}")
        checked[name] = {"Action": action, "Value": value}
    return checked


def apply_updates(updates: Mapping[str, dict[str, Any]], item: Item) -> Item:
    """The item as checked AttributeUpdates leave it.

    Raises:
        ValidationException: an attribute of another type.
    """
    changed = dict(item)
    for name, update in updates.items():
        value = _updated(update, item.get(name))
        if value is None:
            changed.pop(name, None)
        else:
            changed[name] = value
    return changed


def _updated(update: dict[str, Any], existing: Value | None) -> Value | None:
    action, value = update["Action"], update.get("Value")
    if value is None:
        return None
    if action == "PUT":
        result: Value = value
        return result
    ((kind, content),) = value.items()
    if existing is not None and kind not in existing:
        raise ValidationException(WRONG_TYPE)
    if action == "DELETE":
        if existing is None:
            return None
        left = without(existing[kind], content)
        return {kind: left} if left else None
    if existing is None:
        return {kind: content}
    if kind == "N":
        try:
            return {"N": numbers.add(existing["N"], content)}
        except numbers.NumberError as error:
            raise ValidationException(str(error)) from None
    if kind == "L":
        return {"L": [*existing["L"], *content]}
    return {kind: merge_sets(existing[kind], content)}
