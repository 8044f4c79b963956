"""Definitions: compiled once for each revision, refused with AWS's diagnostics."""

from __future__ import annotations

from collections import OrderedDict

from groundstate.asl import Machine, compile_machine
from groundstate.asl.interface import InvalidDefinition as BadDefinition
from groundstate.asl.interface import MachineType
from groundstate.services.stepfunctions.errors import InvalidDefinition
from groundstate.store.state_machines import Revision

# Compiled machines stay in memory up to this many characters of their definitions together.
_CACHE_CHARACTERS_MAX = 16 * 1024 * 1024


class MachineCache:
    """Compiled machines by the number of their revision.

    A revision never changes; one whose creation was taken back may give its number to another, so
    the definition's text is compared too.
    """

    def __init__(self) -> None:
        self._machines: OrderedDict[int, tuple[str, Machine]] = OrderedDict()
        self._characters = 0

    def get(self, revision: Revision, machine_type: MachineType) -> Machine:
        """The compiled machine of a revision."""
        found = self._machines.get(revision.revision)
        if found is not None:
            if found[0] == revision.definition and found[1].type == machine_type:
                return found[1]
            self._drop(revision.revision)
        machine = compile_machine(revision.definition, type=machine_type)
        self.put(revision, machine)
        return machine

    def put(self, revision: Revision, machine: Machine) -> None:
        """Keep the compiled machine of a revision."""
        if revision.revision in self._machines:
            self._drop(revision.revision)
        self._machines[revision.revision] = (revision.definition, machine)
        self._characters += len(revision.definition)
        while self._characters > _CACHE_CHARACTERS_MAX and len(self._machines) > 1:
            self._drop(next(iter(self._machines)))

    def _drop(self, revision: int) -> None:
        definition, _ = self._machines.pop(revision)
        self._characters -= len(definition)


def check_definition(definition: str, machine_type: MachineType) -> Machine:
    """Check and compile a definition that somebody wants to store.

    Raises:
        InvalidDefinition: with AWS's codes, messages and locations.
    """
    try:
        return compile_machine(definition, type=machine_type)
    except BadDefinition as error:
        raise InvalidDefinition(error.answer) from None
