"""GetTemplateSummary and ValidateTemplate: what a template asks for.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplateSummary.html
"""

from __future__ import annotations

import json
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.engine.inputs import (
    AUTO_EXPAND,
    load_parameters,
    load_written,
)
from groundstate.services.cloudformation.engine.template_text import read_template_text
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.resources import registry
from groundstate.services.cloudformation.stacks import get_stack
from groundstate.services.cloudformation.template import parameters
from groundstate.services.cloudformation.template.document import Resource, Template
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.sam.function import NAME as FUNCTION
from groundstate.services.cloudformation.template.sam.state_machine import NAME as STATE_MACHINE
from groundstate.services.cloudformation.template.values import to_text


def get_template_summary(call: Call, request: Shape) -> Shape:
    """A template's parameters, resource types and capabilities.

    Raises:
        ValidationError: the template is wrong, or there is no such stack.
    """
    if request.get("StackName"):
        stack = get_stack(call, request["StackName"], "Stack with id {} does not exist")
        inputs = stack.data.get("inputs")
        if inputs is None:
            raise ValidationError(f"Stack [{stack.name}] has no template yet")
        body = call.tx.stacks.get_template(inputs.get("written_id") or inputs["template_id"])
    else:
        body = read_template_text(call, request, None)
    template = _load(body)
    types = dict.fromkeys(resource.type for resource in template.resources.values())
    answer: Shape = {
        "Parameters": [
            {**_describe_parameter(name, parameter), "ParameterType": parameter["Type"]}
            for name, parameter in template.parameters.items()
        ],
        "ResourceTypes": list(types),
        "Version": "2010-09-09",
        "DeclaredTransforms": list(template.transforms),
        "ResourceIdentifierSummaries": _identifiers(template),
        **_capabilities(template),
    }
    if template.description is not None:
        answer["Description"] = template.description
    if template.metadata is not None:
        answer["Metadata"] = json.dumps(template.metadata)
    return answer


def validate_template(call: Call, request: Shape) -> Shape:
    """Whether a template is well-formed, and its parameters.

    Raises:
        ValidationError: it is not.
    """
    template = _load(read_template_text(call, request, None))
    answer: Shape = {
        "Parameters": [
            _describe_parameter(name, parameter) for name, parameter in template.parameters.items()
        ],
        "DeclaredTransforms": list(template.transforms),
        **_capabilities(template),
    }
    for entry in answer["Parameters"]:
        entry.pop("ParameterConstraints", None)
    if template.description is not None:
        answer["Description"] = template.description
    return answer


def _load(body: str) -> Template:
    try:
        declared = load_parameters(body)
        defaults = {
            name: to_text(parameter.get("Default", "")) for name, parameter in declared.items()
        }
        values = parameters.resolve_values(declared, defaults, lambda name: name)
        return load_written(body, values)
    except TemplateError as error:
        raise ValidationError(error.message) from None


def _describe_parameter(name: str, parameter: Any) -> Shape:
    shown: Shape = {
        "ParameterKey": name,
        "NoEcho": to_text(parameter.get("NoEcho", False)).lower() == "true",
    }
    if "Default" in parameter:
        shown["DefaultValue"] = to_text(parameter["Default"])
    if "Description" in parameter:
        shown["Description"] = parameter["Description"]
    if "AllowedValues" in parameter:
        allowed = [to_text(value) for value in parameter["AllowedValues"]]
        shown["ParameterConstraints"] = {"AllowedValues": allowed}
    return shown


def _capabilities(template: Template) -> Shape:
    needed, holders = "", []
    for resource in template.resources.values():
        if _makes_role(resource):
            holders.append(resource.type)
            needed = needed or "CAPABILITY_IAM"
        kind = registry.find(resource.type)
        if kind is None or not kind.iam:
            continue
        holders.append(resource.type)
        if kind.name_property and kind.name_property in resource.properties:
            needed = "CAPABILITY_NAMED_IAM"
        needed = needed or "CAPABILITY_IAM"
    expands = [AUTO_EXPAND] if template.transforms else []
    if not needed and not expands:
        return {}
    reason = (
        f"The following resource(s) require capabilities: [{', '.join(dict.fromkeys(holders))}]"
    )
    return {
        "Capabilities": [*([needed] if needed else []), *expands],
        **({"CapabilitiesReason": reason} if holders else {}),
    }


def _makes_role(resource: Resource) -> bool:
    """Whether SAM generates a role for the resource."""
    return resource.type in (FUNCTION, STATE_MACHINE) and "Role" not in resource.properties


def _identifiers(template: Template) -> list[Shape]:
    by_type: dict[str, list[str]] = {}
    for resource in template.resources.values():
        kind = registry.find(resource.type)
        if kind is not None and kind.adopt is not None:
            by_type.setdefault(resource.type, []).append(resource.logical_id)
    return [
        {
            "ResourceType": name,
            "LogicalResourceIds": logical_ids,
            "ResourceIdentifiers": [registry.RESOURCE_TYPES[name].identifier],
        }
        for name, logical_ids in by_type.items()
    ]
