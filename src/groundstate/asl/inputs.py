"""Input events: what the core is told has happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Input:
    """What every input event carries.

    Attributes:
        now: epoch seconds: the timestamp of the history events that follow from it.
        entropy: 128 random bits; the only source of uuids, task tokens, jitter and `$random()`.
    """

    now: float
    entropy: int


@dataclass(slots=True)
class Started(Input):
    """The execution begins. Only for `begin`."""


@dataclass(slots=True)
class Continue(Input):
    """Go on after an outcome with `more`."""


@dataclass(slots=True)
class TaskStarted(Input):
    """A worker took an activity task (other tasks are recorded as started when scheduled)."""

    task_id: int
    worker_name: str = ""


@dataclass(slots=True)
class TaskSubmitted(Input):
    """The request of a `.sync` or `.waitForTaskToken` task was answered; the task goes on.

    Attributes:
        output: the answer, as a Python value.
    """

    task_id: int
    output: Any


@dataclass(slots=True)
class TaskSucceeded(Input):
    """A task ended well: its integration answered, or SendTaskSuccess was called.

    Attributes:
        output: the result as a Python value (as orjson reads JSON).
        output_text: the same as JSON text, when it is there already (SendTaskSuccess, Lambda);
            None makes the core write it.
    """

    task_id: int
    output: Any
    output_text: str | None = None


@dataclass(slots=True)
class TaskAnswered(Input):
    """A task ended well, with a result that nobody has taken apart yet.

    Attributes:
        text: the result as compact JSON text, as the core would write it.
    """

    task_id: int
    text: str


@dataclass(slots=True)
class TaskFailed(Input):
    """A task ended badly: an error of its integration, of the function, or SendTaskFailure.

    `error` and `cause` are None where the caller gave none.
    """

    task_id: int
    error: str | None = None
    cause: str | None = None


@dataclass(slots=True)
class TaskTimedOut(Input):
    """A task's TimeoutSeconds are over, or (`heartbeat`) its heartbeat is missed."""

    task_id: int
    heartbeat: bool = False


@dataclass(slots=True)
class TimerFired(Input):
    """A timer that `SetTimer` asked for is due."""

    timer_id: int


@dataclass(slots=True)
class MapRunStarted(Input):
    """The map run exists. Optional: without it the core records its start when it asks for it."""

    task_id: int


@dataclass(slots=True)
class MapRunSucceeded(Input):
    """All children of a map run ended, within the tolerated failures.

    Attributes:
        output: the list of the children's outputs, or what the ResultWriter answered.
    """

    task_id: int
    output: Any


@dataclass(slots=True)
class MapRunFailed(Input):
    """A map run failed: too many children did, or its items could not be read.

    `error` is e.g. `States.ExceedToleratedFailureThreshold` or `States.ItemReaderFailed`.
    """

    task_id: int
    error: str
    cause: str | None = None


@dataclass(slots=True)
class Stopped(Input):
    """StopExecution."""

    error: str | None = None
    cause: str | None = None


@dataclass(slots=True)
class Broken(Input):
    """A fault of the runtime's keeps the execution from going on: it fails."""

    cause: str


@dataclass(slots=True)
class Redriven(Input):
    """RedriveExecution of an execution that failed, timed out or was aborted.

    `info.redrive_count` and `info.redrive_time` have their new values already.
    """
