"""AWS::StepFunctions::Activity.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-activity.html
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import tag_changes, tags_as_map
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import INTEGER, TAGS, TEXT, Needed
from groundstate.services.cloudformation.resources.stepfunctions_state_machine import (
    without_customer_key,
)


def create_activity(provision: Provision, properties: Properties) -> Made:
    """Create the activity."""
    name = properties["Name"]
    request: dict[str, Any] = {"name": name}
    tags = tags_as_map(properties.get("Tags"))
    if tags:
        request["tags"] = [{"key": key, "value": value} for key, value in tags.items()]
    if "EncryptionConfiguration" in properties:
        request["encryptionConfiguration"] = {
            key[:1].lower() + key[1:]: value
            for key, value in properties["EncryptionConfiguration"].items()
        }
    request = without_customer_key(provision, request)
    arn = provision.invoke("stepfunctions", "CreateActivity", request)["activityArn"]
    return Made(arn, {"Arn": arn, "Name": name})


def update_activity(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the activity's tags."""
    arn = current.physical_id
    to_set, to_remove = tag_changes(
        tags_as_map(current.properties.get("Tags")), tags_as_map(properties.get("Tags"))
    )
    if to_set:
        tags = [{"key": key, "value": value} for key, value in to_set.items()]
        provision.invoke("stepfunctions", "TagResource", {"resourceArn": arn, "tags": tags})
    if to_remove:
        request = {"resourceArn": arn, "tagKeys": to_remove}
        provision.invoke("stepfunctions", "UntagResource", request)
    return Made(arn, current.attributes)


def delete_activity(provision: Provision, current: Current) -> None:
    """Delete the activity."""
    with gone_is_fine():
        request = {"activityArn": current.physical_id}
        provision.invoke("stepfunctions", "DeleteActivity", request)


ACTIVITY = ResourceType(
    name="AWS::StepFunctions::Activity",
    shape={
        "EncryptionConfiguration": {
            "KmsDataKeyReusePeriodSeconds": INTEGER,
            "KmsKeyId": TEXT,
            "Type": Needed(TEXT),
        },
        "Name": TEXT,
        "Tags": TAGS,
    },
    required=("Name",),
    replaces=frozenset({"EncryptionConfiguration", "Name"}),
    name_property="Name",
    attributes=("Arn", "Name"),
    tags="list",
    create=create_activity,
    update=update_activity,
    delete=delete_activity,
)
