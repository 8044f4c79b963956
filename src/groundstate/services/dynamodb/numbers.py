"""DynamoDB's numbers: 38 significant digits, from 1E-130 to 9.9...E+125, in three forms.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html

Theory. A number has three forms here.

* Text, normalised: plain notation, no exponent, no leading or trailing zeros. Two numbers are equal
  if and only if their normalised texts are, so most code never needs more than the text.
* `Decimal`, for comparison and arithmetic, always exact.
* Bytes that sort as the numbers do. DynamoDB's own form (observed through the order of Scan): one
  byte of exponent in base 100, then a byte for each two digits plus one; negative numbers are
  complemented and end in 102. `order_bytes` ends a positive number with 0, so that no number's
  bytes are the beginning of another's.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal
from functools import lru_cache

DIGITS_MAX = 38
EXPONENT_MAX = 125
EXPONENT_MIN = -130

OVERFLOW = (
    "Number overflow. Attempting to store a number with magnitude larger than supported range"
)
UNDERFLOW = (
    "Number underflow. Attempting to store a number with magnitude smaller than supported range"
)
TOO_PRECISE = "Attempting to store more than 38 significant digits in a Number"
NOT_NUMERIC = "The parameter cannot be converted to a numeric value"

_NUMBER = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)
# Whole numbers that are in normal form already.
_NORMAL = re.compile(r"-?[1-9]\d{0,37}|0", re.ASCII)
# The exponent is a 64-bit integer to DynamoDB; with a larger one the text is no number.
_POWER_MAX = 2**63 - 1
# Two digits read as hexadecimal, to their byte in DynamoDB's form.
_POSITIVE_PAIRS = bytes((code >> 4) * 10 + (code & 15) + 1 & 0xFF for code in range(256))
_NEGATIVE_PAIRS = bytes(101 - (code >> 4) * 10 - (code & 15) & 0xFF for code in range(256))
# Whole numbers of so many characters have sums of 38 digits at most.
_SHORT = 37
# Enough digits for the sum of the largest and the smallest number.
_EXACT = Context(prec=600)


class NumberError(ValueError):
    """The text is no DynamoDB number; the message is AWS's."""


def normalize(text: str) -> str:
    """The number's text in normal form.

    Raises:
        NumberError: not a number, out of range, or more than 38 digits.
    """
    if text.isdecimal() and text[0] != "0" and len(text) <= DIGITS_MAX and text.isascii():
        return text
    if _NORMAL.fullmatch(text) is not None:
        return text
    negative, digits, exponent = _take_apart(text)
    return _write(negative, digits, exponent)


def normalize_decimal(number: Decimal) -> str:
    """The normal text of the exact result of an operation.

    Raises:
        NumberError: out of range, or more than 38 digits.
    """
    sign, digit_tuple, scale = number.as_tuple()
    assert isinstance(scale, int), number
    digits = "".join(map(str, digit_tuple)).lstrip("0")
    exponent = len(digits) - 1 + scale
    digits = digits.rstrip("0")
    if not digits:
        return "0"
    _check(digits, exponent)
    return _write(sign == 1, digits, exponent)


def add(left: str, right: str) -> str:
    """The exact sum of two numbers in normal form. Raises NumberError as `normalize` does."""
    if _are_short(left, right):
        return str(int(left) + int(right))
    return normalize_decimal(_EXACT.add(Decimal(left), Decimal(right)))


def subtract(left: str, right: str) -> str:
    """The exact difference of two numbers in normal form. Raises NumberError as `add` does."""
    if _are_short(left, right):
        return str(int(left) - int(right))
    return normalize_decimal(_EXACT.subtract(Decimal(left), Decimal(right)))


def _are_short(left: str, right: str) -> bool:
    """Whether these are whole numbers whose sum and difference need no closer look."""
    return len(left) <= _SHORT >= len(right) and "." not in left and "." not in right


@lru_cache(maxsize=8192)
def size_bytes(text: str) -> int:
    """How much of an item's size a number in normal form takes: about a byte for two digits.

    Observed through consumed capacity and page sizes.
    """
    if text == "0":
        return 1
    negative, digits, exponent = _take_normal_apart(text)
    count = len(digits)
    odd = count % 2 or exponent % 2
    return 1 + (count + 1) // 2 + (0 if odd else 1) + (1 if negative else 0)


@lru_cache(maxsize=8192)
def hash_bytes(text: str) -> bytes:
    """DynamoDB's own byte form of a number in normal form: what its partition hash is made of."""
    if text == "0":
        return b"\x80"
    negative, digits, exponent = _take_normal_apart(text)
    encoded = _encode(negative, digits, exponent)
    # A mantissa of 20 bytes is full, and needs no mark of its end.
    return encoded + b"\x66" if negative and len(encoded) < 21 else encoded


@lru_cache(maxsize=8192)
def order_bytes(text: str) -> bytes:
    """Bytes that sort as numbers do, and of which none begins another."""
    if text == "0":
        return b"\x80\x00"
    negative, digits, exponent = _take_normal_apart(text)
    return _encode(negative, digits, exponent) + (b"\x66" if negative else b"\x00")


def _encode(negative: bool, digits: str, exponent: int) -> bytes:
    if (exponent + 1) % 2:
        digits = "0" + digits
        exponent += 1
    if len(digits) % 2:
        digits += "0"
    head = (exponent + 1) // 2 - 64 & 0xFF
    pairs = bytes.fromhex(digits)
    if negative:
        return bytes((head ^ 0xFF,)) + pairs.translate(_NEGATIVE_PAIRS)
    return bytes((head,)) + pairs.translate(_POSITIVE_PAIRS)


def _take_normal_apart(text: str) -> tuple[bool, str, int]:
    """What `_take_apart` gives for a text in normal form that is not zero: nothing can be wrong."""
    if text.isdecimal():
        return (False, text.rstrip("0"), len(text) - 1)
    negative = text[0] == "-"
    whole, _, fraction = (text[1:] if negative else text).partition(".")
    if whole == "0":
        digits = fraction.lstrip("0")
        return (negative, digits, len(digits) - len(fraction) - 1)
    digits = whole + fraction if fraction else whole.rstrip("0")
    return (negative, digits, len(whole) - 1)


def _take_apart(text: str) -> tuple[bool, str, int]:
    """Sign, digits without zeros at either end, and the exponent of the first digit."""
    match = _NUMBER.fullmatch(text)
    if match is None or not (match[2] or match[3]):
        raise NumberError(f"{NOT_NUMERIC}: {text}" if text else NOT_NUMERIC)
    whole, fraction = match[2], match[3] or ""
    all_digits = whole + fraction
    digits = all_digits.lstrip("0")
    # Twenty digits are more than 64 bits hold, so the rest need not be read.
    power = match[4] or "0"
    sign, power_digits = power[0] == "-", power.lstrip("+-").lstrip("0") or "0"
    shift = int(power_digits[:20]) * (-1 if sign else 1)
    if not -_POWER_MAX - 1 <= shift <= _POWER_MAX:
        raise NumberError(f"{NOT_NUMERIC}: {text}")
    if not digits:
        # A zero is within range, or out of it, as its last digit would be.
        _check_range(shift - len(fraction))
        return (False, "", 0)
    exponent = len(whole) - (len(all_digits) - len(digits)) - 1 + shift
    digits = digits.rstrip("0")
    _check(digits, exponent)
    return (match[1] == "-", digits, exponent)


def _check_range(exponent: int) -> None:
    if exponent > EXPONENT_MAX:
        raise NumberError(OVERFLOW)
    if exponent < EXPONENT_MIN:
        raise NumberError(UNDERFLOW)


def _check(digits: str, exponent: int) -> None:
    _check_range(exponent)
    if len(digits) > DIGITS_MAX:
        raise NumberError(TOO_PRECISE)


def _write(negative: bool, digits: str, exponent: int) -> str:
    if not digits:
        return "0"
    count = len(digits)
    if exponent < 0:
        text = "0." + "0" * (-exponent - 1) + digits
    elif count <= exponent + 1:
        text = digits + "0" * (exponent + 1 - count)
    else:
        text = digits[: exponent + 1] + "." + digits[exponent + 1 :]
    return "-" + text if negative else text
