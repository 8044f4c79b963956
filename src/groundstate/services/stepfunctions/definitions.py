"""Definitions: compiled once for each revision, refused with AWS's diagnostics."""

from __future__ import annotations

import gc
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from groundstate.asl import Machine, compile_machine, compile_stored
from groundstate.asl.interface import InvalidDefinition as BadDefinition
from groundstate.asl.interface import MachineType
from groundstate.operation import Answer, Call, Deferred, ServiceError, Shape
from groundstate.services.stepfunctions.errors import InvalidDefinition
from groundstate.services.stepfunctions.sdk_names import is_known
from groundstate.store.state_machines import Revision

# Compiled machines stay in memory up to this many characters of their definitions together.
_CACHE_CHARACTERS_MAX = 16 * 1024 * 1024
# From this length on, a client's definition is compiled in a thread: of one with JSONata, a
# character costs ten times as much.
LONG_CHARACTERS = 50_000
LONG_JSONATA_CHARACTERS = 10_000
# How soon a thread that compiles gives way. A request waits for that a dozen times.
_SWITCH_S = 0.0005


def is_long(definition: str) -> bool:
    """Whether checking or compiling a definition takes so long that others should not wait."""
    length = len(definition)
    return length >= LONG_CHARACTERS or (length >= LONG_JSONATA_CHARACTERS and "{%" in definition)


class MachineCache:
    """Compiled machines by the number of their revision.

    A revision never changes; one whose creation was taken back may give its number to another, so
    the definition's text is compared too.

    A long machine is a hundred thousand objects, among which every full look for garbage would look
    again (measured: 50 ms for 10,000 states). So it is compiled when it is first run, and then told
    to the collector as something that stays; when it is dropped, its circles are cut.
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
        # It was checked when it was stored; to check it again takes longer than to compile it.
        with _no_collection(len(revision.definition)):
            machine = compile_stored(revision.definition, type=machine_type)
        self.put(revision, machine)
        return machine

    def __contains__(self, revision: Revision) -> bool:
        found = self._machines.get(revision.revision)
        return found is not None and found[0] == revision.definition

    def put_new(self, revision: Revision, machine: Machine) -> None:
        """Keep the compiled machine of a new revision, if it is not long: it may never run."""
        if len(revision.definition) < LONG_CHARACTERS:
            self.put(revision, machine)

    def put(self, revision: Revision, machine: Machine) -> None:
        """Keep the compiled machine of a revision."""
        if revision.revision in self._machines:
            self._drop(revision.revision)
        self._machines[revision.revision] = (revision.definition, machine)
        self._characters += len(revision.definition)
        while self._characters > _CACHE_CHARACTERS_MAX and len(self._machines) > 1:
            self._drop(next(iter(self._machines)))
        if len(revision.definition) >= LONG_CHARACTERS and gc.isenabled():
            gc.freeze()

    def _drop(self, revision: int) -> None:
        definition, machine = self._machines.pop(revision)
        self._characters -= len(definition)
        # Known here and in the call; an execution that is loaded would know it, too.
        if len(definition) >= LONG_CHARACTERS and sys.getrefcount(machine) <= 2:
            machine.unlink()


def check_definition(call: Call, definition: str, machine_type: MachineType) -> Machine:
    """Check and compile a definition that somebody wants to store.

    Raises:
        InvalidDefinition: with AWS's codes, messages and locations.
    """
    prepared: dict[tuple[str, str], Machine | BadDefinition] = call.host.prepared
    found = prepared.pop((machine_type, definition), None)
    if found is None:
        found = prepare(definition, machine_type)
    if isinstance(found, BadDefinition):
        raise InvalidDefinition(found.answer)
    return found


def prepare(definition: str, machine_type: MachineType) -> Machine | BadDefinition:
    """A definition compiled, or why it cannot be."""
    try:
        with _no_collection(len(definition)):
            return compile_machine(definition, type=machine_type, is_known=is_known)
    except BadDefinition as error:
        return error


@contextmanager
def _no_collection(characters: int) -> Iterator[None]:
    """Look for no garbage while a long definition is compiled.

    It makes a million objects that stay. Looking for garbage among them takes two thirds of the
    time (measured: 3.1 s against 1.0 s for 800 KB) and stops everybody for up to half a second.
    """
    collects = gc.isenabled() and characters >= LONG_CHARACTERS
    if collects:
        gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def prepare_long(call: Call, request: Shape, machine_type: MachineType) -> Deferred | None:
    """Compile a long definition in a thread, then perform the operation anew.

    A megabyte takes seconds, in which others must not wait. Only a client's call is put off: who
    calls from inside the runtime expects the answer at once. None: there is nothing to wait for.
    """
    definition = request.get("definition", "")
    if not is_long(definition) or not call.takes_fragments:
        return None
    prepared = call.host.prepared

    def keep(found: Machine | BadDefinition) -> None:
        prepared[machine_type, definition] = found

    def forget() -> None:
        prepared.pop((machine_type, definition), None)

    return _perform_after(
        call, request, lambda: prepare(definition, machine_type), keep=keep, forget=forget
    )


def load_long(
    call: Call, request: Shape, revision: Revision, machine_type: MachineType
) -> Deferred | None:
    """As `prepare_long`, for a stored definition that this process has not compiled yet."""
    machines: MachineCache = call.host.machines
    definition = revision.definition
    if not is_long(definition) or not call.takes_fragments or revision in machines:
        return None

    def work() -> Machine:
        with _no_collection(len(definition)):
            return compile_stored(definition, type=machine_type)

    return _perform_after(
        call,
        request,
        work,
        keep=lambda machine: machines.put(revision, machine),
        forget=lambda: None,
    )


def _perform_after(
    call: Call,
    request: Shape,
    work: Callable[[], Any],
    *,
    keep: Callable[[Any], None],
    forget: Callable[[], None],
) -> Deferred:
    """Do work in a thread and keep its result while the operation is performed anew."""
    runner, operation, principal, region = call.runner, call.operation, call.principal, call.region
    answer = Deferred()

    def perform(done: Deferred) -> None:
        assert done.result is not None
        keep(done.result["result"])
        try:
            result = runner.perform("stepfunctions", operation, request, principal, region)
        except ServiceError as error:
            answer.fail(error)
        else:
            pass_on(result, answer)
        finally:
            forget()

    call.host.compiling.call(call, lambda: aside(work)).add_callback(perform)
    return answer


def pass_on(answer: Answer, to: Deferred) -> None:
    """Let an answer, which may come later, be that of a deferred."""

    def finish(done: Deferred) -> None:
        if done.error is not None:
            to.fail(done.error)
        elif done.result is not None:
            to.resolve(done.result)

    if isinstance(answer, Deferred):
        answer.add_callback(finish)
    else:
        to.resolve(answer)


def aside(work: Callable[[], Any]) -> Any:
    """Work in a thread, for whose turn the loop need not wait long."""
    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        return work()
    finally:
        sys.setswitchinterval(interval_s)
