"""The paths of an API's definition, to which events add their methods."""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.template.sam.event_target import Target
from groundstate.services.cloudformation.template.sam.expansion import NO_VALUE

_ANY = "x-amazon-apigateway-any-method"


def add_method(
    body: dict[str, Any], path: str, method: str, operation: dict[str, Any], condition: Any
) -> None:
    """Add an operation to a definition whose paths are known here; others are left as they are.

    Args:
        condition: the name of the condition that the operation is there under, or None.
    """
    paths = body.get("paths")
    if not isinstance(paths, dict):
        return
    methods = paths.setdefault(path, {})
    name = _ANY if method == "any" else method
    if not isinstance(methods, dict) or "Fn::If" in methods:
        return
    written = methods.get(name)
    if isinstance(written, dict):
        operation = {**operation, **written}
    methods[name] = {"Fn::If": [condition, operation, NO_VALUE]} if condition else operation


def own_condition(target: Target) -> Any:
    """The condition that a function or a state machine is there under, or None."""
    return target.attributes.get("Condition")
