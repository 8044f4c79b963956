"""The end of a phase: what comes next, and what the stack then is."""

from __future__ import annotations

from groundstate.services.cloudformation.engine import outputs, plan
from groundstate.services.cloudformation.engine.context import Deployment, cancel_timer
from groundstate.services.cloudformation.engine.events import set_resource_status, set_stack_status
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.store.cloudformation import StackResource


def finish_phase(deployment: Deployment) -> None:
    """Go on from a phase in which no step can run any more."""
    if deployment.phase == "apply":
        _finish_apply(deployment)
    elif deployment.phase == "revert":
        _finish_revert(deployment)
    elif deployment.phase == "delete":
        _finish_delete(deployment)
    elif deployment.phase == "cleanup":
        _rest(deployment, "UPDATE_COMPLETE")
    else:
        assert deployment.phase == "revert_cleanup", deployment.phase
        _rest(deployment, "UPDATE_ROLLBACK_COMPLETE")


def _finish_apply(deployment: Deployment) -> None:
    timer_id = deployment.data.pop("timer_id", None)
    if timer_id is not None:
        deployment.call.tx.timers.cancel(timer_id)
    if deployment.is_stopping:
        _apply_failed(deployment, _describe_failure(deployment))
        return
    try:
        outputs.publish(deployment)
    except TemplateError as error:
        _apply_failed(deployment, f"{error.message.rstrip()} ")
        return
    kind = deployment.data["kind"]
    if kind == "CREATE" or (kind == "IMPORT" and not deployment.data.get("previous")):
        _rest(deployment, f"{kind}_COMPLETE")
    elif kind == "IMPORT":
        _rest(deployment, "IMPORT_COMPLETE")
    else:
        _begin_cleanup(deployment)


def _begin_cleanup(deployment: Deployment) -> None:
    call, stack = deployment.call, deployment.stack
    set_stack_status(call, stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    old: list[tuple[StackResource, str]] = [
        (plan.load_resource(step.data["before"]), "UpdateReplacePolicy")
        for step in deployment.steps
        if step.data.get("replaced")
    ]
    kept = {step.logical_id for step in deployment.steps}
    old.extend(
        (row, "DeletionPolicy")
        for name, row in deployment.resources.items()
        if name not in kept and row.status != "DELETE_COMPLETE"
    )
    _enter(deployment, "cleanup", plan.cleanup_steps(stack.stack_id, "cleanup", old))


def _apply_failed(deployment: Deployment, reason: str) -> None:
    call, stack, data = deployment.call, deployment.stack, deployment.data
    _cancel_running(deployment)
    data["failure"] = reason
    if data["kind"] == "IMPORT":
        _give_back_imports(deployment, reason)
    elif data["on_failure"] == "DO_NOTHING":
        _pause(deployment, "CREATE_FAILED" if data["kind"] == "CREATE" else "UPDATE_FAILED", reason)
    elif data["kind"] == "CREATE":
        if data["on_failure"] == "DELETE":
            data["kind"] = "DELETE"
            set_stack_status(call, stack, "CREATE_FAILED", reason)
            set_stack_status(
                call, stack, "DELETE_IN_PROGRESS", f"{reason}Delete requested by user."
            )
        else:
            set_stack_status(
                call, stack, "ROLLBACK_IN_PROGRESS", f"{reason}Rollback requested by user."
            )
        rows = plan.list_existing(call, stack)
        # What was there before stays there.
        retain = [step.logical_id for step in deployment.steps if step.action == "import"]
        _enter(deployment, "delete", plan.delete_steps(stack.stack_id, "delete", rows, retain))
    else:
        stack.data["rollback_reason"] = reason
        set_stack_status(call, stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
        _enter(deployment, "revert", plan.revert_steps(stack.stack_id, deployment.steps))


def _finish_revert(deployment: Deployment) -> None:
    call, stack = deployment.call, deployment.stack
    failed = [step.logical_id for step in deployment.steps if step.state == "failed"]
    if failed:
        _pause(
            deployment,
            "UPDATE_ROLLBACK_FAILED",
            f"The following resource(s) failed to update: [{', '.join(failed)}]. ",
        )
        return
    stack.data["inputs"] = deployment.data["previous"]
    set_stack_status(call, stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
    applied = call.tx.stacks.list_steps(stack.stack_id, "apply")
    made = {step.logical_id for step in applied if step.action in ("create", "import")}
    taken_over = [step.logical_id for step in applied if step.action == "import"]
    old: list[tuple[StackResource, str]] = [
        (row, "DeletionPolicy") for name, row in deployment.resources.items() if name in made
    ]
    old.extend(
        (plan.load_resource(step.data["successor"]), "UpdateReplacePolicy")
        for step in deployment.steps
        if "successor" in step.data
    )
    steps = plan.cleanup_steps(stack.stack_id, "revert_cleanup", old, taken_over)
    for *_, data in steps:
        # What the failed update made is deleted, whatever its UpdateReplacePolicy keeps on success.
        if data["policy"] == "UpdateReplacePolicy":
            data["resource"]["data"]["update_replace_policy"] = "Delete"
    _enter(deployment, "revert_cleanup", steps)


def _finish_delete(deployment: Deployment) -> None:
    failed = [step.logical_id for step in deployment.steps if step.state == "failed"]
    rolled_back = deployment.data["kind"] == "CREATE"
    if failed:
        reason = f"The following resource(s) failed to delete: [{', '.join(failed)}]. "
        _rest(deployment, "ROLLBACK_FAILED" if rolled_back else "DELETE_FAILED", reason)
        return
    call, stack = deployment.call, deployment.stack
    call.tx.stacks.set_exports(stack.region, stack.stack_id, {})
    call.tx.stacks.set_imports(stack.region, stack.stack_id, [])
    stack.data["outputs"] = []
    if not rolled_back:
        stack.deleted_at = call.now
        for change_set in call.tx.stacks.list_change_sets(stack.stack_id):
            call.tx.stacks.remove_change_set(change_set.change_set_id)
    _rest(deployment, "ROLLBACK_COMPLETE" if rolled_back else "DELETE_COMPLETE")


def _give_back_imports(deployment: Deployment, reason: str) -> None:
    """Forget what was taken over; the things themselves stay."""
    call, stack = deployment.call, deployment.stack
    set_stack_status(call, stack, "IMPORT_ROLLBACK_IN_PROGRESS", reason)
    for step in deployment.steps:
        if step.action == "import":
            call.tx.stacks.remove_resource(stack.stack_id, step.logical_id)
    if deployment.data.get("previous"):
        stack.data["inputs"] = deployment.data["previous"]
    _rest(deployment, "IMPORT_ROLLBACK_COMPLETE")


def _enter(deployment: Deployment, phase: str, steps: list[plan.NewStep]) -> None:
    call, stack = deployment.call, deployment.stack
    deployment.data["phase"] = phase
    call.tx.stacks.clear_steps(stack.stack_id, phase)
    call.tx.stacks.add_steps(steps)


def _rest(deployment: Deployment, status: str, reason: str = "") -> None:
    """The deployment is over."""
    call, stack = deployment.call, deployment.stack
    stack.data.pop("paused", None)
    set_stack_status(call, stack, status, reason)
    stack.deployment = None
    call.tx.stacks.clear_steps(stack.stack_id)


def _pause(deployment: Deployment, status: str, reason: str) -> None:
    """The deployment stops as it is; RollbackStack or ContinueUpdateRollback takes it up again."""
    stack = deployment.stack
    set_stack_status(deployment.call, stack, status, reason)
    stack.data["paused"] = deployment.data
    stack.deployment = None


def _cancel_running(deployment: Deployment) -> None:
    for step in deployment.steps:
        if step.state != "running":
            continue
        step.state = "failed"
        cancel_timer(deployment.call, step)
        row = deployment.resources[step.logical_id]
        created = step.action == "create"
        set_resource_status(
            deployment.call,
            deployment.stack,
            row,
            "CREATE_FAILED" if created else "UPDATE_FAILED",
            f"Resource {'creation' if created else 'update'} cancelled",
        )
        deployment.call.tx.stacks.save_step(step)


def _describe_failure(deployment: Deployment) -> str:
    # A template that asks for what a resource does not have fails as a whole: it names none.
    failure = deployment.data.get("failure") or deployment.data.get("template_failure")
    if failure:
        return f"{failure.rstrip()} "
    ended = [step for step in deployment.steps if step.state in ("failed", "running")]
    created = [step.logical_id for step in ended if step.action != "update"]
    updated = [step.logical_id for step in ended if step.action == "update"]
    text = ""
    if created:
        text += f"The following resource(s) failed to create: [{', '.join(created)}]. "
    if updated:
        text += f"The following resource(s) failed to update: [{', '.join(updated)}]. "
    return text
