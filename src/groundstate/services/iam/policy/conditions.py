"""The Condition element: its operators, made into functions once.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

All operators and all keys of a Condition must hold; one of a key's values is enough, and with a
negated operator none may match. A key that the request lacks does not match: a condition on it is
false, one with a negated operator true, and one with `IfExists` true.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from groundstate.services.iam.policy.patterns import Matcher, Pattern, Resolve
from groundstate.services.iam.policy.request import Request

Condition = Callable[[Request], bool]
# Whether a value of the request is matched by one of the policy's.
Test = Callable[[str, Resolve], bool]

_QUANTIFIED = re.compile(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?\Z", re.IGNORECASE)


class UnknownOperator(ValueError):
    """A Condition names an operator that AWS does not have."""


def compile_conditions(element: Mapping[str, Any], *, variables: bool) -> tuple[Condition, ...]:
    """Make functions of a Condition element; each must hold.

    Args:
        element: `{operator: {key: value or values}}`.
        variables: whether `${...}` means a policy variable (since version 2012-10-17).

    Raises:
        UnknownOperator: there is no such operator.
    """
    return tuple(
        _compile(name, key.lower(), as_texts(values), variables=variables)
        for name, keys in element.items()
        for key, values in keys.items()
    )


def is_operator(name: str) -> bool:
    """Whether AWS has a condition operator of this name, with its prefix and suffix."""
    found = _QUANTIFIED.match(name)
    if found is None:
        return False
    base = found.group(2).lower()
    return base in _OPERATORS or (base == "null" and not found.group(3))


def as_texts(values: Any) -> list[str]:
    """A value or list of values of a policy as texts; JSON's numbers and booleans are allowed."""
    texts = []
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, bool):
            texts.append("true" if value else "false")
        else:
            texts.append(str(value))
    return texts


def _compile(name: str, key: str, values: list[str], *, variables: bool) -> Condition:
    if not is_operator(name):
        raise UnknownOperator(name)
    found = _QUANTIFIED.match(name)
    assert found is not None, name
    quantifier, base = (found.group(1) or "").lower(), found.group(2).lower()
    if base == "null":
        wanted = {value.lower() == "true" for value in values}
        return lambda request: (not request.find(key)) in wanted
    make_test, negated = _OPERATORS[base]
    test = make_test(values, variables)
    if quantifier == "forallvalues":
        # True of a key that is absent, too, so it is of use only next to another condition.
        return lambda request: all(
            test(value, request.resolve) is not negated for value in request.find(key)
        )
    if_absent = bool(found.group(3)) or (negated and not quantifier)
    if quantifier == "foranyvalue" and negated:

        def some_differ(request: Request) -> bool:
            given = request.find(key)
            return any(not test(value, request.resolve) for value in given) if given else if_absent

        return some_differ

    def holds(request: Request) -> bool:
        given = request.find(key)
        if not given:
            return if_absent
        return any(test(value, request.resolve) for value in given) is not negated

    return holds


def _string_equals(values: list[str], variables: bool) -> Test:
    patterns = [Pattern(value, variables=variables, wildcards=False) for value in values]
    exact = frozenset(pattern.literal for pattern in patterns if pattern.literal is not None)
    dynamic = [pattern for pattern in patterns if pattern.has_variables]

    def test(value: str, resolve: Resolve) -> bool:
        return value in exact or any(pattern.text(resolve) == value for pattern in dynamic)

    return test


def _string_equals_ignore_case(values: list[str], variables: bool) -> Test:
    patterns = [Pattern(value, variables=variables, wildcards=False) for value in values]

    def test(value: str, resolve: Resolve) -> bool:
        folded = value.casefold()
        texts = (pattern.text(resolve) for pattern in patterns)
        return any(text is not None and text.casefold() == folded for text in texts)

    return test


def _string_like(values: list[str], variables: bool) -> Test:
    return Matcher(values, variables=variables).matches


def _arn_like(values: list[str], variables: bool) -> Test:
    """Each of the six parts of an ARN is matched on its own."""
    patterns = [
        [Matcher([part], variables=variables) for part in split_arn(value)] for value in values
    ]

    def test(value: str, resolve: Resolve) -> bool:
        parts = split_arn(value)
        return any(
            (
                len(pattern) == len(parts)
                and all(
                    matcher.matches(part, resolve)
                    for matcher, part in zip(pattern, parts, strict=True)
                )
            )
            or (len(pattern) == 1 and pattern[0].everything)
            for pattern in patterns
        )

    return test


def split_arn(text: str) -> list[str]:
    """The parts of an ARN or of a pattern of one; colons inside `${...}` do not count."""
    parts: list[str] = []
    depth = begin = 0
    for position, character in enumerate(text):
        if character == "{":
            depth += 1
        elif character == "}":
            depth = max(0, depth - 1)
        elif character == ":" and depth == 0 and len(parts) < 5:
            parts.append(text[begin:position])
            begin = position + 1
    parts.append(text[begin:])
    return parts


def _comparison(
    read: Callable[[str], Any | None], compare: Callable[[Any, Any], bool]
) -> Callable[[list[str], bool], Test]:
    def make(values: list[str], variables: bool) -> Test:
        wanted = [bound for bound in map(read, values) if bound is not None]

        def test(value: str, resolve: Resolve) -> bool:
            given = read(value)
            return given is not None and any(compare(given, bound) for bound in wanted)

        return test

    return make


def _read_number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@lru_cache(maxsize=1024)
def read_date(text: str) -> float | None:
    """Epoch seconds of an ISO 8601 date, or of epoch seconds as text; None if it is neither."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def _read_bool(text: str) -> str | None:
    lower = text.lower()
    return lower if lower in ("true", "false") else None


def _read_binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _ip_address(values: list[str], variables: bool) -> Test:
    networks = [network for network in map(_read_network, values) if network is not None]

    def test(value: str, resolve: Resolve) -> bool:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        return any(address in network for network in networks)

    return test


def _read_network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def _ordered(prefix: str, read: Callable[[str], Any | None]) -> dict[str, tuple[Any, bool]]:
    return {
        f"{prefix}equals": (_comparison(read, operator.eq), False),
        f"{prefix}notequals": (_comparison(read, operator.eq), True),
        f"{prefix}lessthan": (_comparison(read, operator.lt), False),
        f"{prefix}lessthanequals": (_comparison(read, operator.le), False),
        f"{prefix}greaterthan": (_comparison(read, operator.gt), False),
        f"{prefix}greaterthanequals": (_comparison(read, operator.ge), False),
    }


# By lower-case name: what makes the test of a value, and whether the operator negates it.
_OPERATORS: dict[str, tuple[Callable[[list[str], bool], Test], bool]] = {
    "stringequals": (_string_equals, False),
    "stringnotequals": (_string_equals, True),
    "stringequalsignorecase": (_string_equals_ignore_case, False),
    "stringnotequalsignorecase": (_string_equals_ignore_case, True),
    "stringlike": (_string_like, False),
    "stringnotlike": (_string_like, True),
    "arnequals": (_arn_like, False),
    "arnlike": (_arn_like, False),
    "arnnotequals": (_arn_like, True),
    "arnnotlike": (_arn_like, True),
    "bool": (_comparison(_read_bool, operator.eq), False),
    "binaryequals": (_comparison(_read_binary, operator.eq), False),
    "ipaddress": (_ip_address, False),
    "notipaddress": (_ip_address, True),
    **_ordered("numeric", _read_number),
    **_ordered("date", read_date),
}
