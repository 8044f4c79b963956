"""AWS::StepFunctions::StateMachine.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-stepfunctions-statemachine.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import tag_changes, tags_as_map
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import (
    ANY,
    BOOLEAN,
    INTEGER,
    TAGS,
    TEXT,
    MapOf,
    Needed,
)
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.services.cloudformation.template.source import parse_source
from groundstate.services.cloudformation.template.values import to_text

_NAME_LENGTH_MAX = 80
_SUBSTITUTION = re.compile(r"\$\{([a-zA-Z0-9_.-]+)\}")
_MEMBERS = {
    "EncryptionConfiguration": "encryptionConfiguration",
    "LoggingConfiguration": "loggingConfiguration",
    "TracingConfiguration": "tracingConfiguration",
}


def create_state_machine(provision: Provision, properties: Properties) -> Made:
    """Create the state machine."""
    name = properties.get("StateMachineName") or provision.make_short_name(_NAME_LENGTH_MAX)
    request = {
        "name": name,
        "definition": _definition(provision, properties),
        "roleArn": properties["RoleArn"],
        **_settings(provision, properties),
    }
    if "StateMachineType" in properties:
        request["type"] = properties["StateMachineType"]
    if properties.get("Tags"):
        request["tags"] = _tags(tags_as_map(properties["Tags"]))
    answer = provision.invoke("stepfunctions", "CreateStateMachine", request)
    return _describe(provision, answer["stateMachineArn"])


def update_state_machine(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the definition, role and settings; running executions keep what they began with."""
    arn = current.physical_id
    request = {
        "stateMachineArn": arn,
        "definition": _definition(provision, properties),
        "roleArn": properties["RoleArn"],
        **_settings(provision, properties),
    }
    if "LoggingConfiguration" in current.properties and "loggingConfiguration" not in request:
        request["loggingConfiguration"] = {"level": "OFF"}
    if "TracingConfiguration" in current.properties and "tracingConfiguration" not in request:
        request["tracingConfiguration"] = {"enabled": False}
    provision.invoke("stepfunctions", "UpdateStateMachine", request)
    to_set, to_remove = tag_changes(
        tags_as_map(current.properties.get("Tags")), tags_as_map(properties.get("Tags"))
    )
    if to_set:
        tags = {"resourceArn": arn, "tags": _tags(to_set)}
        provision.invoke("stepfunctions", "TagResource", tags)
    if to_remove:
        untag = {"resourceArn": arn, "tagKeys": to_remove}
        provision.invoke("stepfunctions", "UntagResource", untag)
    return _describe(provision, arn)


def delete_state_machine(provision: Provision, current: Current) -> None:
    """Delete the state machine."""
    with gone_is_fine():
        request = {"stateMachineArn": current.physical_id}
        provision.invoke("stepfunctions", "DeleteStateMachine", request)


def read_state_machine(provision: Provision, current: Current) -> Properties:
    """The state machine as it is."""
    request = {"stateMachineArn": current.physical_id}
    answer = provision.invoke("stepfunctions", "DescribeStateMachine", request)
    actual: Properties = {
        "DefinitionString": answer["definition"],
        "RoleArn": answer["roleArn"],
        "StateMachineName": answer["name"],
        "StateMachineType": answer["type"],
    }
    expected = current.properties
    if "DefinitionString" not in expected or "DefinitionSubstitutions" in expected:
        # What was written in another form is compared by what it came to.
        if expected and _definition(provision, expected) == answer["definition"]:
            del actual["DefinitionString"]
        for name in ("Definition", "DefinitionString"):
            if name in expected and "DefinitionString" not in actual:
                actual[name] = expected[name]
    return actual


def adopt_state_machine(provision: Provision, identifier: str, properties: Properties) -> Made:
    """Take over a state machine that is there."""
    return _describe(provision, identifier)


def _describe(provision: Provision, arn: str) -> Made:
    request = {"stateMachineArn": arn}
    answer = provision.invoke("stepfunctions", "DescribeStateMachine", request)
    # A state machine that was never updated has the revision INITIAL (PublishStateMachineVersion).
    revision = answer.get("revisionId") or "INITIAL"
    attributes = {"Arn": arn, "Name": answer["name"], "StateMachineRevisionId": revision}
    return Made(arn, attributes)


def _definition(provision: Provision, properties: Properties) -> str:
    """The definition's text, its substitutions put in."""
    if "DefinitionString" in properties:
        text = properties["DefinitionString"]
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    elif "DefinitionS3Location" in properties:
        text = _fetch(provision, properties["DefinitionS3Location"])
    else:
        raise ProvisionFailed(
            "Either Definition, DefinitionString or DefinitionS3Location must be specified."
        )
    substitutions = properties.get("DefinitionSubstitutions", {})

    def put(match: re.Match[str]) -> str:
        name = match.group(1)
        return to_text(substitutions[name]) if name in substitutions else match.group(0)

    return _SUBSTITUTION.sub(put, text) if substitutions else str(text)


def _fetch(provision: Provision, location: dict[str, Any]) -> str:
    request = {"Bucket": location["Bucket"], "Key": location["Key"]}
    if "Version" in location:
        request["VersionId"] = location["Version"]
    content: bytes = provision.invoke("s3", "GetObject", request)["Body"]
    text = content.decode()
    if text.lstrip().startswith("{"):
        return text
    try:
        return json.dumps(parse_source(text))
    except TemplateError as error:
        raise ProvisionFailed(f"DefinitionS3Location: {error.message}") from None


def _settings(provision: Provision, properties: Properties) -> dict[str, Any]:
    settings = {
        member: _uncapitalized(properties[name])
        for name, member in _MEMBERS.items()
        if name in properties
    }
    return without_customer_key(provision, settings)


def without_customer_key(provision: Provision, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings without a key of the customer's: there is no KMS here, which is told."""
    encryption = settings.get("encryptionConfiguration", {})
    if encryption.get("type") != "CUSTOMER_MANAGED_KMS_KEY" or "kmsKeyId" not in encryption:
        return settings
    provision.note(
        f"The key {encryption['kmsKeyId']} has no effect here: there is no KMS, nothing is"
        " encrypted."
    )
    return {**settings, "encryptionConfiguration": {"type": "AWS_OWNED_KEY"}}


def _uncapitalized(value: Any) -> Any:
    """The same structure with members in the case that the service's operations have."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _uncapitalized(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_uncapitalized(member) for member in value]
    return value


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


STATE_MACHINE = ResourceType(
    name="AWS::StepFunctions::StateMachine",
    shape={
        "Definition": ANY,
        "DefinitionS3Location": {"Bucket": Needed(TEXT), "Key": Needed(TEXT), "Version": TEXT},
        "DefinitionString": TEXT,
        "DefinitionSubstitutions": MapOf(ANY),
        "EncryptionConfiguration": {
            "KmsDataKeyReusePeriodSeconds": INTEGER,
            "KmsKeyId": TEXT,
            "Type": Needed(TEXT),
        },
        "LoggingConfiguration": {
            "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": TEXT}}],
            "IncludeExecutionData": BOOLEAN,
            "Level": TEXT,
        },
        "RoleArn": TEXT,
        "StateMachineName": TEXT,
        "StateMachineType": TEXT,
        "Tags": TAGS,
        "TracingConfiguration": {"Enabled": BOOLEAN},
    },
    required=("RoleArn",),
    replaces=frozenset({"StateMachineName", "StateMachineType"}),
    name_property="StateMachineName",
    attributes=("Arn", "Name", "StateMachineRevisionId"),
    tags="list",
    create=create_state_machine,
    update=update_state_machine,
    delete=delete_state_machine,
    adopt=adopt_state_machine,
    read_actual=read_state_machine,
    compared=frozenset({"DefinitionString", "RoleArn"}),
    identifier="Arn",
)
