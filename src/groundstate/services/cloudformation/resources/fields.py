"""From a template's properties to the members of a request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def pick(properties: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The properties of these names, those that are there."""
    return {name: properties[name] for name in names if name in properties}


def tags_as_map(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    """`[{"Key": k, "Value": v}]` as `{k: v}`."""
    return {tag["Key"]: tag.get("Value", "") for tag in tags or ()}


def tag_changes(
    before: Mapping[str, str], after: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """What to set and what to take away to get from some tags to others."""
    to_set = {key: value for key, value in after.items() if before.get(key) != value}
    return to_set, [key for key in before if key not in after]


def as_text(document: Any) -> str:
    """A document as JSON text; text stays as it is."""
    return document if isinstance(document, str) else json.dumps(document)
