"""Single fields of a definition that may be a literal, a path or a JSONata expression."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

Field = Callable[["Turn"], Any]
"""The field's value for the strand at work."""
