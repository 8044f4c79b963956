"""A resource type: its properties, and the functions that make, change and delete it.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Outcome,
    Pending,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.shape import ANY, MapOf, Shape, coerce

Create = Callable[[Provision, Properties], Outcome]
Update = Callable[[Provision, Current, Properties], Outcome]
Delete = Callable[[Provision, Current], Pending | None]
Adopt = Callable[[Provision, str, Properties], Made]
ReadActual = Callable[[Provision, Current], Properties]


class Check(Protocol):
    """Asks whether what is pending has ended."""

    def __call__(self, provision: Provision, pending: Pending) -> Outcome | None: ...


class Recover(Protocol):
    """Takes up what is pending after a restart."""

    def __call__(self, provision: Provision, pending: Pending) -> None: ...


@dataclass(frozen=True)
class ResourceType:
    """A type that templates may name.

    Attributes:
        name: `AWS::DynamoDB::Table`.
        shape: its properties.
        required: properties that must be given.
        replaces: properties whose change makes a new resource ("Update requires: Replacement").
        replaces_if_new: properties that a resource has from its beginning or never: giving it one,
            or taking it away, makes a new resource, changing it does not.
        name_property: the property that gives it a name of the user's choice.
        attributes: what `Fn::GetAtt` knows; None if anything goes.
        tags: `list` or `map` if the stack's tags become its own, under `tags_property`.
        update: None if each change makes a new resource.
        check: asked for what is pending; a Delete that is finished answers None.
        recover: called for what is pending after a restart of the process.
        iam: it gives rights, so templates with it need CAPABILITY_IAM.
        any_property: the type takes whatever properties there are.
        is_record: nothing here reads what it makes; an attribute that it lacks is its ARN or name.
        adopt: takes over a thing that is there, by its identifier (resource import).
        identifier: the property that tells one from another; the key of the identifier.
        read_actual: the properties as they really are, for drift detection.
        compared: of those, the properties that drift detection compares.
        without_effect: properties that are kept, and change nothing here; an event says so.
    """

    name: str
    shape: Mapping[str, Shape]
    create: Create
    delete: Delete
    update: Update | None = None
    required: tuple[str, ...] = ()
    replaces: frozenset[str] = frozenset()
    replaces_if_new: frozenset[str] = frozenset()
    name_property: str = ""
    attributes: tuple[str, ...] | None = ()
    tags: str = ""
    tags_property: str = "Tags"
    check: Check | None = None
    recover: Recover | None = None
    iam: bool = False
    any_property: bool = False
    is_record: bool = False
    adopt: Adopt | None = None
    identifier: str = "Id"
    read_actual: ReadActual | None = None
    compared: frozenset[str] = frozenset()
    without_effect: tuple[str, ...] = ()

    def make(self, provision: Provision, properties: Properties) -> Outcome:
        """Create a resource, and tell what of it has no effect."""
        self._tell_idle(provision, {}, properties)
        return self.create(provision, properties)

    def change(self, provision: Provision, current: Current, properties: Properties) -> Outcome:
        """Update a resource in its place, and tell what that changes without effect."""
        assert self.update is not None, self.name
        self._tell_idle(provision, current.properties, properties)
        return self.update(provision, current, properties)

    def read(
        self,
        properties: Mapping[str, Any],
        stack_tags: Mapping[str, str],
        logical_id: str = "",
    ) -> Properties:
        """The properties in their shapes, with the stack's tags.

        Args:
            logical_id: whose they are, for the message; none if they are not a template's.

        Raises:
            ProvisionFailed: some are missing, unknown or of another kind; all are named.
        """
        problems = [
            f"#: required key [{name}] not found"
            for name in self.required
            if name not in properties
        ]
        shape: Shape = MapOf(ANY) if self.any_property else self.shape
        read: Properties = coerce(dict(properties), shape, "#", problems)
        if problems:
            told = ", ".join(problems)
            raise ProvisionFailed(
                f"Properties validation failed for resource {logical_id} with message:\n[{told}]"
                if logical_id
                else f"Model validation failed ({told})"
            )
        if self.tags and stack_tags:
            read[self.tags_property] = self._add_tags(read.get(self.tags_property), stack_tags)
        return read

    def replaced_by(self, before: Properties, after: Properties) -> list[str]:
        """The changed properties that need a new resource."""
        changed = changed_names(before, after)
        if self.update is None:
            return changed
        return [
            name
            for name in changed
            if name in self.replaces
            or (name in self.replaces_if_new and (name in before) != (name in after))
        ]

    def take_over(
        self, provision: Provision, identifier: Mapping[str, str], properties: Properties
    ) -> Made:
        """Take over a thing that is there.

        Raises:
            ProvisionFailed: the type cannot be imported.
        """
        if self.adopt is None:
            raise ProvisionFailed(f"Resource type {self.name} does not support resource import.")
        return self.adopt(provision, next(iter(identifier.values())), properties)

    def _tell_idle(self, provision: Provision, before: Properties, after: Properties) -> None:
        for name in self.without_effect:
            if name in after and after[name] != before.get(name):
                provision.note(f"{name} of {self.name} has no effect here.")

    def _add_tags(self, own: Any, stack_tags: Mapping[str, str]) -> Any:
        if self.tags == "map":
            return {**stack_tags, **(own or {})}
        own = own or []
        keys = {tag.get("Key") for tag in own}
        added = [{"Key": key, "Value": value} for key, value in stack_tags.items()]
        return [*own, *(tag for tag in added if tag["Key"] not in keys)]


def changed_names(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of the members that differ."""
    names = dict.fromkeys([*before, *after])
    return [name for name in names if before.get(name) != after.get(name)]
