"""ExecuteChangeSet: carry out what a change set says.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ExecuteChangeSet.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.change_sets import get_change_set
from groundstate.services.cloudformation.engine.deployments import begin_apply
from groundstate.services.cloudformation.engine.inputs import (
    check_inputs,
    stack_principal,
    stored_inputs,
)
from groundstate.services.cloudformation.errors import InvalidChangeSetStatus
from groundstate.services.cloudformation.operations.create_change_set import REVERT_DRIFT
from groundstate.services.cloudformation.operations.drift import adopt_drift


def execute_change_set(call: Call, request: Shape) -> Shape:
    """Begin to carry out a change set; the stack's other change sets are deleted.

    Raises:
        ChangeSetNotFound: there is no such change set.
        InvalidChangeSetStatus: it cannot be executed, or the stack has moved on.
    """
    change_set = get_change_set(call, request)
    data = change_set.data
    if data["execution_status"] != "AVAILABLE":
        raise InvalidChangeSetStatus(
            f"ChangeSet [{change_set.change_set_id}] cannot be executed in its current status of"
            f" [{data['status']}]"
        )
    stack = call.tx.stacks.find(change_set.stack_id)
    assert stack is not None, change_set.stack_id
    creates = stack.status == "REVIEW_IN_PROGRESS"
    inputs = stored_inputs(call, data["inputs"])
    check_inputs(call, inputs, stack.name, stack.stack_id, reviewed=True)
    for other in call.tx.stacks.list_change_sets(stack.stack_id):
        if other.change_set_id != change_set.change_set_id:
            call.tx.stacks.remove_change_set(other.change_set_id)
    data["execution_status"] = "EXECUTE_COMPLETE"
    call.tx.stacks.save_change_set(change_set)
    stack.data["change_set_id"] = change_set.change_set_id
    disable = request.get("DisableRollback")
    if disable is None:
        disable = (data.get("deployment_config") or {}).get("DisableRollback")
    if disable is None:
        disable = stack.data.get("disable_rollback", False)
    stack.data["disable_rollback"] = bool(disable)
    on_failure = "DO_NOTHING" if disable else data.get("on_failure") or "ROLLBACK"
    if data.get("mode") == REVERT_DRIFT:
        adopt_drift(call, stack, stack_principal(call, inputs.data))
    begin_apply(
        call,
        stack,
        inputs,
        {
            "token": request.get("ClientRequestToken", ""),
            "on_failure": on_failure,
            "import": data["import"],
            "imports_alone": data["kind"] == "IMPORT",
        },
        creates=creates,
    )
    return {}
