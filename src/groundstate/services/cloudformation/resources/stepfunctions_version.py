"""AWS::StepFunctions::StateMachineVersion and AWS::StepFunctions::StateMachineAlias.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachineversion.html
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import ANY, INTEGER, TEXT, Needed

_NAME_LENGTH_MAX = 80


def create_version(provision: Provision, properties: Properties) -> Made:
    """Publish what the state machine is now."""
    request: dict[str, Any] = {"stateMachineArn": properties["StateMachineArn"]}
    if "Description" in properties:
        request["description"] = properties["Description"]
    if "StateMachineRevisionId" in properties:
        request["revisionId"] = properties["StateMachineRevisionId"]
    answer = provision.invoke("stepfunctions", "PublishStateMachineVersion", request)
    arn = answer["stateMachineVersionArn"]
    return Made(arn, {"Arn": arn})


def delete_version(provision: Provision, current: Current) -> None:
    """Delete the version."""
    with gone_is_fine():
        request = {"stateMachineVersionArn": current.physical_id}
        provision.invoke("stepfunctions", "DeleteStateMachineVersion", request)


STATE_MACHINE_VERSION = ResourceType(
    name="AWS::StepFunctions::StateMachineVersion",
    shape={"Description": TEXT, "StateMachineArn": TEXT, "StateMachineRevisionId": TEXT},
    required=("StateMachineArn",),
    attributes=("Arn",),
    create=create_version,
    delete=delete_version,
)


def create_alias(provision: Provision, properties: Properties) -> Made:
    """Create the alias."""
    name = properties.get("Name") or provision.make_short_name(_NAME_LENGTH_MAX)
    request: dict[str, Any] = {"name": name, "routingConfiguration": _routing(properties)}
    if "Description" in properties:
        request["description"] = properties["Description"]
    answer = provision.invoke("stepfunctions", "CreateStateMachineAlias", request)
    arn = answer["stateMachineAliasArn"]
    return Made(arn, {"Arn": arn})


def update_alias(provision: Provision, current: Current, properties: Properties) -> Made:
    """Send the alias elsewhere: all at once, whatever the deployment preference says."""
    request = {
        "stateMachineAliasArn": current.physical_id,
        "description": properties.get("Description", ""),
        "routingConfiguration": _routing(properties),
    }
    provision.invoke("stepfunctions", "UpdateStateMachineAlias", request)
    return Made(current.physical_id, current.attributes)


def delete_alias(provision: Provision, current: Current) -> None:
    """Delete the alias."""
    with gone_is_fine():
        request = {"stateMachineAliasArn": current.physical_id}
        provision.invoke("stepfunctions", "DeleteStateMachineAlias", request)


def _routing(properties: Properties) -> list[dict[str, Any]]:
    if "RoutingConfiguration" in properties:
        return [
            {
                "stateMachineVersionArn": route["StateMachineVersionArn"],
                "weight": route["Weight"],
            }
            for route in properties["RoutingConfiguration"]
        ]
    preference = properties.get("DeploymentPreference", {})
    if "StateMachineVersionArn" not in preference:
        raise ProvisionFailed("One of RoutingConfiguration and DeploymentPreference must be given.")
    return [{"stateMachineVersionArn": preference["StateMachineVersionArn"], "weight": 100}]


STATE_MACHINE_ALIAS = ResourceType(
    name="AWS::StepFunctions::StateMachineAlias",
    shape={
        "DeploymentPreference": {
            "Alarms": [TEXT],
            "Interval": INTEGER,
            "Percentage": INTEGER,
            "StateMachineVersionArn": Needed(TEXT),
            "Type": Needed(TEXT),
        },
        "Description": TEXT,
        "Name": TEXT,
        "RoutingConfiguration": [
            {"StateMachineVersionArn": Needed(TEXT), "Weight": Needed(INTEGER)}
        ],
        "StateMachineArn": ANY,
    },
    replaces=frozenset({"Name"}),
    name_property="Name",
    attributes=("Arn",),
    create=create_alias,
    update=update_alias,
    delete=delete_alias,
)
