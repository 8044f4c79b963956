"""A whole definition validated."""

from __future__ import annotations

import json
from typing import Any

from groundstate.asl.interface import Diagnostic, MachineType


def validate(text: str, type: MachineType) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Parse and check a definition.

    Returns:
        The definition as a value (empty if it is no object), and what is wrong with it.
    """
    try:
        definition = json.loads(text)
    except ValueError as error:
        return {}, [Diagnostic("ERROR", "INVALID_JSON_DESCRIPTION", str(error))]
    return definition, []
