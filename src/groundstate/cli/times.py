"""Times as people read them."""

from __future__ import annotations

from datetime import datetime


def format_time(epoch_s: float) -> str:
    """A time in the machine's zone."""
    return datetime.fromtimestamp(epoch_s).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def format_duration(began_at: float, ended_at: float | None) -> str:
    """How long something took; empty while it goes on."""
    return "" if ended_at is None else f"{ended_at - began_at:.2f} s"
