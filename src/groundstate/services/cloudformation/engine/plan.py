"""Makes the steps of each phase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from groundstate.operation import Call
from groundstate.services.cloudformation.engine.inputs import Inputs, make_resolver, stack_principal
from groundstate.services.cloudformation.engine.live import LiveResources
from groundstate.services.cloudformation.engine.lookups import CallLookups
from groundstate.services.cloudformation.template import graph
from groundstate.store.cloudformation import Stack, StackResource, Step

NewStep = tuple[str, str, str, str, list[str], dict[str, Any]]


def list_existing(call: Call, stack: Stack) -> list[StackResource]:
    """The stack's resources that are there."""
    rows = call.tx.stacks.list_resources(stack.stack_id)
    return [row for row in rows if row.status != "DELETE_COMPLETE"]


def list_made(call: Call, stack: Stack) -> dict[str, StackResource]:
    """Of those the ones that were made, by logical id."""
    return {
        row.logical_id: row for row in list_existing(call, stack) if row.status != "CREATE_FAILED"
    }


def apply_steps(
    call: Call, stack: Stack, inputs: Inputs, imported: Mapping[str, Any]
) -> list[NewStep]:
    """Steps that bring the stack's resources to the inputs.

    Args:
        imported: the identifiers of things that are there and are taken over, by logical id.
    """
    existing = list_made(call, stack)
    resolver = make_resolver(
        call,
        inputs,
        stack.name,
        stack.stack_id,
        LiveResources(existing),
        CallLookups(call, stack_principal(call, inputs.data)),
    )
    dependencies = graph.find_dependencies(resolver)
    steps: list[NewStep] = []
    for name in graph.sort(dependencies):
        data: dict[str, Any] = {}
        action = "update" if name in existing else "create"
        if name in imported:
            action, data = "import", {"identifier": imported[name]}
        steps.append((stack.stack_id, "apply", name, action, sorted(dependencies[name]), data))
    return steps


def delete_steps(
    stack_id: str, phase: str, resources: Iterable[StackResource], retain: Iterable[str] = ()
) -> list[NewStep]:
    """Steps that delete resources, each after those that need it.

    Args:
        retain: logical ids to leave alone, whatever their DeletionPolicy says.
    """
    rows = list(resources)
    users: dict[str, list[str]] = {row.logical_id: [] for row in rows}
    for row in rows:
        for needed in row.data.get("needs", ()):
            if needed in users and needed != row.logical_id:
                users[needed].append(row.logical_id)
    kept = set(retain)
    return [
        (
            stack_id,
            phase,
            row.logical_id,
            "retain" if row.logical_id in kept else "delete",
            sorted(users[row.logical_id]),
            {"resource": asdict(row), "policy": "DeletionPolicy"},
        )
        for row in rows
    ]


def cleanup_steps(
    stack_id: str,
    phase: str,
    old: Iterable[tuple[StackResource, str]],
    retain: Iterable[str] = (),
) -> list[NewStep]:
    """Steps that delete what an update left behind.

    Args:
        retain: logical ids to leave alone, whatever their policy says.
        old: the resources as they were, each with the policy that decides: `DeletionPolicy` for one
            that the template no longer has, `UpdateReplacePolicy` for one that was replaced.
    """
    policies = {row.logical_id: policy for row, policy in old}
    steps = delete_steps(stack_id, phase, [row for row, _ in old], retain)
    for _, _, logical_id, _, _, data in steps:
        data["policy"] = policies[logical_id]
    return steps


def revert_steps(stack_id: str, applied: Iterable[Step]) -> list[NewStep]:
    """Steps that take back what the steps of an update changed."""
    changed = [step for step in applied if "before" in step.data]
    names = {step.logical_id for step in changed}
    return [
        (
            stack_id,
            "revert",
            step.logical_id,
            "restore",
            sorted(set(step.data["before"]["data"].get("needs", ())) & names - {step.logical_id}),
            {"before": step.data["before"], "replaced": step.data.get("replaced", False)},
        )
        for step in changed
    ]


def load_resource(data: Mapping[str, Any]) -> StackResource:
    """A resource that was kept in a step."""
    return StackResource(**data)
