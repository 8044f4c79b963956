"""AWS::CloudFormation::Stack: a stack within a stack.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html
"""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.operation import ServiceError
from groundstate.services.cloudformation.resources.fields import tags_as_map
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Outcome,
    Pending,
    Properties,
    Provision,
    ProvisionFailed,
    join_name,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import ANY, INTEGER, TAGS, TEXT, MapOf
from groundstate.services.cloudformation.template.values import to_text
from groundstate.store.cloudformation import Stack

_NAME_LENGTH_MAX = 128
_SUFFIX_LENGTH = 13
_NO_UPDATES = "No updates are to be performed."


def create_nested(provision: Provision, properties: Properties) -> Pending:
    """Begin to make the nested stack."""
    name = join_name(
        [provision.stack_name, provision.logical_id],
        ids.make_suffix(_SUFFIX_LENGTH),
        _NAME_LENGTH_MAX,
        "-",
    )
    request = {
        "StackName": name,
        "ParentStackId": provision.stack_id,
        "OnFailure": "DO_NOTHING",
        "TimeoutInMinutes": properties.get("TimeoutInMinutes"),
        **_inputs(provision, properties),
    }
    answer = provision.invoke("cloudformation", "CreateNestedStack", request)
    return Pending(answer["StackId"], {"wants": "CREATE"})


def update_nested(provision: Provision, current: Current, properties: Properties) -> Outcome:
    """Begin to change the nested stack."""
    request = {"StackName": current.physical_id, **_inputs(provision, properties)}
    try:
        provision.invoke("cloudformation", "UpdateStack", request)
    except ServiceError as error:
        if error.message != _NO_UPDATES:
            raise
        return _describe(_find(provision, current.physical_id))
    return Pending(current.physical_id, {"wants": "UPDATE"})


def delete_nested(provision: Provision, current: Current) -> Pending | None:
    """Begin to delete the nested stack."""
    stack = provision.call.tx.stacks.find(current.physical_id)
    if stack is None or stack.deleted_at is not None:
        return None
    provision.invoke("cloudformation", "DeleteNestedStack", {"StackName": current.physical_id})
    return Pending(current.physical_id, {"wants": "DELETE"})


def check_nested(provision: Provision, pending: Pending) -> Outcome | None:
    """Whether the nested stack has come to rest.

    Raises:
        ProvisionFailed: it did not come to what was wanted.
    """
    stack = _find(provision, pending.physical_id)
    if stack.deployment is not None:
        return pending
    wanted = pending.state["wants"]
    if stack.status == f"{wanted}_COMPLETE":
        return None if wanted == "DELETE" else _describe(stack)
    if wanted == "CREATE":
        raise ProvisionFailed(
            f"Embedded stack {stack.stack_id} was not successfully created: {stack.reason}"
        )
    if wanted == "UPDATE":
        raise ProvisionFailed(
            f"Embedded stack {stack.stack_id} was not successfully updated. Currently in"
            f" {stack.status} with reason: {stack.data.get('rollback_reason') or stack.reason}"
        )
    raise ProvisionFailed(
        f"Embedded stack {stack.stack_id} was not successfully deleted: {stack.reason}"
    )


def _inputs(provision: Provision, properties: Properties) -> dict[str, Any]:
    parameters = [
        {
            "ParameterKey": name,
            "ParameterValue": ",".join(to_text(part) for part in value)
            if isinstance(value, list)
            else to_text(value),
        }
        for name, value in properties.get("Parameters", {}).items()
    ]
    tags = {**provision.tags, **tags_as_map(properties.get("Tags"))}
    inputs: dict[str, Any] = {
        "TemplateURL": properties["TemplateURL"],
        "Parameters": parameters,
        "Capabilities": provision.capabilities,
        "NotificationARNs": properties.get("NotificationARNs", []),
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    if provision.role_arn:
        inputs["RoleARN"] = provision.role_arn
    return inputs


def _find(provision: Provision, stack_id: str) -> Stack:
    stack = provision.call.tx.stacks.find(stack_id)
    assert stack is not None, stack_id
    return stack


def _describe(stack: Stack) -> Made:
    outputs = {
        f"Outputs.{entry['OutputKey']}": entry["OutputValue"]
        for entry in stack.data.get("outputs", [])
    }
    return Made(stack.stack_id, outputs)


NESTED_STACK = ResourceType(
    name="AWS::CloudFormation::Stack",
    shape={
        "NotificationARNs": [TEXT],
        "Parameters": MapOf(ANY),
        "Tags": TAGS,
        "TemplateURL": TEXT,
        "TimeoutInMinutes": INTEGER,
    },
    required=("TemplateURL",),
    attributes=None,
    create=create_nested,
    update=update_nested,
    delete=delete_nested,
    check=check_nested,
)
