"""One execution in memory while it is stepped, and what of it is written.

Theory. A *burst* is what an execution does in one job: it is loaded (or begun), fed with an event,
stepped as far as it goes, and written: one row, one chunk of history, its timers. Between two
bursts it is rows alone. The executor's own memory of an execution is small: which rows in the table
of timers are its timers, and which tasks are open, so that a later burst can cancel them and the
next start can dispatch them again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from groundstate.asl import Execution, Machine
from groundstate.asl.interface import (
    Entry,
    ExecutionInfo,
    Finish,
    HistoryEvent,
    Outcome,
    Resource,
    make_events,
)
from groundstate.asl.json_text import to_bytes
from groundstate.operation import Call
from groundstate.services.stepfunctions import sdk_names
from groundstate.services.stepfunctions.answer_texts import Form
from groundstate.services.stepfunctions.arns import (
    execution_arn_of,
    express_arn_of,
)
from groundstate.services.stepfunctions.history import read_first_entry
from groundstate.services.stepfunctions.history_chunks import Ends, encode_chunk, find_ends
from groundstate.services.stepfunctions.machines import alias_arn, compiled, version_arn
from groundstate.store.executions import RUNNING, STATUSES, SUCCEEDED, ExecutionRow
from groundstate.store.state_machines import Revision, StateMachine

# What the next start has to do with an execution (`executions.work`).
# dispatch its tasks again, go on with a burst that was cut, begin it, tell its end to its parent.
WORK_TASKS, WORK_CONTINUE, WORK_START, WORK_NOTIFY = 1, 2, 3, 4

# Phases of an open task: its request is with another service; the request was answered and the task
# goes on; nobody has made the request yet.
DISPATCHED, SUBMITTED, DUE = 0, 1, 2

# The ends of executions with more input and output than this are not remembered.
_RECENT_CHARACTERS_MAX = 4096


@dataclass(slots=True)
class OpenTask:
    """A task that did not end in the burst that scheduled it.

    Attributes:
        phase: DISPATCHED, SUBMITTED or DUE.
        timeout_timer, heartbeat_timer: rows in the table of timers, or 0.
        heartbeat_s: seconds between heartbeats, or 0.
        has_token: a row in the table of tokens is for it.
        child: number of the nested execution or of the map run that it waits for, or 0.
    """

    phase: int
    timeout_timer: int = 0
    heartbeat_timer: int = 0
    heartbeat_s: float = 0.0
    has_token: bool = False
    child: int = 0


@dataclass(slots=True)
class StoredInfo(ExecutionInfo):
    """What the core knows of an execution that was loaded; its input is read when it is wanted.

    Attributes:
        input_reader: reads `input_text`, while that has not been read.
    """

    input_reader: Callable[[], str] | None = None

    def read_input(self) -> str:
        """See `ExecutionInfo.read_input`."""
        if self.input_reader is not None:
            self.input_text = self.input_reader()
            self.input_reader = None
        return self.input_text

    def find_wrong_parameter(self, resource: Resource, parameters: Any) -> str:
        """See `ExecutionInfo.find_wrong_parameter`."""
        return sdk_names.find_wrong(resource.service, resource.action, parameters)


class Run:
    """An execution that is loaded.

    Attributes:
        row: its row; `row.state` is only up to date on disk.
        machine, revision: what it runs.
        program: the compiled machine.
        execution: the language core's state.
        info: what the core knows of it beside that.
        extra: what few executions have, as JSON (`row.extra`).
        timers: rows in the table of timers, by the core's timer id.
        new_timers: timers of this burst that have no row yet, by the core's timer id.
        tasks: open tasks by the core's task id.
        entries: history events of this burst, as the core makes them; `first_id` is the first
            one's id, `time` that of all that have none of their own.
        forms: how texts of these events are written shorter (`store.answer_texts`).
        is_new: the row is not on disk yet.
        work: what the next start has to go on with, when this burst was cut.
        finish: how the execution ended, in the burst in which it did.
        slice_s: how long the next burst may last.
        core: the core's state as bytes if it is known; kept for machines whose steps may be taken
            back (`patient_steps`).
    """

    __slots__ = (
        "core",
        "entries",
        "execution",
        "extra",
        "finish",
        "first_id",
        "forms",
        "info",
        "is_new",
        "machine",
        "new_timers",
        "program",
        "revision",
        "row",
        "slice_s",
        "tasks",
        "time",
        "timers",
        "work",
    )

    def __init__(
        self,
        row: ExecutionRow,
        machine: StateMachine,
        revision: Revision,
        program: Machine,
        info: StoredInfo,
        extra: dict[str, Any],
    ) -> None:
        self.row = row
        self.machine = machine
        self.revision = revision
        self.program = program
        self.info = info
        self.extra = extra
        self.execution: Execution = None  # type: ignore[assignment]  # begin() or load() gives it
        self.timers: dict[int, int] = {}
        self.new_timers: dict[int, float] = {}
        self.tasks: dict[int, OpenTask] = {}
        self.entries: list[Entry] = []
        self.first_id = 0
        self.time = 0.0
        self.forms: dict[str, Form] = {}
        self.is_new = True
        self.work: int | None = None
        self.finish: Finish | None = None
        self.slice_s = 0.003
        self.core: bytes | None = None

    @property
    def is_express(self) -> bool:
        """Whether it is an execution of an Express machine: it has no history to read."""
        return "run" in self.extra

    @property
    def events(self) -> list[HistoryEvent]:
        """The burst's history events as GetExecutionHistory answers them."""
        return make_events(self.entries, self.first_id, self.time)

    def note(self, outcome: Outcome) -> None:
        """Add the events of a step to those of the burst."""
        entries = outcome.entries
        if not self.entries:
            self.first_id, self.time = outcome.first_id, outcome.now
        elif outcome.now != self.time:
            entries = [(*entry, outcome.now) for entry in entries]
        self.entries += entries

    def save(self, call: Call) -> None:
        """Write the burst: the row, the chunk of history, new timers."""
        row, entries = self.row, self.entries
        executions = call.tx.executions
        if row.status == RUNNING:
            self._set_timers(call)
            row.work = self._work()
            row.state = self._dump()
        else:
            row.work = WORK_NOTIFY if "parent" in self.extra else None
            row.state = None if row.status == SUCCEEDED else self._dump()
        if self.is_express:
            self._save_express(call)
            entries.clear()
            return
        ends: Ends | None = None
        chunk: bytes | None = None
        if entries:
            if row.status != RUNNING and row.map_run_id is None:
                ends = self._find_ends()
            chunk = encode_chunk(self.time, entries, self.forms)
            entries.clear()
            self.forms.clear()
        row.extra = to_bytes(self.extra) if self.extra else None
        if self.is_new and row.status != RUNNING:
            executions.insert(row, chunk)
        else:
            if chunk is not None:
                executions.append(row.execution_id, self.first_id, chunk)
            if self.is_new:
                executions.insert(row)
            else:
                executions.update(row)
        self.is_new = False
        if ends is not None:
            executions.recent.note(row, ends)

    def insert(self, call: Call) -> None:
        """Write the row of an execution that has not begun."""
        self.row.extra = to_bytes(self.extra)
        call.tx.executions.insert(self.row)
        self.is_new = False

    def cancel_timer(self, call: Call, timer_id: int) -> None:
        """Forget a timer of the core."""
        if self.new_timers.pop(timer_id, None) is None:
            timer = self.timers.pop(timer_id, None)
            if timer is not None:
                call.tx.timers.cancel(timer)

    def _set_timers(self, call: Call) -> None:
        subject = str(self.row.execution_id)
        for timer_id, due_at in self.new_timers.items():
            self.timers[timer_id] = call.tx.timers.set(
                due_at,
                "stepfunctions",
                "wait",
                subject,
                b"%d" % timer_id,
                region=self.machine.region,
            )
        self.new_timers.clear()

    def _find_ends(self) -> Ends | None:
        finish = self.finish
        size = len(self.info.read_input()) if self.first_id == 1 else 0
        if finish is not None:
            # It has one of them, or neither.
            size += len(finish.output or finish.cause or "")
        if size > _RECENT_CHARACTERS_MAX:
            return None
        return find_ends(self.first_id, self.entries)

    def _save_express(self, call: Call) -> None:
        # An Express execution leaves nothing behind: its row is only there while it runs.
        row, executions = self.row, call.tx.executions
        if row.status != RUNNING:
            if not self.is_new:
                executions.delete(row.execution_id)
            return
        self.extra["input"] = self.info.read_input()
        row.extra = to_bytes(self.extra)
        if self.is_new:
            executions.insert(row)
            self.is_new = False
        else:
            executions.update(row)

    def _work(self) -> int | None:
        if self.work is not None:
            return self.work
        if any(task.phase == DISPATCHED for task in self.tasks.values()):
            return WORK_TASKS
        return None

    def _dump(self) -> bytes:
        tasks = {
            str(task_id): [
                task.phase,
                task.timeout_timer,
                task.heartbeat_timer,
                task.heartbeat_s,
                task.has_token,
                task.child,
            ]
            for task_id, task in self.tasks.items()
        }
        own = orjson.dumps([list(self.timers.items()), tasks])
        # The core's dump is JSON without line breaks, and so is ours.
        core = self.execution.dump()
        if self.program.evaluates:
            self.core = core
        return own + b"\n" + core


def load_run(call: Call, execution_id: int) -> Run | None:
    """Load an execution that has not ended, or one that can be redriven.

    Takes it out of the warm ones; None if there is none of this number, or nothing to go on from.
    """
    run: Run | None = call.host.warm.take(execution_id)
    if run is not None:
        return run
    row = call.tx.executions.find(execution_id)
    if row is None or (row.state is None and row.work != WORK_START):
        return None
    machine = call.tx.state_machines.get(row.machine_id)
    revision = call.tx.state_machines.get_revision(row.revision)
    extra = read_extra(row)
    run = make_run(call, row, machine, revision, extra, "")
    run.info.input_reader = lambda: read_input(call, row, extra)
    run.is_new = False
    if row.state is None:
        return run
    own, _, core = row.state.partition(b"\n")
    timers, tasks = orjson.loads(own)
    run.timers = dict(timers)
    run.tasks = {int(task_id): OpenTask(*fields) for task_id, fields in tasks.items()}
    run.execution = Execution.load(run.program, run.info, core)
    if run.program.evaluates:
        run.core = core
    return run


def make_run(
    call: Call,
    row: ExecutionRow,
    machine: StateMachine,
    revision: Revision,
    extra: dict[str, Any],
    input_text: str,
) -> Run:
    """A run without the core's state yet."""
    info = StoredInfo(
        arn=arn_of(machine, row, extra),
        name=visible_name(row, extra),
        role_arn=revision.role_arn,
        machine_arn=machine.arn,
        machine_name=machine.name,
        input_text=input_text,
        start_time=row.started_at,
    )
    if extra:
        if "version" in extra:
            info.version_arn = version_arn(machine, extra["version"])
        if "alias" in extra:
            info.alias_arn = alias_arn(machine, extra["alias"])
        if "redrives" in extra:
            info.redrive_count = extra["redrives"]
            info.redrive_time = extra["redriven_at"]
        if "context" in extra:
            info.context = extra["context"]
    return Run(row, machine, revision, compiled(call, machine, revision), info, extra)


def read_extra(row: ExecutionRow) -> dict[str, Any]:
    """What few executions have, as it is in a row."""
    return orjson.loads(row.extra) if row.extra is not None else {}


def arn_of(machine: StateMachine, row: ExecutionRow, extra: dict[str, Any]) -> str:
    """The ARN of an execution."""
    if "run" in extra:
        return express_arn_of(machine.arn, visible_name(row, extra), extra["run"])
    return execution_arn_of(machine.arn, row.name)


def visible_name(row: ExecutionRow, extra: dict[str, Any]) -> str:
    """The name of an execution; an Express one's is not unique, so its row adds the run."""
    return row.name.partition(":")[0] if "run" in extra else row.name


def read_input(
    call: Call, row: ExecutionRow, extra: dict[str, Any], first: Entry | None = None
) -> str:
    """The input that an execution was started with; `first` is its first entry, if it is known."""
    if "input" in extra:
        return str(extra["input"])
    entry = first or read_first_entry(call, row.execution_id)
    assert entry is not None, f"execution {row.execution_id} has no history"
    return str(entry[2].get("input", "{}"))


def status_number(status: str) -> int:
    """A status as it is on disk."""
    return STATUSES.index(status)
