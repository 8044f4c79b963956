"""Identifiers as AWS makes them up: request ids, suffixes, keys. The only source of chance."""

from __future__ import annotations

import random

_chance = random.SystemRandom()
# Request ids and entropy seeds need uniqueness, not secrecy: a generator seeded from the system
# costs a tenth of one that asks the system each time.
_fast = random.Random(_chance.getrandbits(256))  # noqa: S311 - for uniqueness alone

# The bits of a version 4 UUID that are random, and those that say so.
_UUID_VERSION = 0x4000_8000_0000_0000_0000
_UUID_RANDOM = (1 << 128) - 1 - 0xF000_C000_0000_0000_0000

_REQUEST_ID_TAIL = "VV4KQNSO5AEMVJF66Q9ASUAAJG"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def make_uuid() -> str:
    """A random UUID, version 4, as text."""
    text = f"{_fast.getrandbits(128) & _UUID_RANDOM | _UUID_VERSION:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def make_long_request_id() -> str:
    """A request id as DynamoDB makes them: 52 characters, the last 26 always the same."""
    # Through bytes: half the cost of formatting so large a number.
    return f"{_fast.getrandbits(104).to_bytes(13, 'big').hex().upper()}{_REQUEST_ID_TAIL}"


def make_entropy() -> int:
    """128 random bits, for code that must take its chance from its input."""
    return _fast.getrandbits(128)


def make_suffix(length: int) -> str:
    """Upper-case letters and digits, as CloudFormation ends physical names."""
    return "".join(_fast.choice(_ALPHANUMERIC) for _ in range(length))


def make_mixed_suffix(length: int) -> str:
    """Letters of both cases and digits, as newer resource types end physical names."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(_fast.choice(alphabet) for _ in range(length))


def make_iam_id(prefix: str, length: int = 16) -> str:
    """An IAM unique id: `AKIA` or `ASIA` and 16 more characters, `AROA` or `AIDA` and 17."""
    return prefix + "".join(_chance.choice(_UPPER) for _ in range(length))


def make_secret(length: int) -> str:
    """A secret that nobody can guess, of letters, digits, `/` and `+`."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/+"
    return "".join(_chance.choice(alphabet) for _ in range(length))
