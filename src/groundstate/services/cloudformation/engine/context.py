"""A deployment in a turn: its stack, the steps of its phase, its resources and its resolver."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from groundstate.operation import Call
from groundstate.services.cloudformation.engine.inputs import Inputs, make_resolver, stored_inputs
from groundstate.services.cloudformation.engine.live import LiveResources
from groundstate.services.cloudformation.engine.lookups import CallLookups
from groundstate.services.cloudformation.engine.provisioning import deployment_principal
from groundstate.services.cloudformation.resources.provision import TIMER
from groundstate.services.cloudformation.template.resolver import Resolver
from groundstate.store.cloudformation import Stack, StackResource, Step


def cancel_timer(call: Call, step: Step) -> None:
    """Cancel the timer of what was pending."""
    timer_id = step.data.get("pending", {}).get("state", {}).get(TIMER)
    if timer_id is not None:
        call.tx.timers.cancel(timer_id)


def _waits_for(step: Step) -> list[str]:
    """The logical ids of the steps that come before a step, also those it was put off for."""
    needs: list[str] = [*step.needs, *step.data.get("put_off", ())]
    return needs


class Deployment:
    """The deployment of one stack during one turn.

    Attributes:
        data: the stack's `deployment`.
        steps: the steps of the phase that it is in.
        resources: the stack's resources by logical id, kept up to date by the steps.
    """

    def __init__(self, call: Call, stack: Stack) -> None:
        assert stack.deployment is not None, stack.stack_id
        self.call = call
        self.stack = stack
        self.data: dict[str, Any] = stack.deployment
        self.phase: str = self.data["phase"]
        self.steps: list[Step] = call.tx.stacks.list_steps(stack.stack_id, self.phase)
        self.resources: dict[str, StackResource] = {
            row.logical_id: row for row in call.tx.stacks.list_resources(stack.stack_id)
        }

    @cached_property
    def inputs(self) -> Inputs:
        """The inputs that the stack goes to."""
        return stored_inputs(self.call, self.stack.data["inputs"])

    @cached_property
    def lookups(self) -> CallLookups:
        """Lookups with the deployment's rights."""
        return CallLookups(self.call, deployment_principal(self.data))

    @cached_property
    def resolver(self) -> Resolver:
        """A resolver that sees the resources as they are."""
        return make_resolver(
            self.call,
            self.inputs,
            self.stack.name,
            self.stack.stack_id,
            LiveResources(self.resources),
            self.lookups,
        )

    @property
    def is_over(self) -> bool:
        """The stack has come to rest."""
        return self.stack.deployment is None

    @property
    def is_stopping(self) -> bool:
        """A step of `apply` or `revert` has failed, so no other may begin."""
        if self.phase == "apply" and self.data.get("failure"):
            return True
        return self.phase in ("apply", "revert") and any(
            step.state == "failed" for step in self.steps
        )

    @property
    def has_running(self) -> bool:
        """Something goes on outside; the engine is woken when it ends."""
        return not self.is_stopping and any(step.state == "running" for step in self.steps)

    def find_ready(self) -> list[Step]:
        """The steps that can run now."""
        if self.is_stopping:
            return []
        done = {step.logical_id for step in self.steps if step.state == "done"}
        present = {step.logical_id for step in self.steps}
        return [
            step
            for step in self.steps
            if step.state == "waiting"
            and all(name in done for name in _waits_for(step) if name in present)
        ]

    def put_off(self, step: Step) -> bool:
        """Let a step wait for all that can be made without it, once; whether there is any."""
        if step.data.get("put_off"):
            return False
        users = {step.logical_id}
        unfinished = [other for other in self.steps if other.state in ("waiting", "running")]
        while True:
            found = {
                other.logical_id
                for other in unfinished
                if other.logical_id not in users and users.intersection(_waits_for(other))
            }
            if not found:
                break
            users |= found
        others = [other.logical_id for other in unfinished if other.logical_id not in users]
        step.data["put_off"] = others
        return bool(others)

    def resource_of(self, step: Step) -> StackResource:
        """The resource that a step is about, as the step has it."""
        kept = step.data.get("resource")
        return self.resources[step.logical_id] if kept is None else StackResource(**kept)
