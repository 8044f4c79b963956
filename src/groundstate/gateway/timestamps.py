"""Timestamps as the protocols write them: epoch seconds to ISO 8601 text and back."""

from __future__ import annotations

from datetime import UTC, datetime


def format_iso8601(epoch_s: float) -> str:
    """`2026-01-31T12:00:00.123Z`, with milliseconds as AWS's XML protocols write them."""
    seconds, milliseconds = divmod(round(epoch_s * 1000), 1000)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z"


def parse_iso8601(text: str) -> float:
    """Epoch seconds of an ISO 8601 text; UTC where it names no offset.

    Raises:
        ValueError: it is none.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.timestamp()
