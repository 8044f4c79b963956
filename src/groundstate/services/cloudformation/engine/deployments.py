"""Begins deployments: writes the plan, tells it, and sets the engine going.

Theory. A deployment is a row: the stack's `deployment`. It has a kind (`CREATE`, `UPDATE`,
`IMPORT`, `DELETE`) and goes through phases; each phase has its steps, one for each resource that
it is about.

    CREATE   apply --ok--> CREATE_COMPLETE
                   fails: delete --> ROLLBACK_COMPLETE
    UPDATE   apply --ok--> cleanup --> UPDATE_COMPLETE
                   fails: revert --ok--> revert_cleanup --> UPDATE_ROLLBACK_COMPLETE
    DELETE   delete --> DELETE_COMPLETE

A step runs inside a savepoint together with its resource's row. So at every commit a thing is there
if and only if its row says so, and a step is `done` if and only if its effect is in the tables.
What goes on outside of a transaction (a custom resource's function, a nested stack) is `running`,
with what is needed to go on in the step's data. After a crash the engine reads the rows and goes
on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.operation import Call
from groundstate.principals import dump_principal
from groundstate.services.cloudformation.engine import plan
from groundstate.services.cloudformation.engine.context import cancel_timer
from groundstate.services.cloudformation.engine.events import set_stack_status
from groundstate.services.cloudformation.engine.inputs import Inputs
from groundstate.services.cloudformation.engine.run import start
from groundstate.store.cloudformation import Stack

CREATE_TIMEOUT = "create_timeout"


def begin_apply(
    call: Call, stack: Stack, inputs: Inputs, options: Mapping[str, Any], *, creates: bool
) -> None:
    """Begin to bring a stack to new inputs.

    Args:
        options: `token`; `on_failure` (ROLLBACK, DELETE or DO_NOTHING); `import`: the identifiers
            of things to take over, by logical id; `imports_alone`: nothing else is done;
            `timeout_minutes`.
        creates: the stack has no resources yet.
    """
    imported = options.get("import") or {}
    kind = "IMPORT" if options.get("imports_alone") else "CREATE" if creates else "UPDATE"
    previous = stack.data.get("inputs")
    stack.deployment = {
        "kind": kind,
        "phase": "apply",
        "token": options.get("token", ""),
        "on_failure": options.get("on_failure", "ROLLBACK"),
        "principal": dump_principal(call.principal),
        "role_arn": inputs.data["role_arn"],
        "previous": None if creates else previous,
    }
    stack.data["inputs"] = inputs.data
    stack.data["description"] = inputs.template.description or ""
    stack.data.pop("paused", None)
    if not creates:
        stack.data["updated_at"] = call.now
    call.tx.stacks.clear_steps(stack.stack_id)
    call.tx.stacks.add_steps(plan.apply_steps(call, stack, inputs, imported))
    set_stack_status(call, stack, f"{kind}_IN_PROGRESS", "User Initiated")
    minutes = options.get("timeout_minutes")
    if minutes and creates:
        stack.deployment["timer_id"] = call.tx.timers.set(
            call.now + 60 * minutes,
            call.service,
            CREATE_TIMEOUT,
            stack.stack_id,
            region=stack.region,
        )
    start(call, stack)


def begin_delete(call: Call, stack: Stack, options: Mapping[str, Any]) -> None:
    """Begin to delete a stack; a deployment under way is dropped for it.

    Args:
        options: `token`; `retain`: logical ids to leave alone; `role_arn`.
    """
    _drop(call, stack)
    stack.deployment = {
        "kind": "DELETE",
        "phase": "delete",
        "token": options.get("token", ""),
        "principal": dump_principal(call.principal),
        "role_arn": options.get("role_arn") or stack.data.get("inputs", {}).get("role_arn", ""),
    }
    stack.data.pop("paused", None)
    stack.data["deletion_at"] = call.now
    call.tx.stacks.clear_steps(stack.stack_id)
    rows = plan.list_existing(call, stack)
    retain = options.get("retain") or ()
    call.tx.stacks.add_steps(plan.delete_steps(stack.stack_id, "delete", rows, retain))
    set_stack_status(call, stack, "DELETE_IN_PROGRESS", "User Initiated")
    start(call, stack)


def begin_rollback(call: Call, stack: Stack, options: Mapping[str, Any]) -> None:
    """Take back a deployment that was left as it failed.

    Args:
        options: `token`; `skip`: logical ids that stay as they are; `role_arn`.
    """
    deployment = stack.data.pop("paused")
    deployment["token"] = options.get("token", "")
    deployment["principal"] = dump_principal(call.principal)
    deployment["role_arn"] = options.get("role_arn") or deployment["role_arn"]
    deployment["failure"] = ""
    stack.deployment = deployment
    if deployment["kind"] == "CREATE":
        deployment["phase"] = "delete"
        call.tx.stacks.clear_steps(stack.stack_id, "delete")
        rows = plan.list_existing(call, stack)
        call.tx.stacks.add_steps(plan.delete_steps(stack.stack_id, "delete", rows))
        set_stack_status(call, stack, "ROLLBACK_IN_PROGRESS", "User Initiated")
    else:
        _revert_again(call, stack, set(options.get("skip") or ()))
        set_stack_status(call, stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
    start(call, stack)


def _drop(call: Call, stack: Stack) -> None:
    """Cancel the timers of a deployment that is dropped."""
    dropped = stack.deployment
    if dropped is None:
        return
    for step in call.tx.stacks.list_steps(stack.stack_id, dropped["phase"]):
        if step.state == "running":
            cancel_timer(call, step)
    if "timer_id" in dropped:
        call.tx.timers.cancel(dropped["timer_id"])


def _revert_again(call: Call, stack: Stack, skip: set[str]) -> None:
    assert stack.deployment is not None, stack.stack_id
    if stack.deployment["phase"] != "revert":
        stack.deployment["phase"] = "revert"
        applied = call.tx.stacks.list_steps(stack.stack_id, "apply")
        call.tx.stacks.clear_steps(stack.stack_id, "revert")
        call.tx.stacks.add_steps(plan.revert_steps(stack.stack_id, applied))
    for step in call.tx.stacks.list_steps(stack.stack_id, "revert"):
        if step.state == "failed":
            step.state = "done" if step.logical_id in skip else "waiting"
            call.tx.stacks.save_step(step)
