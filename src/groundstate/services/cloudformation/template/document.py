"""The template's nouns, and the checks of its form that need no values.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groundstate.services.cloudformation.template.errors import TemplateError, format_error

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
RESOURCES_MAX = 500
PARAMETERS_MAX = 200
OUTPUTS_MAX = 200
MAPPINGS_MAX = 200

_SECTIONS = (
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Globals",
    "Hooks",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
    "Transform",
)
_RESOURCE_MEMBERS = (
    "Condition",
    "Connectors",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Description",
    "IgnoreGlobals",
    "Metadata",
    "Properties",
    "Type",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    "Version",
)
_PARAMETER_MEMBERS = (
    "AllowedPattern",
    "AllowedValues",
    "ConstraintDescription",
    "Default",
    "Description",
    "MaxLength",
    "MaxValue",
    "MinLength",
    "MinValue",
    "NoEcho",
    "Type",
)
# What a resource's DeletionPolicy and UpdateReplacePolicy may be; the first goes without saying.
DELETION_POLICIES = ("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
_LOGICAL_ID = re.compile(r"[a-zA-Z0-9]+\Z")


@dataclass(frozen=True, slots=True)
class Resource:
    """A member of Resources, its values unresolved."""

    logical_id: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    depends_on: tuple[str, ...] = ()
    condition: str | None = None
    deletion_policy: Any = "Delete"
    update_replace_policy: Any = "Delete"
    metadata: Any = None
    creation_policy: Any = None
    update_policy: Any = None


@dataclass(frozen=True, slots=True)
class Output:
    """A member of Outputs, its values unresolved."""

    name: str
    value: Any
    description: str | None = None
    export_name: Any = None
    condition: str | None = None


@dataclass(frozen=True)
class Template:
    """A template whose form is right. `body` is what it was parsed from."""

    body: Mapping[str, Any]
    description: str | None
    metadata: Any
    parameters: Mapping[str, Mapping[str, Any]]
    mappings: Mapping[str, Mapping[str, Mapping[str, Any]]]
    conditions: Mapping[str, Any]
    rules: Mapping[str, Mapping[str, Any]]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Output]
    transforms: tuple[str, ...]


def parse_template(body: Mapping[str, Any], transforms: tuple[str, ...] = ()) -> Template:
    """Check the form of a template and make the nouns.

    Args:
        body: the template, its macros carried out.
        transforms: the names of those macros.

    Raises:
        TemplateError: with AWS's message.
    """
    unknown = [name for name in body if name not in _SECTIONS]
    if unknown:
        raise format_error_without_prefix(unknown)
    version = body.get("AWSTemplateFormatVersion", "2010-09-09")
    if str(version) != "2010-09-09":
        raise format_error(f"Unsupported template format version: {version}")
    description = body.get("Description")
    if description is not None and not isinstance(description, str):
        raise format_error("Description must be a string.")
    if description is not None and len(description.encode()) > 1024:
        raise format_error("Description must be less than 1024 bytes.")
    resources = _section(body, "Resources")
    if not resources:
        raise format_error("At least one Resources member must be defined.")
    parameters = parse_parameters(body)
    outputs = _section(body, "Outputs")
    _limit("Resources", len(resources), RESOURCES_MAX)
    _limit("Outputs", len(outputs), OUTPUTS_MAX)
    mappings = _section(body, "Mappings")
    _limit("Mappings", len(mappings), MAPPINGS_MAX)
    for name, mapping in mappings.items():
        _check_mapping(name, mapping)
    rules = _section(body, "Rules")
    for name, rule in rules.items():
        if not isinstance(rule, dict) or not rule.get("Assertions"):
            raise format_error(f"[/Rules/{name}] Every Rules object must contain Assertions.")
    return Template(
        body=body,
        description=description,
        metadata=body.get("Metadata"),
        parameters=parameters,
        mappings=mappings,
        conditions=_section(body, "Conditions"),
        rules=rules,
        resources={name: _parse_resource(name, value) for name, value in resources.items()},
        outputs={name: _parse_output(name, value) for name, value in outputs.items()},
        transforms=transforms,
    )


def parse_parameters(body: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The Parameters section, which can be read before the template's macros are carried out.

    Raises:
        TemplateError: with AWS's message.
    """
    parameters = _section(body, "Parameters")
    _limit("Parameters", len(parameters), PARAMETERS_MAX)
    for name, parameter in parameters.items():
        _check_parameter(name, parameter)
    return parameters


def format_error_without_prefix(names: list[str]) -> TemplateError:
    """The error for sections that templates do not have."""
    return TemplateError(f"Invalid template property or properties [{', '.join(names)}]")


def _section(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = body.get(name, {})
    if not isinstance(section, dict):
        raise format_error(f"[/{name}] must be an object")
    return section


def _limit(section: str, count: int, maximum: int) -> None:
    if count > maximum:
        singular = section[:-1].lower()
        raise format_error(f"Number of {section.lower()}, {count}, is greater than maximum allowed,"
                           f" {maximum} ({singular} limit)")  # fmt: skip


def _check_parameter(name: str, parameter: Any) -> None:
    if not _LOGICAL_ID.match(name):
        raise format_error(f"Parameter name {name} is non alphanumeric.")
    if not isinstance(parameter, dict):
        raise format_error(f"[/Parameters/{name}] Every Parameters object must be an object.")
    if "Type" not in parameter:
        raise format_error(
            f"[/Parameters/{name}] Every Parameters object must contain a Type member."
        )
    for member in parameter:
        if member not in _PARAMETER_MEMBERS:
            raise TemplateError(f"Invalid template parameter property '{member}'")


def _check_mapping(name: str, mapping: Any) -> None:
    if not _LOGICAL_ID.match(name):
        raise format_error(f"Mappings name {name} is non alphanumeric.")
    if name == "Fn::Transform":
        return
    if not isinstance(mapping, dict):
        raise format_error("Every Mappings member must be a map.")
    for attributes in mapping.values():
        if not isinstance(attributes, dict):
            raise format_error("Every Mappings attribute must be a String or a List.")
        for value in attributes.values():
            if isinstance(value, dict):
                raise format_error("Every Mappings attribute must be a String or a List.")


def _parse_resource(name: str, value: Any) -> Resource:
    if not _LOGICAL_ID.match(name):
        raise format_error(f"Resource name {name} is non alphanumeric.")
    if not isinstance(value, dict):
        raise format_error(f"[/Resources/{name}] Every Resources object must be an object.")
    if "Type" not in value:
        raise format_error(
            f"[/Resources/{name}] Every Resources object must contain a Type member."
        )
    if not isinstance(value["Type"], str):
        raise format_error(f"[/Resources/{name}/Type] must be a string")
    for member in value:
        if member not in _RESOURCE_MEMBERS:
            raise TemplateError(f"Invalid template resource property '{member}'")
    properties = value.get("Properties", {})
    if not isinstance(properties, dict):
        raise format_error(f"[/Resources/{name}/Properties] must be an object")
    condition = value.get("Condition")
    if condition is not None and not isinstance(condition, str):
        raise format_error(
            f"[/Resources/{name}/Condition] Every Condition member must be a string."
        )
    return Resource(
        logical_id=name,
        type=value["Type"],
        properties=properties,
        depends_on=_parse_depends_on(name, value.get("DependsOn", [])),
        condition=condition,
        deletion_policy=_parse_policy(name, "DeletionPolicy", value),
        update_replace_policy=_parse_policy(name, "UpdateReplacePolicy", value),
        metadata=value.get("Metadata"),
        creation_policy=value.get("CreationPolicy"),
        update_policy=value.get("UpdatePolicy"),
    )


def _parse_depends_on(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise format_error(
            f"[/Resources/{name}/DependsOn] Every DependsOn value must be a string or a list"
            f" of strings."
        )
    return tuple(dict.fromkeys(value))


def _parse_policy(name: str, member: str, value: dict[str, Any]) -> Any:
    policy = value.get(member, DELETION_POLICIES[0])
    if isinstance(policy, dict):
        return policy  # A function, which `Resolver.policy` looks at.
    if policy not in DELETION_POLICIES:
        raise format_error(f"Unrecognized {member} {policy} for resource {name}")
    return policy


def _parse_output(name: str, value: Any) -> Output:
    if not _LOGICAL_ID.match(name):
        raise format_error(f"Output name {name} is non alphanumeric.")
    if not isinstance(value, dict) or "Value" not in value:
        raise format_error(f"[/Outputs/{name}] Every Outputs member must contain a Value object")
    export = value.get("Export")
    if export is not None and (not isinstance(export, dict) or "Name" not in export):
        raise format_error(f"[/Outputs/{name}/Export] Every Export must contain a Name member.")
    condition = value.get("Condition")
    if condition is not None and not isinstance(condition, str):
        raise format_error(f"[/Outputs/{name}/Condition] Every Condition member must be a string.")
    return Output(
        name=name,
        value=value["Value"],
        description=value.get("Description"),
        export_name=export["Name"] if export is not None else None,
        condition=condition,
    )
