"""The forms of DynamoDB's numbers."""

from __future__ import annotations

import pytest

from groundstate.services.dynamodb import numbers


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("0e99", "0"),
        ("007", "7"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("-12.3E-2", "-0.123"),
        (".5", "0.5"),
        ("5.", "5"),
        ("+5", "5"),
        ("1e125", "1" + "0" * 125),
        ("1e-130", "0." + "0" * 129 + "1"),
        ("9" * 38, "9" * 38),
        ("1" + "0" * 60, "1" + "0" * 60),
        ("0e125", "0"),
        ("-0.0e-129", "0"),
        ("1e" + "0" * 40 + "1", "10"),
    ],
)
def test_text_becomes_normal(given: str, normal: str) -> None:
    assert numbers.normalize(given) == normal


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", numbers.NOT_NUMERIC),
        ("abc", numbers.NOT_NUMERIC + ": abc"),
        (" 1", numbers.NOT_NUMERIC + ":  1"),
        ("1_000", numbers.NOT_NUMERIC + ": 1_000"),
        ("NaN", numbers.NOT_NUMERIC + ": NaN"),
        ("Infinity", numbers.NOT_NUMERIC + ": Infinity"),
        ("\u0661", numbers.NOT_NUMERIC + ": \u0661"),
        (".", numbers.NOT_NUMERIC + ": ."),
        ("1e126", numbers.OVERFLOW),
        ("-1e126", numbers.OVERFLOW),
        ("1e999999999999999999", numbers.OVERFLOW),
        ("1e9223372036854775807", numbers.OVERFLOW),
        ("1e9223372036854775808", numbers.NOT_NUMERIC + ": 1e9223372036854775808"),
        ("1e-9223372036854775808", numbers.UNDERFLOW),
        ("1e-9223372036854775809", numbers.NOT_NUMERIC + ": 1e-9223372036854775809"),
        ("1e-131", numbers.UNDERFLOW),
        ("0e126", numbers.OVERFLOW),
        ("0e-131", numbers.UNDERFLOW),
        ("1" * 39, numbers.TOO_PRECISE),
    ],
)
def test_wrong_text_is_refused(given: str, message: str) -> None:
    with pytest.raises(numbers.NumberError) as caught:
        numbers.normalize(given)
    assert str(caught.value) == message


def test_sums_are_exact() -> None:
    assert numbers.add("0.1", "0.2") == "0.3"
    assert numbers.subtract("1", "1") == "0"
    assert numbers.add("99999999999999999999999999999999999999", "1") == "1" + "0" * 38


def test_a_sum_that_needs_too_many_digits_is_refused() -> None:
    with pytest.raises(numbers.NumberError, match="38 significant digits"):
        numbers.add("1e38", "0.1")


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 1), ("1", 2), ("12", 2), ("123", 3), ("-1", 3), ("1234", 3), ("100", 2), ("0.1", 2)],
)
def test_sizes(text: str, size: int) -> None:
    assert numbers.size_bytes(text) == size
