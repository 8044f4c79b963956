"""An API's definition: where it is, and the paths to which events add their methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.event_target import Target
from groundstate.services.cloudformation.template.sam.expansion import (
    NO_VALUE,
    InvalidResource,
    location,
)

_ANY = "x-amazon-apigateway-any-method"


def read_definition(
    logical_id: str, properties: Mapping[str, Any], empty_body: dict[str, Any]
) -> dict[str, Any]:
    """The member of an API that has its definition: `Body` or `BodyS3Location`.

    Args:
        empty_body: the definition of an API that gives none.

    Raises:
        InvalidResource: it gives two.
    """
    if "DefinitionUri" not in properties:
        return {"Body": properties.get("DefinitionBody") or empty_body}
    if "DefinitionBody" in properties:
        raise InvalidResource(
            logical_id,
            "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
        )
    return {"BodyS3Location": location(logical_id, "DefinitionUri", properties["DefinitionUri"])}


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
