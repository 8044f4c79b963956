"""AWS::Serverless::StateMachine: the state machine, its role, version and alias, and its events.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-statemachine.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam import rest_api, rules
from groundstate.services.cloudformation.template.sam.event_target import Target
from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    check_properties,
    is_function,
    location,
    own_attributes,
    passed_on,
    tag_list,
)
from groundstate.services.cloudformation.template.sam.function_events import (
    AddEvent,
    invalid_type,
    read_events,
)
from groundstate.services.cloudformation.template.sam.policies import make_role, managed_arn

NAME = "AWS::Serverless::StateMachine"
_PROPERTIES = (
    "AutoPublishAlias", "Definition", "DefinitionSubstitutions", "DefinitionUri",
    "DeploymentPreference", "Events", "Logging", "Name", "PermissionsBoundary", "Policies",
    "PropagateTags", "Role", "RolePath", "Tags", "Tracing", "Type", "UseAliasAsEventTarget",
)  # fmt: skip
_EVENTS: Mapping[str, AddEvent] = {
    "Api": rest_api.add_state_machine_event,
    "CloudWatchEvent": rules.add_rule,
    "EventBridgeRule": rules.add_rule,
    "Schedule": rules.add_schedule_rule,
    "ScheduleV2": rules.add_schedule,
}


def expand_state_machine(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add the state machine and everything that belongs to it.

    Raises:
        InvalidResource: a property is not as SAM wants it.
    """
    properties = source.get("Properties", {})
    check_properties(logical_id, NAME, properties, _PROPERTIES)
    if "Role" in properties and "Policies" in properties:
        raise InvalidResource(
            logical_id,
            "Specify either 'Role' or 'Policies' (but not both at the same time) or neither of"
            " them",
        )
    created = {} if properties.get("PropagateTags") else {"stateMachine:createdBy": "SAM"}
    tags = tag_list({**created, **properties.get("Tags", {})})
    made = {**_definition(logical_id, properties), "Tags": tags}
    for member, name in (
        ("LoggingConfiguration", "Logging"),
        ("StateMachineName", "Name"),
        ("StateMachineType", "Type"),
        ("TracingConfiguration", "Tracing"),
    ):
        if name in properties:
            made[member] = properties[name]
    role_id = f"{logical_id}Role"
    made["RoleArn"] = properties.get("Role") or {"Fn::GetAtt": [role_id, "Arn"]}
    expansion.add(logical_id, "AWS::StepFunctions::StateMachine", made, **own_attributes(source))
    if "Role" not in properties:
        traced = [managed_arn("AWSXrayWriteOnlyAccess")] if _is_traced(properties) else []
        role = make_role(
            role_id,
            "states.amazonaws.com",
            properties,
            tags,
            managed=[],
            inline=[],
            managed_last=traced,
            inline_last=[],
        )
        expansion.add(role_id, "AWS::IAM::Role", role, **passed_on(source))
    target = _publish(expansion, logical_id, source)
    for name, kind, event_properties in read_events(logical_id, properties.get("Events", {})):
        if kind not in _EVENTS:
            raise invalid_type(logical_id, name, kind)
        _EVENTS[kind](expansion, target, name, event_properties)


def _is_traced(properties: Mapping[str, Any]) -> bool:
    tracing = properties.get("Tracing")
    return isinstance(tracing, dict) and tracing.get("Enabled") in (True, "true")


def _definition(logical_id: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    if properties.get("Definition") and properties.get("DefinitionUri"):
        raise InvalidResource(
            logical_id, "Specify either 'Definition' or 'DefinitionUri' property and not both."
        )
    substitutions = dict(properties.get("DefinitionSubstitutions", {}))
    if "DefinitionUri" in properties:
        uri = properties["DefinitionUri"]
        made = {"DefinitionS3Location": location(logical_id, "DefinitionUri", uri)}
    elif "Definition" in properties:
        written = _without_functions(properties["Definition"], substitutions, [0])
        # SAM joins the lines of the definition, for CloudFormation's limits on one string.
        lines = json.dumps(written, sort_keys=True, indent=4, ensure_ascii=False).split("\n")
        made = {"DefinitionString": {"Fn::Join": ["\n", lines]}}
    else:
        raise InvalidResource(
            logical_id, "Either 'Definition' or 'DefinitionUri' property must be specified."
        )
    return {**made, "DefinitionSubstitutions": substitutions} if substitutions else made


def _without_functions(value: Any, substitutions: dict[str, Any], count: list[int]) -> Any:
    """The definition with a substitution in the place of each intrinsic function."""
    if is_function(value):
        count[0] += 1
        name = f"definition_substitution_{count[0]}"
        substitutions[name] = value
        return f"${{{name}}}"
    if isinstance(value, dict):
        return {
            key: _without_functions(member, substitutions, count) for key, member in value.items()
        }
    if isinstance(value, list):
        return [_without_functions(member, substitutions, count) for member in value]
    return value


def _publish(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> Target:
    """Add version and alias, if they are asked for; what events start."""
    properties = source.get("Properties", {})
    attributes = passed_on(source)
    reference = {"Ref": logical_id}
    plain = Target(logical_id, "StepFunctions", reference, reference, attributes)
    alias = expansion.known(properties.get("AutoPublishAlias"))
    if alias is None:
        if "DeploymentPreference" in properties:
            raise InvalidResource(
                logical_id,
                "'DeploymentPreference' requires AutoPublishAlias property to be specified.",
            )
        return plain
    if not isinstance(alias, str):
        raise InvalidResource(
            logical_id, "'AutoPublishAlias' must be a string or a Ref to a template parameter"
        )
    version_id, alias_id = f"{logical_id}Version", f"{logical_id}Alias{alias}"
    version = {
        "StateMachineArn": reference,
        "StateMachineRevisionId": {"Fn::GetAtt": [logical_id, "StateMachineRevisionId"]},
    }
    kept = {**attributes, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    expansion.add(version_id, "AWS::StepFunctions::StateMachineVersion", version, **kept)
    preference = {
        **properties.get("DeploymentPreference", {"Type": "ALL_AT_ONCE"}),
        "StateMachineVersionArn": {"Ref": version_id},
    }
    made = {"Name": alias, "DeploymentPreference": preference}
    expansion.add(alias_id, "AWS::StepFunctions::StateMachineAlias", made, **attributes)
    expansion.names[f"{logical_id}.Alias"] = alias_id
    expansion.names[f"{logical_id}.Version"] = version_id
    if not properties.get("UseAliasAsEventTarget"):
        return plain
    started = {"Ref": alias_id}
    return Target(logical_id, "StepFunctions", started, started, attributes, alias, alias_id)
