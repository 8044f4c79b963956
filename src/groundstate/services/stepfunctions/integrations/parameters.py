"""The parameters of a task as a service takes them."""

from __future__ import annotations

from typing import Any


def without_nulls(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters without the members that are null: the SDK leaves them out of the request."""
    if None in parameters.values():
        return {name: value for name, value in parameters.items() if value is not None}
    return parameters
