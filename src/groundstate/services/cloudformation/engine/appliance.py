"""Steps of the phase `apply`: create, update, replace or import a resource."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from groundstate.services.cloudformation.engine.context import Deployment
from groundstate.services.cloudformation.engine.events import set_resource_status, tell
from groundstate.services.cloudformation.engine.live import resolve_declared
from groundstate.services.cloudformation.engine.provisioning import StepFailed, run_provider
from groundstate.services.cloudformation.resources import inert, registry
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Outcome,
    Pending,
    Properties,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.template.document import Resource
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.store.cloudformation import StackResource, Step

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."
# On AWS it depends on which of the two is faster, and most calls are tried again.
PUT_OFF = (
    "What this resource names is not there yet. It is tried again after the others; a DependsOn"
    " would say what it waits for."
)
INITIATED = "Resource creation Initiated"


def run_step(deployment: Deployment, step: Step) -> None:
    """Begin a step; most end at once."""
    declared = deployment.resolver.active_resources[step.logical_id]
    kind = registry.find(declared.type) or inert.make(declared.type)
    if step.action == "update":
        _update(deployment, step, declared, kind)
    elif step.action == "import":
        _import(deployment, step, declared, kind)
    else:
        _create(deployment, step, declared, kind)


def fail_step(deployment: Deployment, step: Step, reason: str) -> None:
    """End a step whose beginning went wrong in a way that nobody thought of."""
    row = deployment.resources.get(step.logical_id)
    if row is None:
        row = _new_row(deployment, step, deployment.resolver.active_resources[step.logical_id])
        deployment.resources[step.logical_id] = row
    _fail(deployment, step, row, reason)


def end_step(deployment: Deployment, step: Step, outcome: Outcome | None, failed: str) -> None:
    """End a step that went on outside."""
    row = deployment.resources[step.logical_id]
    if failed:
        _fail(deployment, step, row, failed)
    else:
        assert isinstance(outcome, Made), outcome
        _complete(deployment, step, row, outcome)


def _create(deployment: Deployment, step: Step, declared: Resource, kind: ResourceType) -> None:
    row = _new_row(deployment, step, declared)
    deployment.resources[step.logical_id] = row
    properties = _read_properties(deployment, step, row, declared, kind)
    if properties is None:
        return
    set_resource_status(deployment.call, deployment.stack, row, "CREATE_IN_PROGRESS")
    try:
        outcome = _make(deployment, row, kind, properties)
    except StepFailed as error:
        if error.is_early and deployment.put_off(step):
            tell(deployment.call, deployment.stack, row, "CREATE_IN_PROGRESS", PUT_OFF)
            return
        _fail(deployment, step, row, error.reason)
        return
    row.data["properties"] = properties
    _initiate(deployment, step, row, outcome, "CREATE_IN_PROGRESS")


def _make(
    deployment: Deployment, row: StackResource, kind: ResourceType, properties: Properties
) -> Outcome:
    """Make a resource. Raises StepFailed."""
    # How AWS tells it from others; empty if the template leaves its name to CloudFormation.
    identifier: str = properties.get(kind.name_property, "")
    if identifier and kind.name == "AWS::Logs::LogGroup":
        identifier = f'{{"/properties/{kind.name_property}":"{identifier}"}}'
    return run_provider(
        deployment.call,
        deployment.stack,
        row,
        lambda provision: kind.make(provision, properties),
        identifier=identifier,
    )


def _update(deployment: Deployment, step: Step, declared: Resource, kind: ResourceType) -> None:
    row = deployment.resources[step.logical_id]
    before = asdict(row)
    properties = _read_properties(deployment, step, row, declared, kind)
    if properties is None:
        step.data["before"] = before
        return
    old: Properties = row.data["properties"]
    policies_change = _adopt_policies(deployment, row, declared)
    if properties == old:
        step.state = "done"
        if policies_change:
            step.data["before"] = before
            deployment.call.tx.stacks.save_resource(row)
        return
    step.data["before"] = before
    replaced_by = kind.replaced_by(old, properties)
    if replaced_by:
        _replace(deployment, step, row, properties, kind)
        return
    current = Current(row.physical_id, old, row.data.get("attributes", {}))
    try:
        set_resource_status(deployment.call, deployment.stack, row, "UPDATE_IN_PROGRESS")
        outcome = run_provider(
            deployment.call,
            deployment.stack,
            row,
            lambda provision: kind.change(provision, current, properties),
        )
    except StepFailed as error:
        _fail(deployment, step, row, error.reason)
        return
    row.data["properties"] = properties
    _continue(deployment, step, row, outcome)


def _replace(
    deployment: Deployment,
    step: Step,
    row: StackResource,
    properties: Properties,
    kind: ResourceType,
) -> None:
    """Make the new one first; the old one is deleted in the cleanup."""
    call, stack = deployment.call, deployment.stack
    old: Properties = row.data["properties"]
    name = properties.get(kind.name_property) if kind.name_property else None
    if name is not None and old.get(kind.name_property) == name:
        set_resource_status(call, stack, row, "UPDATE_IN_PROGRESS", REPLACING)
        _fail(
            deployment,
            step,
            row,
            "CloudFormation cannot update a stack when a custom-named resource requires replacing."
            f" Rename {name} and update the stack again.",
        )
        return
    set_resource_status(call, stack, row, "UPDATE_IN_PROGRESS", REPLACING)
    try:
        outcome = _make(deployment, row, kind, properties)
    except StepFailed as error:
        _fail(deployment, step, row, error.reason)
        return
    step.data["replaced"] = True
    row.data["properties"] = properties
    _initiate(deployment, step, row, outcome, "UPDATE_IN_PROGRESS")


def _import(deployment: Deployment, step: Step, declared: Resource, kind: ResourceType) -> None:
    """Take over a thing that is there: nothing is called, its row begins to stand for it."""
    row = _new_row(deployment, step, declared)
    deployment.resources[step.logical_id] = row
    properties = _read_properties(deployment, step, row, declared, kind)
    if properties is None:
        return
    set_resource_status(deployment.call, deployment.stack, row, "IMPORT_IN_PROGRESS")
    try:
        outcome = run_provider(
            deployment.call,
            deployment.stack,
            row,
            lambda provision: kind.take_over(provision, step.data["identifier"], properties),
        )
    except StepFailed as error:
        _fail(deployment, step, row, error.reason)
        return
    row.data["properties"] = properties
    row.physical_id = outcome.physical_id
    _adopt(row, outcome)
    step.state = "done"
    set_resource_status(
        deployment.call, deployment.stack, row, "IMPORT_COMPLETE", "Resource import completed."
    )


def _initiate(
    deployment: Deployment, step: Step, row: StackResource, outcome: Outcome, status: str
) -> None:
    row.physical_id = outcome.physical_id
    tell(deployment.call, deployment.stack, row, status, INITIATED)
    _continue(deployment, step, row, outcome)


def _continue(deployment: Deployment, step: Step, row: StackResource, outcome: Outcome) -> None:
    if isinstance(outcome, Pending):
        row.physical_id = outcome.physical_id or row.physical_id
        step.state = "running"
        step.data["pending"] = asdict(outcome)
        deployment.call.tx.stacks.save_resource(row)
    else:
        _complete(deployment, step, row, outcome)


def _complete(deployment: Deployment, step: Step, row: StackResource, made: Made) -> None:
    before = step.data.get("before")
    if before is not None and made.physical_id != before["physical_id"]:
        # A custom resource that answers an update with another id has replaced itself.
        step.data["replaced"] = True
    row.physical_id = made.physical_id
    _adopt(row, made)
    step.state = "done"
    status = "CREATE_COMPLETE" if step.action == "create" else "UPDATE_COMPLETE"
    set_resource_status(deployment.call, deployment.stack, row, status)


def _adopt(row: StackResource, made: Made) -> None:
    row.data["attributes"] = dict(made.attributes)
    row.data["ref"] = made.physical_id if made.ref is None else made.ref


def _fail(deployment: Deployment, step: Step, row: StackResource, reason: str) -> None:
    step.state = "failed"
    step.data["reason"] = reason
    status = {"create": "CREATE_FAILED", "import": "IMPORT_FAILED"}.get(
        step.action, "UPDATE_FAILED"
    )
    set_resource_status(deployment.call, deployment.stack, row, status, reason)


def _read_properties(
    deployment: Deployment, step: Step, row: StackResource, declared: Resource, kind: ResourceType
) -> Properties | None:
    """The properties, resolved and in their shapes; None if that failed, which is told."""
    try:
        resolved = resolve_declared(deployment.resolver, declared)
        row.data["shown_properties"] = resolved
        return kind.read(resolved, deployment.inputs.data["tags"], declared.logical_id)
    except TemplateError as error:
        reason = error.message
        deployment.data.setdefault("template_failure", reason)
    except ProvisionFailed as error:
        reason = error.reason
    begun = {"create": "CREATE", "import": "IMPORT"}.get(step.action, "UPDATE")
    set_resource_status(deployment.call, deployment.stack, row, f"{begun}_IN_PROGRESS")
    _fail(deployment, step, row, reason)
    return None


def _new_row(deployment: Deployment, step: Step, declared: Resource) -> StackResource:
    row = StackResource(
        stack_id=deployment.stack.stack_id,
        logical_id=step.logical_id,
        physical_id="",
        type=declared.type,
        status="",
        reason="",
        updated_at=deployment.call.now,
    )
    _adopt_policies(deployment, row, declared)
    return row


def _adopt_policies(deployment: Deployment, row: StackResource, declared: Resource) -> bool:
    """Take over what the template says beside the properties; whether any of it changed."""
    resolver = deployment.resolver
    needs = next(step.needs for step in deployment.steps if step.logical_id == row.logical_id)
    taken: dict[str, Any] = {
        "needs": needs,
        "deletion_policy": resolver.policy(declared, "DeletionPolicy"),
        "update_replace_policy": resolver.policy(declared, "UpdateReplacePolicy"),
        "metadata": declared.metadata,
    }
    changed = any(row.data.get(name) != value for name, value in taken.items())
    row.data.update(taken)
    return changed
