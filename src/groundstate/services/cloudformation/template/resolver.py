"""Resolves values of a template: everything that is known, and UNKNOWN for what is not yet.

The same resolver serves both phases. While a change is planned, `resources` knows the resources
that stay as they are; while it is carried out, it knows those that are finished.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from groundstate.services.cloudformation.template import conditions
from groundstate.services.cloudformation.template.document import (
    DELETION_POLICIES,
    Resource,
    Template,
)
from groundstate.services.cloudformation.template.errors import (
    UnsupportedFunction,
    format_error,
    function_error,
)
from groundstate.services.cloudformation.template.functions import EXTENSIONS, FUNCTIONS
from groundstate.services.cloudformation.template.transforms import LANGUAGE_EXTENSIONS
from groundstate.services.cloudformation.template.values import (
    NO_VALUE,
    UNKNOWN,
    has_unknown,
    to_text,
)

_DYNAMIC = re.compile(r"\{\{resolve:([a-z-]+):([^}]*)\}\}")


class Resources(Protocol):
    """What is known of the stack's resources."""

    def ref(self, logical_id: str) -> Any:
        """The resource's Ref value, or UNKNOWN."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """An attribute's value, or UNKNOWN."""


class Lookups(Protocol):
    """What a template may ask of the world around it."""

    def import_value(self, name: str) -> Any: ...

    def stack_output(self, stack: str, output: str, region: str) -> Any: ...

    def zones(self, region: str) -> list[str]: ...

    def dynamic_reference(self, service: str, reference: str) -> Any: ...


class NothingKnown:
    """No resource is known yet: for parameters, conditions and rules."""

    def ref(self, logical_id: str) -> Any:
        return UNKNOWN

    def attribute(self, logical_id: str, name: str) -> Any:
        return UNKNOWN


class Resolver:
    """Resolves values of one template for one stack.

    Args:
        parameters: the parameters' values; text, or a list of texts.
        pseudo: the pseudo parameters' values, `AWS::Region` and the like.
    """

    def __init__(
        self,
        template: Template,
        parameters: Mapping[str, Any],
        pseudo: Mapping[str, Any],
        resources: Resources,
        lookups: Lookups,
    ) -> None:
        self.template = template
        self.parameters = parameters
        self.pseudo = pseudo
        self.resources = resources
        self.lookups = lookups
        self._is_extended = LANGUAGE_EXTENSIONS in template.transforms
        self._conditions: dict[str, bool] = {}
        self._active: dict[str, Resource] | None = None

    @property
    def active_resources(self) -> dict[str, Resource]:
        """The resources whose condition holds, by logical id, in the template's order."""
        if self._active is None:
            self._active = {
                name: resource
                for name, resource in self.template.resources.items()
                if resource.condition is None or self.is_true(resource.condition)
            }
        return self._active

    def is_true(self, condition: str) -> bool:
        """The value of a named condition."""
        found = self._conditions.get(condition)
        if found is None:
            if condition not in self.template.conditions:
                raise function_error(f"unresolved condition dependency {condition} in Fn::If")
            found = conditions.evaluate(self, self.template.conditions[condition])
            self._conditions[condition] = found
        return found

    def resolve(self, value: Any) -> Any:
        """The value with its functions replaced by what they give; NoValue members left out."""
        if isinstance(value, dict):
            return self._resolve_object(value)
        if isinstance(value, list):
            members = (self.resolve(member) for member in value)
            return [member for member in members if member is not NO_VALUE]
        return value

    def resolve_properties(self, value: Any) -> Any:
        """As `resolve`, with `{{resolve:...}}` references looked up as well."""
        return self._resolve_dynamic(self.resolve(value))

    def object_of(self, resource: Resource, properties: Any) -> dict[str, Any]:
        """What a resource's properties were resolved to, which must be an object.

        Raises:
            TemplateError: they are a function that gives something else.
        """
        if properties is NO_VALUE:
            return {}
        if not isinstance(properties, dict):
            raise format_error(f"[/Resources/{resource.logical_id}/Properties] must be an object")
        return properties

    def policy(self, resource: Resource, member: str) -> str:
        """A resource's `DeletionPolicy` or `UpdateReplacePolicy`.

        Raises:
            TemplateError: it is a function, which needs AWS::LanguageExtensions, or gives none.
        """
        given = (
            resource.deletion_policy
            if member == "DeletionPolicy"
            else resource.update_replace_policy
        )
        if isinstance(given, dict) and not self._is_extended:
            raise format_error(
                f"[/Resources/{resource.logical_id}/{member}] Every {member} member must be a"
                " string."
            )
        policy = self.resolve(given)
        if policy is NO_VALUE:
            policy = DELETION_POLICIES[0]
        if policy not in DELETION_POLICIES:
            raise format_error(f"Unrecognized {member} {policy} for resource {resource.logical_id}")
        return str(policy)

    def ref(self, name: str) -> Any:
        """What `Ref` gives for a name."""
        if name in self.parameters:
            return self.parameters[name]
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.pseudo:
            return self.pseudo[name]
        if name not in self.template.resources:
            raise format_error(
                f"Unresolved resource dependencies [{name}] in the Resources block of the template"
            )
        if name not in self.active_resources:
            raise format_error(
                f"Unresolved resource dependencies [{name}] in the Resources block of the template"
            )
        return self.resources.ref(name)

    def attribute(self, resource: str, name: str) -> Any:
        """What `Fn::GetAtt` gives."""
        if resource not in self.active_resources:
            raise function_error(f"instance of Fn::GetAtt references undefined resource {resource}")
        return self.resources.attribute(resource, name)

    def _resolve_object(self, value: dict[str, Any]) -> Any:
        if len(value) == 1:
            ((name, argument),) = value.items()
            function = FUNCTIONS.get(name)
            if function is not None and (name not in EXTENSIONS or self._is_extended):
                return function(self, argument)
            if name.startswith("Fn::"):
                return self._resolve_unusual(name, value)
        resolved = {}
        for key, member in value.items():
            result = self.resolve(member)
            if result is not NO_VALUE:
                resolved[key] = result
        return resolved

    def _resolve_unusual(self, name: str, value: dict[str, Any]) -> Any:
        if name in ("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"):
            return conditions.evaluate(self, value)
        supported = ", ".join(
            function
            for function in FUNCTIONS
            if function.startswith("Fn::") and (function not in EXTENSIONS or self._is_extended)
        )
        raise UnsupportedFunction(
            f"Encountered unsupported function: {name} Supported functions are: [{supported}]"
        )

    def _resolve_dynamic(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._resolve_dynamic(member) for key, member in value.items()}
        if isinstance(value, list):
            return [self._resolve_dynamic(member) for member in value]
        if isinstance(value, str) and "{{resolve:" in value:
            return self._look_up(value)
        return value

    def _look_up(self, text: str) -> Any:
        found = [
            self.lookups.dynamic_reference(match.group(1), match.group(2))
            for match in _DYNAMIC.finditer(text)
        ]
        if has_unknown(found):
            return UNKNOWN
        results = iter(found)
        return _DYNAMIC.sub(lambda match: to_text(next(results)), text)


Resolve = Callable[[Any], Any]
