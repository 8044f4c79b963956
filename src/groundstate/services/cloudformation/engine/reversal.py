"""Steps of the phase `revert`: bring an updated resource back to what it was."""

from __future__ import annotations

from dataclasses import asdict

from groundstate.services.cloudformation.engine.context import Deployment
from groundstate.services.cloudformation.engine.events import set_resource_status
from groundstate.services.cloudformation.engine.plan import load_resource
from groundstate.services.cloudformation.engine.provisioning import StepFailed, run_provider
from groundstate.services.cloudformation.resources import inert, registry
from groundstate.services.cloudformation.resources.provision import Current, Made, Outcome, Pending
from groundstate.store.cloudformation import StackResource, Step


def run_step(deployment: Deployment, step: Step) -> None:
    """Begin to restore a resource; most end at once."""
    before = load_resource(step.data["before"])
    now = deployment.resources[step.logical_id]
    if step.data["replaced"]:
        # The old one is still there: it only has to be the stack's again.
        step.data["successor"] = asdict(now)
        set_resource_status(deployment.call, deployment.stack, before, "UPDATE_IN_PROGRESS")
        _settle(deployment, step, before)
        return
    if now.status == before.status and now.data["properties"] == before.data["properties"]:
        deployment.call.tx.stacks.save_resource(before)
        deployment.resources[step.logical_id] = before
        step.state = "done"
        return
    kind = registry.find(before.type) or inert.make(before.type)
    set_resource_status(deployment.call, deployment.stack, now, "UPDATE_IN_PROGRESS")
    if now.data["properties"] == before.data["properties"] or kind.update is None:
        _settle(deployment, step, before)
        return
    update = kind.update
    current = Current(now.physical_id, now.data["properties"], now.data.get("attributes", {}))
    try:
        outcome = run_provider(
            deployment.call,
            deployment.stack,
            before,
            lambda provision: update(provision, current, before.data["properties"]),
        )
    except StepFailed as error:
        end_step(deployment, step, None, error.reason)
        return
    if isinstance(outcome, Pending):
        step.state = "running"
        step.data["pending"] = asdict(outcome)
    else:
        end_step(deployment, step, outcome, "")


def end_step(deployment: Deployment, step: Step, outcome: Outcome | None, failed: str) -> None:
    """End a restoration."""
    if failed:
        row = deployment.resources[step.logical_id]
        step.state = "failed"
        step.data["reason"] = failed
        set_resource_status(deployment.call, deployment.stack, row, "UPDATE_FAILED", failed)
        return
    assert isinstance(outcome, Made), outcome
    before = load_resource(step.data["before"])
    before.physical_id = outcome.physical_id
    before.data["attributes"] = dict(outcome.attributes)
    before.data["ref"] = outcome.physical_id if outcome.ref is None else outcome.ref
    _settle(deployment, step, before)


def _settle(deployment: Deployment, step: Step, before: StackResource) -> None:
    set_resource_status(deployment.call, deployment.stack, before, "UPDATE_COMPLETE")
    deployment.resources[step.logical_id] = before
    step.state = "done"
