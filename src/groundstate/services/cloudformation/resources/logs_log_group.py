"""AWS::Logs::LogGroup and AWS::Logs::LogStream.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
"""

from __future__ import annotations

from groundstate.operation import named_error
from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import tag_changes, tags_as_map
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import ANY, BOOLEAN, INTEGER, TAGS, TEXT

_NAME_LENGTH_MAX = 512


def create_log_group(provision: Provision, properties: Properties) -> Made:
    """Create the group, with its retention."""
    name = properties.get("LogGroupName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    request = {"logGroupName": name}
    tags = tags_as_map(properties.get("Tags"))
    if "KmsKeyId" in properties:
        request["kmsKeyId"] = properties["KmsKeyId"]
    if "LogGroupClass" in properties:
        request["logGroupClass"] = properties["LogGroupClass"]
    if properties.get("DeletionProtectionEnabled"):
        request["deletionProtectionEnabled"] = True
    provision.invoke("logs", "CreateLogGroup", {**request, "tags": tags} if tags else request)
    _set_retention(provision, name, {}, properties)
    return _describe(provision, name)


def update_log_group(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the retention, the protection and the tags; what is logged stays."""
    name = current.physical_id
    was, protects = (
        bool(of.get("DeletionProtectionEnabled")) for of in (current.properties, properties)
    )
    if was != protects:
        provision.invoke(
            "logs",
            "PutLogGroupDeletionProtection",
            {"logGroupIdentifier": name, "deletionProtectionEnabled": protects},
        )
    _set_retention(provision, name, current.properties, properties)
    arn = provision.arn("logs", f"log-group:{name}")
    to_set, to_remove = tag_changes(
        tags_as_map(current.properties.get("Tags")), tags_as_map(properties.get("Tags"))
    )
    if to_set:
        provision.invoke("logs", "TagResource", {"resourceArn": arn, "tags": to_set})
    if to_remove:
        provision.invoke("logs", "UntagResource", {"resourceArn": arn, "tagKeys": to_remove})
    return _describe(provision, name)


def delete_log_group(provision: Provision, current: Current) -> None:
    """Delete the group; one that is gone already is as good."""
    with gone_is_fine():
        provision.invoke("logs", "DeleteLogGroup", {"logGroupName": current.physical_id})


def read_log_group(provision: Provision, current: Current) -> Properties:
    """The group as it is."""
    name = current.physical_id
    request = {"logGroupNamePrefix": name}
    groups = provision.invoke("logs", "DescribeLogGroups", request)["logGroups"]
    for group in groups:
        if group["logGroupName"] == name:
            actual: Properties = {"LogGroupName": name}
            if "retentionInDays" in group:
                actual["RetentionInDays"] = group["retentionInDays"]
            return actual
    raise named_error("ResourceNotFoundException", "The specified log group does not exist.")


def adopt_log_group(provision: Provision, identifier: str, properties: Properties) -> Made:
    """Take over a group that is there."""
    read_log_group(provision, Current(identifier, {}))
    return _describe(provision, identifier)


def _set_retention(provision: Provision, name: str, before: Properties, after: Properties) -> None:
    days = after.get("RetentionInDays")
    if days == before.get("RetentionInDays"):
        return
    if days is None:
        provision.invoke("logs", "DeleteRetentionPolicy", {"logGroupName": name})
    else:
        request = {"logGroupName": name, "retentionInDays": days}
        provision.invoke("logs", "PutRetentionPolicy", request)


def _describe(provision: Provision, name: str) -> Made:
    return Made(name, {"Arn": provision.arn("logs", f"log-group:{name}:*")})


LOG_GROUP = ResourceType(
    name="AWS::Logs::LogGroup",
    shape={
        "BearerTokenAuthenticationEnabled": BOOLEAN,
        "DataProtectionPolicy": ANY,
        "DeletionProtectionEnabled": BOOLEAN,
        "FieldIndexPolicies": ANY,
        "KmsKeyId": TEXT,
        "LogGroupClass": TEXT,
        "LogGroupName": TEXT,
        "ResourcePolicyDocument": ANY,
        "RetentionInDays": INTEGER,
        "Tags": TAGS,
    },
    replaces=frozenset({"LogGroupName"}),
    name_property="LogGroupName",
    without_effect=(
        "BearerTokenAuthenticationEnabled",
        "DataProtectionPolicy",
        "FieldIndexPolicies",
        "ResourcePolicyDocument",
    ),
    attributes=("Arn",),
    tags="list",
    create=create_log_group,
    update=update_log_group,
    delete=delete_log_group,
    adopt=adopt_log_group,
    read_actual=read_log_group,
    compared=frozenset({"RetentionInDays"}),
    identifier="LogGroupName",
)


def create_log_stream(provision: Provision, properties: Properties) -> Made:
    """Create the stream."""
    name = properties.get("LogStreamName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    request = {"logGroupName": properties["LogGroupName"], "logStreamName": name}
    provision.invoke("logs", "CreateLogStream", request)
    return Made(name)


def delete_log_stream(provision: Provision, current: Current) -> None:
    """Delete the stream; one that is gone already is as good."""
    request = {
        "logGroupName": current.properties["LogGroupName"],
        "logStreamName": current.physical_id,
    }
    with gone_is_fine():
        provision.invoke("logs", "DeleteLogStream", request)


LOG_STREAM = ResourceType(
    name="AWS::Logs::LogStream",
    shape={"LogGroupName": TEXT, "LogStreamName": TEXT},
    required=("LogGroupName",),
    name_property="LogStreamName",
    create=create_log_stream,
    delete=delete_log_stream,
)
