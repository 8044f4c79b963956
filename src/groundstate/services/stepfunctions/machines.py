"""State machines as operations look them up and describe them."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from groundstate.asl import Machine
from groundstate.asl.interface import MachineType
from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.errors import (
    StateMachineDeleting,
    StateMachineDoesNotExist,
)
from groundstate.store.state_machines import ACTIVE, Alias, Revision, StateMachine, Version


class Target(NamedTuple):
    """What an execution is to run: a machine's revision, and how the caller named it.

    Attributes:
        version: the version's number, or 0 if no version was meant.
        alias: the alias's name, or ''.
    """

    machine: StateMachine
    revision: Revision
    version: int
    alias: str


def find_machine(call: Call, arn: str) -> StateMachine | None:
    """The machine of an unqualified ARN, if it is in the region that is called."""
    machine = call.tx.state_machines.find(arn)
    return machine if machine is not None and machine.region == call.region else None


def get_machine(call: Call, arn: str) -> StateMachine:
    """The machine of an unqualified ARN.

    Raises:
        InvalidArn, StateMachineDoesNotExist.
    """
    parsed = parse_machine_arn(arn)
    machine = None if parsed.qualifier else find_machine(call, parsed.base)
    if machine is None:
        raise no_machine(arn)
    return machine


def get_active_machine(call: Call, arn: str) -> StateMachine:
    """The machine of an unqualified ARN, if it is not being deleted.

    Raises:
        InvalidArn, StateMachineDoesNotExist, StateMachineDeleting.
    """
    machine = get_machine(call, arn)
    if machine.status != ACTIVE:
        raise StateMachineDeleting(f"State Machine is being deleted: '{arn}'")
    return machine


def get_version(call: Call, arn: str) -> tuple[StateMachine, Version]:
    """The version of a qualified ARN.

    Raises:
        InvalidArn, StateMachineDoesNotExist.
    """
    parsed = parse_machine_arn(arn)
    machine = find_machine(call, parsed.base)
    version = None
    if machine is not None and parsed.qualifier.isdigit():
        version = call.tx.state_machines.find_version(machine.machine_id, int(parsed.qualifier))
    if machine is None or version is None:
        raise no_machine(arn)
    return machine, version


def get_target(call: Call, arn: str) -> Target:
    """What to start for the ARN of a machine, a version or an alias.

    An alias with two versions takes one of them by their weights.

    Raises:
        InvalidArn, StateMachineDoesNotExist, StateMachineDeleting.
    """
    tables = call.tx.state_machines
    machine = find_machine(call, arn)
    if machine is not None:
        _check_active(machine, arn)
        return Target(machine, tables.get_revision(machine.revision), 0, "")
    parsed = parse_machine_arn(arn)
    machine = find_machine(call, parsed.base)
    if machine is None:
        raise no_machine(arn)
    _check_active(machine, arn)
    if parsed.qualifier.isdigit():
        number, alias_name = int(parsed.qualifier), ""
    else:
        alias = tables.find_alias(machine.machine_id, parsed.qualifier)
        if alias is None:
            raise no_machine(arn)
        number, alias_name = _choose(alias, call.request_id), alias.name
    version = tables.find_version(machine.machine_id, number)
    if version is None:
        raise no_machine(arn)
    return Target(machine, tables.get_revision(version.revision), number, alias_name)


def compiled(call: Call, machine: StateMachine, revision: Revision) -> Machine:
    """The compiled form of a revision; of a map run's children a part of their parent's."""
    if "parent" in revision.settings:
        number, state_name = revision.settings["parent"]
        parent = call.tx.state_machines.get_revision(number)
        parent_machine = call.tx.state_machines.get(parent.machine_id)
        return compiled(call, parent_machine, parent).processor(state_name)
    program: Machine = call.host.machines.get(revision, machine.type)
    return program


def root_of(
    call: Call, machine: StateMachine, revision: Revision
) -> tuple[str, MachineType, tuple[str, ...]]:
    """The definition that a revision is in, its type, and the Map states that lead there."""
    if "parent" not in revision.settings:
        return revision.definition, machine.type, ()
    number, state_name = revision.settings["parent"]
    parent = call.tx.state_machines.get_revision(number)
    parent_machine = call.tx.state_machines.get(parent.machine_id)
    definition, type_, processors = root_of(call, parent_machine, parent)
    return definition, type_, (*processors, state_name)


def version_arn(machine: StateMachine, number: int) -> str:
    """The ARN of a version."""
    return f"{machine.arn}:{number}"


def alias_arn(machine: StateMachine, name: str) -> str:
    """The ARN of an alias."""
    return f"{machine.arn}:{name}"


def no_machine(arn: str) -> StateMachineDoesNotExist:
    """The error for a machine, version or alias that is not there."""
    return StateMachineDoesNotExist(f"State Machine Does Not Exist: '{arn}'")


def variable_references(machine: Machine) -> Shape:
    """The member `variableReferences` of descriptions, if a state names a variable.

    Recorded: machines with variables or JSONata (which came in November 2024) tell their
    encryption too, those recorded before do not.
    """
    described: Shape = {}
    if machine.is_recent:
        described["encryptionConfiguration"] = {"type": "AWS_OWNED_KEY"}
        references = machine.variable_references()
        if references:
            described["variableReferences"] = references
    return described


def _check_active(machine: StateMachine, arn: str) -> None:
    if machine.status != ACTIVE:
        raise StateMachineDeleting(f"State Machine is being deleted: '{arn}'")


def _choose(alias: Alias, seed: str) -> int:
    (first, weight), *others = alias.routing
    if not others or _draw(seed) < weight:
        return first
    return others[0][0]


def _draw(seed: str) -> int:
    return zlib.crc32(seed.encode()) % 100
