"""Tags of tables: how many and which.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
"""

from __future__ import annotations

from collections.abc import Sequence

from groundstate.services.dynamodb.errors import ValidationException

TAGS_MAX = 50
# Documented: letters, digits and white space of any language, and some signs.
_SIGNS = frozenset("+-=._:/@")


def check_tags(tags: Sequence[dict[str, str]]) -> dict[str, str]:
    """Tags by their keys.

    Raises:
        ValidationException: too many, doubled or reserved keys, or characters that no tag has.
    """
    found: dict[str, str] = {}
    for tag in tags:
        key, value = tag["Key"], tag["Value"]
        if key.lower().startswith("aws:"):
            raise ValidationException(
                "One or more parameter values were invalid:"
                f" Tag keys starting with 'aws:' are reserved for system use. Key: {key}"
            )
        for text in (key, value):
            if not all(sign.isalnum() or sign.isspace() or sign in _SIGNS for sign in text):
                raise ValidationException(
                    "One or more parameter values were invalid: Tag keys and values may only"
                    f" contain letters, white space, numbers and the characters + - = . _ : / @,"
                    f" but one is: {text}"
                )
        if key in found:
            raise ValidationException("Duplicate keys found while processing the tags")
        found[key] = value
    check_count(found)
    return found


def check_count(tags: dict[str, str]) -> None:
    """Check how many tags a table would have. Raises ValidationException."""
    if len(tags) > TAGS_MAX:
        raise ValidationException(f"The number of tags exceeds the limit of {TAGS_MAX}.")
