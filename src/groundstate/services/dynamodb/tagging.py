"""Tags of tables: how many and which.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from groundstate.services.dynamodb.errors import ValidationException

TAGS_MAX = 50
_KEY_LENGTH_MAX, _VALUE_LENGTH_MAX = 128, 256
# Documented: letters, digits and white space of any language, and some signs.
_SIGNS = frozenset("+-=._:/@")


def check_tags(tags: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Tags by their keys.

    Raises:
        ValidationException: too many, doubled or reserved keys, or characters that no tag has.
    """
    found: dict[str, str] = {}
    for tag in tags:
        key, value = tag.get("Key"), tag.get("Value")
        check_key(key)
        if not _is_text(value, 0, _VALUE_LENGTH_MAX):
            raise ValidationException(f"The Tag Value provided is invalid, Value: {_show(value)}")
        assert key is not None
        assert value is not None
        if key in found:
            raise ValidationException(
                f"Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}"
            )
        found[key] = value
    check_count(found)
    return found


def check_key(key: str | None) -> None:
    """Check the key of a tag. Raises ValidationException."""
    if not _is_text(key, 1, _KEY_LENGTH_MAX):
        raise ValidationException(f"The Tag Key provided is invalid, Key: {_show(key)}")
    if key is not None and key.lower().startswith("aws:"):
        raise ValidationException(f"Tag Key cannot be prefixed with aws:, Key: {key}")


def check_count(tags: Sequence[str] | Mapping[str, str]) -> None:
    """Check how many tags a table would have. Raises ValidationException."""
    if len(tags) > TAGS_MAX:
        raise ValidationException(
            "Number of Tags exceed the current limit for the provided ResourceArn"
        )


def _is_text(text: str | None, shortest: int, longest: int) -> bool:
    return (
        text is not None
        and shortest <= len(text) <= longest
        and all(sign.isalnum() or sign.isspace() or sign in _SIGNS for sign in text)
    )


def _show(text: str | None) -> str:
    return "null" if text is None else text
