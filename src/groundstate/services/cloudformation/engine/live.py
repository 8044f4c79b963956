"""What is known of a stack's resources while it is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from groundstate.services.cloudformation.resources import inert, registry
from groundstate.services.cloudformation.resources.provision import Properties
from groundstate.services.cloudformation.template.document import Resource
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.resolver import Resolver
from groundstate.services.cloudformation.template.values import UNKNOWN
from groundstate.store.cloudformation import StackResource


class LiveResources:
    """The resources that a stack has, as `Ref` and `Fn::GetAtt` see them.

    Args:
        resources: by logical id.
        unsettled: logical ids whose values may yet change: those give UNKNOWN.
    """

    def __init__(
        self, resources: Mapping[str, StackResource], unsettled: AbstractSet[str] = frozenset()
    ) -> None:
        self._resources = resources
        self._unsettled = unsettled

    def ref(self, logical_id: str) -> Any:
        """The resource's Ref value."""
        resource = self._find(logical_id)
        return UNKNOWN if resource is None else resource.data.get("ref", resource.physical_id)

    def attribute(self, logical_id: str, name: str) -> Any:
        """An attribute's value.

        Raises:
            TemplateError: the type has no such attribute.
        """
        resource = self._find(logical_id)
        if resource is None:
            return UNKNOWN
        attributes = resource.data.get("attributes", {})
        if name in attributes:
            return attributes[name]
        kind = registry.find(resource.type)
        if kind is None or kind.is_record:
            return inert.guess_attribute(attributes, name)
        if kind.attributes is None and resource.type.startswith(
            ("Custom::", "AWS::CloudFormation::CustomResource")
        ):
            raise TemplateError(
                f"CustomResource attribute error: Vendor response doesn't contain {name} attribute"
                f" in object {resource.stack_id}|{logical_id}"
            )
        raise TemplateError(f"Resource type {resource.type} does not support attribute {{{name}}}.")

    def _find(self, logical_id: str) -> StackResource | None:
        resource = self._resources.get(logical_id)
        if resource is None or logical_id in self._unsettled:
            return None
        return resource


def resolve_declared(resolver: Resolver, declared: Resource) -> Properties:
    """A resource's properties, resolved.

    A record of a type that is not here keeps its references to secrets as they are: nobody would
    use what they stand for.

    Raises:
        TemplateError: a value cannot be resolved.
    """
    if registry.find(declared.type) is None:
        return resolver.object_of(declared, resolver.resolve(declared.properties))
    return resolver.object_of(declared, resolver.resolve_properties(declared.properties))
