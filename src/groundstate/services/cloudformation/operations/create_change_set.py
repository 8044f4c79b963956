"""CreateChangeSet: find out what a deployment would change, and keep it to be carried out.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape
from groundstate.services.cloudformation.engine import changes
from groundstate.services.cloudformation.engine.events import set_stack_status
from groundstate.services.cloudformation.engine.inputs import (
    check_inputs,
    read_inputs,
    stack_principal,
)
from groundstate.services.cloudformation.engine.macros import carry_out
from groundstate.services.cloudformation.engine.stack_policy import check_policy
from groundstate.services.cloudformation.errors import AlreadyExistsException, ValidationError
from groundstate.services.cloudformation.model import UPDATABLE, make_change_set_id
from groundstate.services.cloudformation.operations import imports
from groundstate.services.cloudformation.operations.create_stack import make_stack
from groundstate.services.cloudformation.operations.drift import find_drift
from groundstate.services.cloudformation.operations.existing import find_existing
from groundstate.services.cloudformation.stacks import check_name, find_stack
from groundstate.store.cloudformation import ChangeSet, Stack

REVERT_DRIFT = "REVERT_DRIFT"
NO_CHANGES = (
    "The submitted information didn't contain changes. Submit different information to create a"
    " change set."
)


def create_change_set(call: Call, request: Shape) -> Answer:
    """Compare a stack with a template and keep the changes; complete when it answers.

    A change set of type CREATE makes the stack, in review and with no resources.

    Raises:
        AlreadyExistsException: the stack has a change set of this name.
        ValidationError: the stack is not in a state for it, or an input is wrong.
    """
    name, kind = request["ChangeSetName"], request.get("ChangeSetType", "UPDATE")
    _check_change_set_name(name)
    stack = _get_target(call, request, kind)
    for present in call.tx.stacks.list_change_sets(stack.stack_id):
        if present.name == name:
            token = request.get("ClientToken")
            if token and present.data.get("token") == token:
                # A client that did not hear the answer asks again.
                return {"Id": present.change_set_id, "StackId": stack.stack_id}
            raise AlreadyExistsException(f"ChangeSet {name} already exists")
    later = carry_out(call, request, stack, "CreateChangeSet")
    if later is not None:
        return later
    imported = imports.read_imports(request)
    inputs = read_inputs(call, request, stack)
    check_inputs(call, inputs, stack.name, stack.stack_id, reviewed=True)
    imports.check_request(call, stack, inputs, imported, kind)
    refusal = ""
    if request.get("ImportExistingResources") and kind != "IMPORT":
        imported, refusal = find_existing(call, stack, inputs)
    drift = None
    if request.get("DeploymentMode") == REVERT_DRIFT:
        drift = find_drift(call, stack, stack_principal(call, inputs.data))
    found = changes.find_changes(call, stack, inputs, imported, drift)
    if kind == "IMPORT":
        imports.check_alone(found)
    check_policy(stack.data.get("stack_policy", ""), found)
    is_good = found.is_any and not refusal
    change_set = ChangeSet(
        change_set_id=make_change_set_id(call.region, call.account, name),
        stack_id=stack.stack_id,
        name=name,
        created_at=call.now,
        data={
            "kind": kind,
            "inputs": inputs.data,
            "changes": [] if refusal else found.entries,
            "description": request.get("Description"),
            "token": request.get("ClientToken", ""),
            "status": "CREATE_COMPLETE" if is_good else "FAILED",
            "execution_status": "AVAILABLE" if is_good else "UNAVAILABLE",
            "reason": refusal or ("" if found.is_any else NO_CHANGES),
            "import": imported,
            "on_failure": request.get("OnStackFailure"),
            "deployment_config": request.get("DeploymentConfig"),
            "include_nested": bool(request.get("IncludeNestedStacks")),
            "rollback_configuration": request.get("RollbackConfiguration", {}),
            "mode": request.get("DeploymentMode"),
            "import_existing": bool(request.get("ImportExistingResources")),
        },
    )
    if not stack.status:
        set_stack_status(call, stack, "REVIEW_IN_PROGRESS", "User Initiated")
    call.tx.stacks.save(stack)
    call.tx.stacks.save_change_set(change_set)
    return {"Id": change_set.change_set_id, "StackId": stack.stack_id}


def _get_target(call: Call, request: Shape, kind: str) -> Stack:
    name = request["StackName"]
    stack = find_stack(call, name)
    if stack is not None and stack.deleted_at is not None:
        stack = None
    if stack is None:
        if kind == "UPDATE" or name.startswith("arn:"):
            raise ValidationError(f"Stack [{name}] does not exist")
        check_name(name)
        return make_stack(call, name, {})
    if stack.status == "REVIEW_IN_PROGRESS":
        if kind == "UPDATE":
            raise ValidationError(
                f"Stack [{stack.name}] is in REVIEW_IN_PROGRESS state and can not be updated."
            )
        return stack
    if kind == "CREATE":
        raise ValidationError(
            f"Stack [{stack.name}] already exists and cannot be created again with the changeSet"
            f" [{request['ChangeSetName']}]."
        )
    paused = stack.status in ("CREATE_FAILED", "UPDATE_FAILED") and "paused" in stack.data
    if stack.status not in UPDATABLE and not paused:
        raise ValidationError(
            f"Stack:{stack.stack_id} is in {stack.status} state and can not be updated."
        )
    return stack


def _check_change_set_name(name: str) -> None:
    valid = name[:1].isalpha() and all(
        character.isascii() and (character.isalnum() or character == "-") for character in name
    )
    if not valid:
        raise ValidationError(
            f"1 validation error detected: Value '{name}' at 'changeSetName' failed to satisfy"
            " constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
