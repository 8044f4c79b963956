"""The engine's turn: runs the steps that are ready, and goes to the next phase when none is left.

`deployments.py` has the theory. A turn is a job; it runs at most `STEPS_PER_TURN` steps, so that
other requests are served between turns, and the next turn comes after the commit of this one.
"""

from __future__ import annotations

import copy
import logging
from dataclasses import asdict
from functools import partial

from groundstate.operation import Call
from groundstate.services.cloudformation.engine import appliance, finish, removal, reversal
from groundstate.services.cloudformation.engine.context import Deployment, cancel_timer
from groundstate.services.cloudformation.engine.provisioning import StepFailed, run_provider
from groundstate.services.cloudformation.resources import registry
from groundstate.services.cloudformation.resources.provision import Pending
from groundstate.store.cloudformation import Stack, Step

STEPS_PER_TURN = 16

logger = logging.getLogger(__name__)


def start(call: Call, stack: Stack) -> None:
    """Write the stack and let the engine begin with it."""
    call.tx.stacks.save(stack)
    wake(call, stack.stack_id, stack.region)


def wake(call: Call, stack_id: str, region: str) -> None:
    """Give a stack a turn after the commit."""
    runner, service = call.runner, call.service
    call.after_commit(lambda: runner.soon(service, partial(advance, stack_id=stack_id), region))


def advance(call: Call, stack_id: str) -> None:
    """A turn of one stack; nothing happens if it has no deployment under way."""
    stack = call.tx.stacks.find(stack_id)
    if stack is None or stack.deployment is None:
        return
    deployment = Deployment(call, stack)
    moved = _look_after(deployment)
    ready = deployment.find_ready()
    for step in ready[:STEPS_PER_TURN]:
        _run(deployment, step)
        if deployment.is_stopping:
            break
    if not ready and not moved and not deployment.has_running:
        finish.finish_phase(deployment)
    if deployment.is_over and stack.parent_id is not None:
        # The stack that this one is nested in waits for it.
        wake(call, stack.parent_id, stack.region)
    call.tx.stacks.save(stack)
    if not deployment.is_over and (ready or moved or not deployment.has_running):
        wake(call, stack_id, stack.region)


def look_again(call: Call, subject: str, data: bytes) -> None:
    """A timer of something pending is due: its step is asked."""
    advance(call, subject)


def end_create(call: Call, subject: str, data: bytes) -> None:
    """The time that a stack may take to be made is over."""
    stack = call.tx.stacks.find(subject)
    deployment = stack.deployment if stack is not None else None
    if deployment is None or (deployment["kind"], deployment["phase"]) != ("CREATE", "apply"):
        return
    assert stack is not None
    deployment["failure"] = "Stack creation time exceeded the specified timeout."
    call.tx.stacks.save(stack)
    advance(call, subject)


def recover(call: Call) -> None:
    """Go on with the deployments that were under way when the process ended."""
    for stack_id, region in call.tx.stacks.list_unfinished():
        job = partial(_recover_stack, stack_id=stack_id)
        call.after_commit(partial(call.runner.soon, call.service, job, region))


def _recover_stack(call: Call, stack_id: str) -> None:
    stack = call.tx.stacks.find(stack_id)
    if stack is None or stack.deployment is None:
        return
    _recover_running(Deployment(call, stack))
    advance(call, stack_id)


def _recover_running(deployment: Deployment) -> None:
    for step in deployment.steps:
        kind = registry.find(deployment.resource_of(step).type) if step.state == "running" else None
        if kind is None or kind.recover is None:
            continue
        run_provider(
            deployment.call,
            deployment.stack,
            deployment.resource_of(step),
            partial(kind.recover, pending=Pending(**step.data["pending"])),
        )


def _run(deployment: Deployment, step: Step) -> None:
    try:
        if step.phase == "apply":
            appliance.run_step(deployment, step)
        elif step.phase == "revert":
            reversal.run_step(deployment, step)
        else:
            removal.run_step(deployment, step)
    except Exception as error:
        # The edge at which a fault of ours ends: without it the stack would be under way for ever.
        logger.exception("%s of %s failed.", step.logical_id, deployment.stack.stack_id)
        failed = f"Internal Failure: {type(error).__name__}: {error}"
        if step.phase == "apply":
            appliance.fail_step(deployment, step, failed)
        elif step.phase == "revert":
            reversal.end_step(deployment, step, None, failed)
        else:
            removal.end_step(deployment, step, failed)
    deployment.call.tx.stacks.save_step(step)


def _look_after(deployment: Deployment) -> bool:
    """Ask for what is pending; whether any of it has ended."""
    moved = False
    for step in deployment.steps:
        if step.state != "running":
            continue
        kind = registry.find(deployment.resource_of(step).type)
        assert kind is not None, step
        assert kind.check is not None, step
        pending = Pending(**copy.deepcopy(step.data["pending"]))
        failed = ""
        outcome = None
        try:
            outcome = run_provider(
                deployment.call,
                deployment.stack,
                deployment.resource_of(step),
                partial(kind.check, pending=pending),
            )
        except StepFailed as error:
            failed = error.reason
        if isinstance(outcome, Pending):
            if outcome.state != step.data["pending"]["state"]:
                step.data["pending"] = asdict(outcome)
                deployment.call.tx.stacks.save_step(step)
            continue
        moved = True
        cancel_timer(deployment.call, step)
        if step.phase == "apply":
            appliance.end_step(deployment, step, outcome, failed)
        elif step.phase == "revert":
            reversal.end_step(deployment, step, outcome, failed)
        else:
            removal.end_step(deployment, step, failed)
        deployment.call.tx.stacks.save_step(step)
    return moved
