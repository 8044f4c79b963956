"""Numbers: their bytes sort as they do, and their normal text is one and the same."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from groundstate.services.dynamodb import numbers


def _is_number(text: str) -> bool:
    try:
        numbers.normalize(text)
    except numbers.NumberError:
        return False
    return True


_TEXTS = st.builds(
    lambda digits, exponent: f"{digits}e{exponent}",
    st.integers(-(10**38) + 1, 10**38 - 1),
    st.integers(-130, 87),
).filter(_is_number)


@given(_TEXTS, _TEXTS)
def test_bytes_sort_as_numbers(one: str, other: str) -> None:
    left, right = numbers.normalize(one), numbers.normalize(other)
    by_bytes = numbers.order_bytes(left) < numbers.order_bytes(right)
    assert by_bytes == (Decimal(left) < Decimal(right))
    assert (numbers.order_bytes(left) == numbers.order_bytes(right)) == (left == right)


@given(_TEXTS, _TEXTS)
def test_no_bytes_begin_others(one: str, other: str) -> None:
    left, right = (numbers.order_bytes(numbers.normalize(text)) for text in (one, other))
    assert left == right or not right.startswith(left)


@given(_TEXTS)
def test_normal_text_keeps_the_value(text: str) -> None:
    normal = numbers.normalize(text)
    assert Decimal(normal) == Decimal(text)
    assert numbers.normalize(normal) == normal


@given(_TEXTS, _TEXTS)
def test_sums_are_exact_or_refused(one: str, other: str) -> None:
    left, right = numbers.normalize(one), numbers.normalize(other)
    try:
        total = numbers.add(left, right)
    except numbers.NumberError:
        return
    # Scaled to whole numbers, the sum is exact by nature.
    scale = 10**300
    assert _scaled(total, scale) == _scaled(left, scale) + _scaled(right, scale)


def _scaled(text: str, scale: int) -> int:
    sign, digits, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int)
    whole = int("".join(map(str, digits))) * scale
    value = whole * 10**exponent if exponent >= 0 else whole // 10**-exponent
    return -value if sign else value
