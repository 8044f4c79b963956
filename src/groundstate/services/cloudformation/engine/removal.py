"""Steps that delete: of the phases `delete`, `cleanup` and `revert_cleanup`."""

from __future__ import annotations

from dataclasses import asdict

from groundstate.services.cloudformation.engine.context import Deployment
from groundstate.services.cloudformation.engine.events import set_resource_status, tell
from groundstate.services.cloudformation.engine.plan import load_resource
from groundstate.services.cloudformation.engine.provisioning import StepFailed, run_provider
from groundstate.services.cloudformation.resources import inert, registry
from groundstate.services.cloudformation.resources.provision import Current, Pending
from groundstate.store.cloudformation import StackResource, Step

_NEVER_MADE = ("CREATE_FAILED", "IMPORT_FAILED")


def run_step(deployment: Deployment, step: Step) -> None:
    """Begin to delete a resource; most end at once."""
    row = load_resource(step.data["resource"])
    if step.action == "retain" or _is_retained(deployment, step, row):
        _skip(deployment, step, row)
        return
    if not row.physical_id:
        # It never came to be: it only has to be told.
        _end(deployment, step, row)
        return
    kind = registry.find(row.type) or inert.make(row.type)
    current = Current(row.physical_id, row.data["properties"], row.data.get("attributes", {}))
    _say(deployment, step, row, "DELETE_IN_PROGRESS")
    try:
        pending = run_provider(
            deployment.call,
            deployment.stack,
            row,
            lambda provision: kind.delete(provision, current),
        )
    except StepFailed as error:
        _fail(deployment, step, row, error.reason)
        return
    if isinstance(pending, Pending):
        step.state = "running"
        step.data["pending"] = asdict(pending)
    else:
        _end(deployment, step, row)


def end_step(deployment: Deployment, step: Step, failed: str) -> None:
    """End a deletion that went on outside."""
    row = load_resource(step.data["resource"])
    if failed:
        _fail(deployment, step, row, failed)
    else:
        _end(deployment, step, row)


def _is_retained(deployment: Deployment, step: Step, row: StackResource) -> bool:
    name = (
        "update_replace_policy"
        if step.data["policy"] == "UpdateReplacePolicy"
        else "deletion_policy"
    )
    policy = row.data.get(name, "Delete")
    if row.status in _NEVER_MADE:
        return False
    if policy == "RetainExceptOnCreate":
        # Kept, unless the very deployment that made it is being taken back.
        taken_back = deployment.phase == "revert_cleanup" or (
            deployment.phase == "delete" and deployment.data["kind"] == "CREATE"
        )
        return not taken_back
    return bool(policy == "Retain")


def _skip(deployment: Deployment, step: Step, row: StackResource) -> None:
    step.state = "done"
    _say(deployment, step, row, "DELETE_SKIPPED")
    if _owns_row(deployment, step, row) and deployment.phase != "delete":
        deployment.call.tx.stacks.remove_resource(row.stack_id, row.logical_id)


def _end(deployment: Deployment, step: Step, row: StackResource) -> None:
    step.state = "done"
    _say(deployment, step, row, "DELETE_COMPLETE")
    if _owns_row(deployment, step, row) and deployment.phase != "delete":
        deployment.call.tx.stacks.remove_resource(row.stack_id, row.logical_id)


def _fail(deployment: Deployment, step: Step, row: StackResource, reason: str) -> None:
    step.state = "failed"
    step.data["reason"] = reason
    _say(deployment, step, row, "DELETE_FAILED", reason)
    if deployment.phase != "delete" and _owns_row(deployment, step, row):
        # A cleanup tries once: what it cannot delete is no longer the stack's, as on AWS.
        deployment.call.tx.stacks.remove_resource(row.stack_id, row.logical_id)


def _say(
    deployment: Deployment, step: Step, row: StackResource, status: str, reason: str = ""
) -> None:
    """Tell it; the resource's row moves too, unless a successor of this resource has the row."""
    if _owns_row(deployment, step, row):
        set_resource_status(deployment.call, deployment.stack, row, status, reason)
    else:
        tell(deployment.call, deployment.stack, row, status, reason)


def _owns_row(deployment: Deployment, step: Step, row: StackResource) -> bool:
    if step.data["policy"] == "UpdateReplacePolicy":
        return False
    present = deployment.resources.get(row.logical_id)
    return present is None or present.physical_id == row.physical_id
