"""Timestamps of a definition: ISO 8601 with a `T` and an offset, nothing less.

https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_FORM = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"(Z|[+-]\d{2}:\d{2}(?::\d{2})?)"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_timestamp(text: object) -> float | None:
    """Epoch seconds, or None if the text is not in the extended offset form."""
    if not isinstance(text, str):
        return None
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC
        )
    except ValueError:
        return None
    seconds = (moment - _EPOCH).total_seconds() - _offset(offset).total_seconds()
    return seconds + (float(f"0.{fraction}") if fraction else 0.0)


def _offset(text: str) -> timedelta:
    if text == "Z":
        return timedelta()
    parts = [int(part) for part in text[1:].split(":")]
    seconds = parts[2] if len(parts) > 2 else 0
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=seconds)
    return offset if text[0] == "+" else -offset
