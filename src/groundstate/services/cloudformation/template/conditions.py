"""The functions of the Conditions and Rules sections: they give true or false.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from groundstate.services.cloudformation.template.errors import (
    TemplateError,
    format_error,
    function_error,
)
from groundstate.services.cloudformation.template.references import find_references
from groundstate.services.cloudformation.template.values import to_text

if TYPE_CHECKING:
    from groundstate.services.cloudformation.template.resolver import Resolver

# AWS: Fn::And and Fn::Or take 2 to 10 conditions.
_OPERANDS = range(2, 11)


def evaluate(resolver: Resolver, value: Any) -> bool:
    """The truth of a condition or of a rule's assertion.

    Raises:
        TemplateError: it is not a condition.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, dict) or len(value) != 1:
        raise format_error("Every Conditions member must be a boolean function.")
    ((name, argument),) = value.items()
    function = _FUNCTIONS.get(name)
    if function is not None:
        return function(resolver, argument)
    if name in ("Ref", "Fn::If", "Fn::FindInMap", "Fn::Select"):
        return evaluate(resolver, to_text(resolver.resolve(value)))
    raise format_error(f"Encountered unsupported function in a condition: {name}")


def check_conditions(conditions: Mapping[str, Any], names: Mapping[str, Any]) -> None:
    """Raise if a condition refers to what is not there, or to itself.

    Args:
        names: the parameters and pseudo parameters, which conditions may refer to.
    """
    for condition in conditions.values():
        for reference in find_references(condition):
            if reference.attribute is not None or reference.name not in names:
                raise format_error(
                    f"Unresolved dependencies [{reference.name}]. Cannot reference resources in the"
                    " Conditions block of the template"
                )
    finished: set[str] = set()
    for name in conditions:
        _follow(name, conditions, [], finished)


def _follow(name: str, conditions: Mapping[str, Any], path: list[str], finished: set[str]) -> None:
    if name in finished:
        return
    if name in path:
        raise format_error(f"Found circular condition dependency between {' and '.join(path[-2:])}")
    for other in _named_conditions(conditions[name]):
        if other not in conditions:
            raise function_error(f"unresolved condition dependency {other} in Condition {name}")
        _follow(other, conditions, [*path, name], finished)
    finished.add(name)


def _named_conditions(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for member in value for name in _named_conditions(member)]
    if not isinstance(value, dict):
        return []
    if set(value) == {"Condition"} and isinstance(value["Condition"], str):
        return [value["Condition"]]
    named = [name for member in value.values() for name in _named_conditions(member)]
    choice = value.get("Fn::If")
    if isinstance(choice, list) and choice and isinstance(choice[0], str):
        named.append(choice[0])
    return named


def _and(resolver: Resolver, argument: Any) -> bool:
    if not isinstance(argument, list) or len(argument) not in _OPERANDS:
        raise function_error(
            "every Fn::And object requires a list of at least 2 and at most 10 boolean parameters."
        )
    # Each is evaluated, so that a wrong one is found whatever the others are.
    found = [evaluate(resolver, member) for member in argument]
    return all(found)


def _or(resolver: Resolver, argument: Any) -> bool:
    if not isinstance(argument, list) or len(argument) not in _OPERANDS:
        raise function_error(
            "every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters."
        )
    found = [evaluate(resolver, member) for member in argument]
    return any(found)


def _not(resolver: Resolver, argument: Any) -> bool:
    if not isinstance(argument, list) or len(argument) != 1:
        raise function_error("every Fn::Not object requires one boolean parameter.")
    return not evaluate(resolver, argument[0])


def _equals(resolver: Resolver, argument: Any) -> bool:
    if not isinstance(argument, list) or len(argument) != 2:
        raise function_error("every Fn::Equals object requires a list of 2 string parameters.")
    left, right = (resolver.resolve(member) for member in argument)
    return bool(_comparable(left) == _comparable(right))


def _named(resolver: Resolver, argument: Any) -> bool:
    if not isinstance(argument, str) or argument not in resolver.template.conditions:
        raise function_error(f"unresolved condition dependency {argument} in Condition")
    return resolver.is_true(argument)


def _contains(resolver: Resolver, argument: Any) -> bool:
    members, value = _pair(resolver, argument, "Fn::Contains")
    return _comparable(value) in [_comparable(member) for member in members]


def _each_member_equals(resolver: Resolver, argument: Any) -> bool:
    members, value = _pair(resolver, argument, "Fn::EachMemberEquals")
    return all(_comparable(member) == _comparable(value) for member in members)


def _each_member_in(resolver: Resolver, argument: Any) -> bool:
    members, allowed = _pair(resolver, argument, "Fn::EachMemberIn")
    allowed_values = [_comparable(value) for value in allowed]
    return all(_comparable(member) in allowed_values for member in members)


def _pair(resolver: Resolver, argument: Any, function: str) -> tuple[list[Any], Any]:
    if not isinstance(argument, list) or len(argument) != 2:
        raise function_error(f"every {function} object requires two parameters.")
    first, second = (resolver.resolve(member) for member in argument)
    if not isinstance(first, list):
        raise function_error(f"every {function} object requires a list as its first parameter.")
    return first, second


def _comparable(value: Any) -> Any:
    return value if isinstance(value, list | dict) else to_text(value)


_FUNCTIONS: Mapping[str, Callable[[Resolver, Any], bool]] = {
    "Condition": _named,
    "Fn::And": _and,
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": _each_member_equals,
    "Fn::EachMemberIn": _each_member_in,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::Or": _or,
}


def check_rules(resolver: Resolver) -> None:
    """Evaluate the Rules section against the parameters' values.

    Raises:
        TemplateError: an assertion does not hold.
    """
    for name, rule in resolver.template.rules.items():
        condition = rule.get("RuleCondition")
        if condition is not None and not evaluate(resolver, condition):
            continue
        for assertion in rule["Assertions"]:
            if not evaluate(resolver, assertion.get("Assert")):
                description = assertion.get("AssertDescription", "")
                raise TemplateError(
                    f"Template error: Rule {name} assertion failed: {description}".rstrip(": ")
                )
