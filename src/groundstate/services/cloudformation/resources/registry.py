"""The table of all resource types."""

from __future__ import annotations

from groundstate.services.cloudformation.resources.resource_type import ResourceType

RESOURCE_TYPES: dict[str, ResourceType] = {}


def find(name: str) -> ResourceType | None:
    """The resource type with this name; `Custom::*` types share one."""
    if name.startswith("Custom::"):
        name = "AWS::CloudFormation::CustomResource"
    return RESOURCE_TYPES.get(name)
