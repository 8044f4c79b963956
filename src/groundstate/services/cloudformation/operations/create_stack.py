"""CreateStack: make a stack from a template.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Shape
from groundstate.services.cloudformation.engine.deployments import begin_apply
from groundstate.services.cloudformation.engine.inputs import check_inputs, read_inputs
from groundstate.services.cloudformation.engine.macros import carry_out
from groundstate.services.cloudformation.errors import AlreadyExistsException, ValidationError
from groundstate.services.cloudformation.model import make_stack_id
from groundstate.services.cloudformation.operations.stack_settings import read_stack_policy
from groundstate.services.cloudformation.stacks import check_name, disables_rollback, find_stack
from groundstate.store.cloudformation import Stack


def create_stack(call: Call, request: Shape) -> Answer:
    """Begin to make a stack; the answer comes before its resources are there.

    Raises:
        AlreadyExistsException: a stack has this name.
        ValidationError: the template, a parameter or an option is wrong.
        InsufficientCapabilitiesException: the template gives rights that were not allowed.
    """
    name = request["StackName"]
    check_name(name)
    token = request.get("ClientRequestToken", "")
    present = find_stack(call, name)
    if present is not None:
        if token and present.data.get("create_token") == token:
            return {"StackId": present.stack_id}
        raise AlreadyExistsException(f"Stack [{name}] already exists")
    later = carry_out(call, request, None, "CreateStack")
    if later is not None:
        return later
    inputs = read_inputs(call, request, None)
    stack = make_stack(call, name, request)
    check_inputs(call, inputs, name, stack.stack_id)
    begin_apply(
        call,
        stack,
        inputs,
        {
            "token": token,
            "on_failure": read_on_failure(request),
            "timeout_minutes": request.get("TimeoutInMinutes"),
        },
        creates=True,
    )
    return {"StackId": stack.stack_id}


def make_stack(call: Call, name: str, request: Shape) -> Stack:
    """A stack that has nothing yet."""
    stack_id = make_stack_id(call.region, call.account, name)
    return Stack(
        stack_id=stack_id,
        region=call.region,
        name=name,
        status="",
        reason="",
        created_at=call.now,
        deleted_at=None,
        parent_id=request.get("ParentStackId"),
        data={
            "create_token": request.get("ClientRequestToken", ""),
            "disable_rollback": disables_rollback(request),
            "timeout_minutes": request.get("TimeoutInMinutes"),
            "termination_protection": bool(request.get("EnableTerminationProtection")),
            "rollback_configuration": request.get("RollbackConfiguration", {}),
            "stack_policy": read_stack_policy(call, request) or "",
            "root_id": request.get("RootStackId"),
            "outputs": [],
        },
    )


def read_on_failure(request: Shape) -> str:
    """What is to happen when a resource cannot be made: ROLLBACK, DELETE or DO_NOTHING."""
    if "OnFailure" in request and "DisableRollback" in request:
        raise ValidationError("Specify either OnFailure or DisableRollback, not both.")
    if disables_rollback(request):
        return "DO_NOTHING"
    return str(request.get("OnFailure") or request.get("OnStackFailure") or "ROLLBACK")
