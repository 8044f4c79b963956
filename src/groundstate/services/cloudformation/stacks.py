"""Finding stacks by name or id, and describing them."""

from __future__ import annotations

import re
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.engine.inputs import load_parameters
from groundstate.services.cloudformation.errors import ValidationError
from groundstate.services.cloudformation.template import parameters
from groundstate.store.cloudformation import Stack

_NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]*\Z")
_NAME_LENGTH_MAX = 128


def check_name(name: str) -> None:
    """Raise unless a stack may be called this."""
    if not _NAME.match(name):
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy"
            " constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    if len(name) > _NAME_LENGTH_MAX:
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'stackName' failed to satisfy"
            f" constraint: Member must have length less than or equal to {_NAME_LENGTH_MAX}"
        )


def disables_rollback(request: Shape) -> bool:
    """Whether a failure is to leave everything as it is, by either of the members that say so.

    Nothing here waits until it can serve traffic, so the mode of a DeploymentConfig is EXPRESS.
    """
    config = request.get("DeploymentConfig", {})
    return bool(request.get("DisableRollback", config.get("DisableRollback")))


def find_stack(call: Call, name_or_id: str) -> Stack | None:
    """The stack with this name now, or with this id, deleted or not."""
    if name_or_id.startswith("arn:"):
        return call.tx.stacks.find(name_or_id)
    return call.tx.stacks.find_by_name(call.region, name_or_id)


def get_stack(call: Call, name_or_id: str, message: str = "Stack [{}] does not exist") -> Stack:
    """As `find_stack`.

    Raises:
        ValidationError: there is none.
    """
    stack = find_stack(call, name_or_id)
    if stack is None:
        raise ValidationError(message.format(name_or_id))
    return stack


def stack_arn(call: Call, request: Shape) -> str:
    """What the permission for an operation on a stack is about."""
    name = str(request.get("StackName") or request.get("StackId") or "*")
    if name.startswith("arn:"):
        return name
    stack = call.tx.stacks.find_by_name(call.region, name)
    if stack is not None:
        return stack.stack_id
    return f"arn:aws:cloudformation:{call.region}:{call.account}:stack/{name}/*"


def describe_stack(call: Call, stack: Stack) -> Shape:
    """A stack as DescribeStacks shows it."""
    data, inputs = stack.data, stack.data.get("inputs", {})
    shown: Shape = {
        "StackId": stack.stack_id,
        "StackName": stack.name,
        "CreationTime": stack.created_at,
        "StackStatus": stack.status,
        "DisableRollback": bool(data.get("disable_rollback")),
        "NotificationARNs": inputs.get("notification_arns", []),
        "Capabilities": inputs.get("capabilities", []),
        "Parameters": describe_parameters(call, inputs),
        "Outputs": data.get("outputs", []),
        "Tags": [{"Key": key, "Value": value} for key, value in inputs.get("tags", {}).items()],
        "EnableTerminationProtection": bool(data.get("termination_protection")),
        "DriftInformation": data.get("drift", {"StackDriftStatus": "NOT_CHECKED"}),
        "RollbackConfiguration": data.get("rollback_configuration", {}),
    }
    optional: dict[str, Any] = {
        "ChangeSetId": data.get("change_set_id"),
        "Description": data.get("description"),
        "LastUpdatedTime": data.get("updated_at"),
        "DeletionTime": stack.deleted_at or data.get("deletion_at"),
        "StackStatusReason": stack.reason,
        "TimeoutInMinutes": data.get("timeout_minutes"),
        "RoleARN": inputs.get("role_arn"),
        "ParentId": stack.parent_id,
        "RootId": data.get("root_id"),
        "LastOperations": data.get("operations"),
    }
    shown.update((name, value) for name, value in optional.items() if value)
    return shown


def describe_parameters(call: Call, inputs: dict[str, Any]) -> list[Shape]:
    """Parameters as they are shown: secrets masked, stored ones with what they stood for."""
    if not inputs:
        return []
    declared = load_parameters(call.tx.stacks.get_template(inputs["template_id"]))
    shown = []
    for name, text in inputs["parameters"].items():
        secret = parameters.is_secret(declared, name)
        entry = {"ParameterKey": name, "ParameterValue": parameters.MASK if secret else text}
        if name in inputs.get("stored_names", {}):
            value = inputs["values"][name]
            entry["ResolvedValue"] = ",".join(value) if isinstance(value, list) else value
        shown.append(entry)
    return shown
