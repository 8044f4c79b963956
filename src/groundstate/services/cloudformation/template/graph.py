"""The order in which resources can be made: who needs whom.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from groundstate.services.cloudformation.template.document import Resource, Template
from groundstate.services.cloudformation.template.errors import (
    TemplateError,
    format_error,
    function_error,
)
from groundstate.services.cloudformation.template.references import Reference, find_references
from groundstate.services.cloudformation.template.resolver import Resolver

PSEUDO_PARAMETERS = (
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
)


def check_references(template: Template) -> None:
    """Raise if a resource or output refers to something that the template does not have.

    Branches that no condition takes count too, as on AWS.
    """
    names = {*template.parameters, *template.resources, *PSEUDO_PARAMETERS}
    missing: dict[str, None] = {}
    for resource in template.resources.values():
        for reference in find_references(resource.properties):
            _check(reference, names, template, missing)
        for name in resource.depends_on:
            if name not in template.resources:
                missing[name] = None
        _check_condition(resource.condition, template)
    if missing:
        raise format_error(_unresolved(missing, "Resources"))
    for output in template.outputs.values():
        for reference in find_references([output.value, output.export_name]):
            _check(reference, names, template, missing)
        _check_condition(output.condition, template)
    if missing:
        # Without the prefix that the Resources block has: so recorded on AWS.
        raise TemplateError(_unresolved(missing, "Outputs"))


def check_active_references(resolver: Resolver) -> None:
    """Raise if what is made, or an output that is shown, refers to what a condition leaves out.

    Raises:
        TemplateError: all such references of a block are named.
    """
    used = [resource.properties for resource in resolver.active_resources.values()]
    if missing := _find_inactive(used, resolver):
        raise format_error(_unresolved(missing, "Resources"))
    shown = [
        [output.value, output.export_name]
        for output in resolver.template.outputs.values()
        if output.condition is None or resolver.is_true(output.condition)
    ]
    if missing := _find_inactive(shown, resolver):
        raise TemplateError(_unresolved(missing, "Outputs"))


def find_dependencies(resolver: Resolver) -> dict[str, set[str]]:
    """What each resource needs first, for the resources whose condition holds."""
    active = resolver.active_resources
    return {name: _needs(resource, active, resolver) for name, resource in active.items()}


def check_acyclic(dependencies: Mapping[str, set[str]]) -> None:
    """Raise if resources wait for each other in a circle."""
    cyclic = _find_cyclic(dependencies)
    if cyclic:
        raise TemplateError(f"Circular dependency between resources: [{', '.join(sorted(cyclic))}]")


def sort(dependencies: Mapping[str, set[str]]) -> list[str]:
    """The names, each after those that it needs; otherwise in the given order."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in done:
            return
        for other in sorted(dependencies[name]):
            if other in dependencies:
                visit(other)
        done[name] = None

    for name in dependencies:
        visit(name)
    return list(done)


def _needs(resource: Resource, active: Mapping[str, Resource], resolver: Resolver) -> set[str]:
    needs = {name for name in resource.depends_on if name in active}
    for reference in find_references(resource.properties, resolver.is_true):
        if reference.name in active:
            needs.add(reference.name)
    return needs


def _find_cyclic(dependencies: Mapping[str, set[str]]) -> set[str]:
    """The names that are left when all that can be made have been made, and feed a circle."""
    left = {name: needs & set(dependencies) for name, needs in dependencies.items()}
    while free := [name for name, needs in left.items() if not needs]:
        for name in free:
            del left[name]
        for needs in left.values():
            needs.difference_update(free)
    # Those that merely wait for a circle are not in one: take away what nobody left needs.
    while True:
        needed = {name for needs in left.values() for name in needs}
        idle = [name for name in left if name not in needed]
        if not idle:
            return set(left)
        for name in idle:
            del left[name]


def _find_inactive(values: list[Any], resolver: Resolver) -> list[str]:
    """The resources that the values refer to and that are not made, each once."""
    references = find_references(values, resolver.is_true)
    left_out = resolver.template.resources.keys() - resolver.active_resources.keys()
    return list(dict.fromkeys(found.name for found in references if found.name in left_out))


def _unresolved(names: Iterable[str], block: str) -> str:
    told = ", ".join(names)
    return f"Unresolved resource dependencies [{told}] in the {block} block of the template"


def _check(
    reference: Reference, names: set[str], template: Template, missing: dict[str, None]
) -> None:
    if reference.attribute is not None and reference.name not in template.resources:
        if reference.function == "Fn::GetAtt":
            raise function_error(
                f"instance of Fn::GetAtt references undefined resource {reference.name}"
            )
        missing[reference.name] = None
    elif reference.attribute is None and reference.name not in names:
        missing[reference.name] = None


def _check_condition(condition: str | None, template: Template) -> None:
    if condition is not None and condition not in template.conditions:
        raise format_error(f"Condition {condition} is not defined.")
