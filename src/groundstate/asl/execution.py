"""The state of one execution: small data that is written beside its history events.

An execution is a tree of *strands*. A strand runs through the states of one `States` field: the
machine's own, one branch of a Parallel, or one iteration of an inline Map. At any time it is ready
to enter a state, waits in one (for a task, a timer or its children), or is done. Strands name their
state by its index in the machine, so a dump is only good for the definition it was made with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from groundstate.asl.json_text import read_data, to_bytes, to_text
from groundstate.asl.limits import VARIABLES_BYTES_MAX

if TYPE_CHECKING:
    from groundstate.asl.interface import ExecutionInfo
    from groundstate.asl.machine import Machine
    from groundstate.asl.states.state import State

READY, WAITING, DONE = 0, 1, 2

RUNNING = "RUNNING"

UNREAD = object()
"""Stands for a value that is there as JSON text alone."""


class Group:
    """The children of a strand that is in a Parallel or an inline Map.

    Attributes:
        children: ids of the strands that run.
        results: outputs of the children by index; None where there is none yet.
        pending: how many results are missing.
        items: the items of a Map.
        next_index: the first item that no iteration has begun with.
        concurrency: how many iterations may run at once.
        data: what the state wants to remember: its effective input, for the ItemSelector.
    """

    __slots__ = (
        "children",
        "concurrency",
        "data",
        "items",
        "next_index",
        "pending",
        "results",
    )

    def __init__(self, size: int) -> None:
        self.children: list[int] = []
        self.results: list[Any] = [None] * size
        self.pending = size
        self.items: list[Any] = []
        self.next_index = 0
        self.concurrency = 0
        self.data: Any = None

    def dump(self) -> list[Any]:
        return [
            self.children,
            self.results,
            self.pending,
            self.items,
            self.next_index,
            self.concurrency,
            self.data,
        ]

    @classmethod
    def load(cls, data: list[Any]) -> Group:
        group = cls(0)
        (
            group.children,
            group.results,
            group.pending,
            group.items,
            group.next_index,
            group.concurrency,
            group.data,
        ) = data
        return group


class Lost:
    """Children that were aborted, and their parent's group as it was."""

    __slots__ = ("group", "strands")

    def __init__(self, group: Group) -> None:
        self.group = group
        self.strands: list[Strand] = []


class Strand:
    """A path of execution through the states of one scope.

    Attributes:
        id: unique in the execution; the root's is 0.
        parent: id of the strand whose Parallel or Map this one belongs to; -1 for the root.
        index: of the branch or the item.
        state: where it is.
        phase: READY to enter the state, WAITING in it, or DONE.
        previous: id of the last event of its chain.
        before: the chain's last event before the state was entered (EvaluationFailed names it).
        entered: id of the state's StateEntered event; `entered_at`: its time.
        task, timer: ids of the open task and timer, or 0.
        deadline: when the open task times out (epoch seconds), or 0.
        token: of the open task, or ''.
        attempt: how often the state was retried.
        retries: how often each retrier was used; empty until one is.
        variables: workflow variables of this scope, or None while there are none.
        group: its children.
        item: what the context object's `Map.Item` says in an iteration, or None.
        map_run: ARN and redrive count of the state's map run, or None.
        lost: what was taken out below this strand when a child failed, in case the execution
            fails with it and is redriven.
        raw_value: the state's input if it was read from its text already, else `UNREAD`.
        raw_text: the same as JSON text if it was written already, else None. Where every
            transition goes through, these are looked at before `value` and `text` are called.
    """

    __slots__ = (
        "attempt",
        "before",
        "deadline",
        "entered",
        "entered_at",
        "group",
        "id",
        "index",
        "item",
        "lost",
        "map_run",
        "parent",
        "phase",
        "previous",
        "raw_text",
        "raw_value",
        "retries",
        "state",
        "task",
        "timer",
        "token",
        "variables",
    )

    def __init__(self, id: int, parent: int, index: int, state: State, previous: int) -> None:
        self.id = id
        self.parent = parent
        self.index = index
        self.state = state
        self.phase = READY
        self.previous = previous
        self.before = previous
        self.entered = 0
        self.entered_at = 0.0
        self.task = 0
        self.timer = 0
        self.deadline = 0.0
        self.token = ""
        self.attempt = 0
        self.retries: list[int] = []
        self.variables: dict[str, Any] | None = None
        self.group: Group | None = None
        self.item: dict[str, Any] | None = None
        self.map_run: list[Any] | None = None
        self.lost: Lost | None = None
        self.raw_value: Any = UNREAD
        self.raw_text: str | None = None

    @property
    def value(self) -> Any:
        """The state's input.

        Raises:
            RecursionError: it is nested too deeply to be worked with.
        """
        if self.raw_value is UNREAD:
            assert self.raw_text is not None
            self.raw_value = read_data(self.raw_text)
        return self.raw_value

    @property
    def text(self) -> str:
        """The state's input as JSON text."""
        if self.raw_text is None:
            self.raw_text = to_text(self.raw_value)
        return self.raw_text

    def set_input(self, value: Any, text: str | None) -> None:
        """Give the next state its input, with its JSON text if that is known.

        Args:
            value: `UNREAD` if there is only the text.
        """
        self.raw_value = value
        self.raw_text = text

    def set_input_text(self, text: str) -> None:
        """Give the next state its input as JSON text, to be read when somebody asks."""
        self.raw_value = UNREAD
        self.raw_text = text

    def dump(self) -> list[Any]:
        return [
            self.id,
            self.parent,
            self.index,
            self.state.index,
            self.phase,
            self.previous,
            self.before,
            self.entered,
            self.entered_at,
            self.task,
            self.timer,
            self.deadline,
            self.token,
            self.attempt,
            self.retries,
            self.variables,
            self.group and self.group.dump(),
            self.item,
            self.map_run,
            None if self.phase == DONE else self.text,
        ]

    @classmethod
    def load(cls, machine: Machine, data: list[Any]) -> Strand:
        strand = cls(data[0], data[1], data[2], machine.states[data[3]], data[5])
        strand.phase = data[4]
        (
            strand.before,
            strand.entered,
            strand.entered_at,
            strand.task,
            strand.timer,
            strand.deadline,
            strand.token,
            strand.attempt,
            strand.retries,
            strand.variables,
        ) = data[6:16]
        strand.group = Group.load(data[16]) if data[16] else None
        strand.item, strand.map_run = data[17], data[18]
        strand.raw_text = data[19]
        return strand


class Execution:
    """One execution of a machine; `step` changes it in place.

    Attributes:
        info: who it is.
        status: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED.
        event_id: id of the last history event.
        strands: by id.
        ready: ids of the strands that have not reached a wait, when a step ran out of budget.
        tasks, timers: the strand that waits for a task or timer, by its id.
        variables_size: how many bytes of variables there are at most.
    """

    __slots__ = (
        "_input",
        "event_id",
        "info",
        "next_id",
        "ready",
        "status",
        "strands",
        "tasks",
        "timers",
        "variables_size",
    )

    def __init__(self, info: ExecutionInfo) -> None:
        self.info = info
        self.status = RUNNING
        self.event_id = 0
        self.next_id = 1
        self.strands: dict[int, Strand] = {}
        self.ready: list[int] = []
        self.tasks: dict[int, int] = {}
        self.timers: dict[int, int] = {}
        self.variables_size = 0
        self._input: Any = UNREAD

    @property
    def input(self) -> Any:
        """The execution's input, for the context object."""
        if self._input is UNREAD:
            self._input = read_data(self.info.read_input())
        return self._input

    def new_id(self) -> int:
        """An id for a strand, task or timer."""
        id_ = self.next_id
        self.next_id = id_ + 1
        return id_

    def restore_lost(self) -> None:
        """Put back what failing took out, so that a redrive finds every unfinished strand."""
        for strand in list(self.strands.values()):
            lost, strand.lost = strand.lost, None
            if lost is not None:
                strand.group = lost.group
                self.strands.update((child.id, child) for child in lost.strands)

    def may_store(self, size: int) -> bool:
        """Whether all variables are within their limit, now that so many bytes were written.

        What is written is added up, and what there really is counted only when that sum is over
        the limit.
        """
        self.variables_size += size
        if self.variables_size > VARIABLES_BYTES_MAX:
            stored = [strand.variables for strand in self.strands.values() if strand.variables]
            self.variables_size = len(to_text(stored).encode())
        return self.variables_size <= VARIABLES_BYTES_MAX

    def dump(self) -> bytes:
        """The state as bytes (JSON), to be given to `load`."""
        if self.status != RUNNING:
            self.restore_lost()
        return to_bytes(
            [
                self.status,
                self.event_id,
                self.next_id,
                self.ready,
                self.variables_size,
                [strand.dump() for strand in self.strands.values()],
            ]
        )

    @classmethod
    def load(cls, machine: Machine, info: ExecutionInfo, data: bytes) -> Execution:
        """The execution that `dump` gave these bytes for.

        Args:
            machine: compiled from the definition that the execution runs.
            info: who it is.
            data: from `dump`.
        """
        execution = cls(info)
        (
            execution.status,
            execution.event_id,
            execution.next_id,
            execution.ready,
            execution.variables_size,
            strands,
        ) = orjson.loads(data)
        for dumped in strands:
            strand = Strand.load(machine, dumped)
            execution.strands[strand.id] = strand
            if strand.task:
                execution.tasks[strand.task] = strand.id
            if strand.timer:
                execution.timers[strand.timer] = strand.id
        return execution
