"""How a task's request went: it ended, or it goes on after this burst."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from groundstate.operation import Call, Deferred


@dataclass(slots=True)
class Succeeded:
    """The task ended well.

    Attributes:
        output: its result, as JSON values.
        text: the same as JSON text, if that is at hand.
    """

    output: Any
    text: str | None = None


@dataclass(slots=True)
class Answered:
    """The task ended well, and its result need not be taken apart.

    Attributes:
        text: the result as compact JSON text.
    """

    text: str


@dataclass(slots=True)
class Failed:
    """The task ended with an error, which Retry and Catch work on."""

    error: str | None
    cause: str | None


@dataclass(slots=True)
class Pending:
    """The request is on its way; the answer comes in a later job.

    Attributes:
        deferred: the answer of the operation that was called; None if somebody else will answer.
        read: says how the task went, once the deferred is done.
        submits: whoever has the task's token waits for the answer of the request: a service
            elsewhere may hand the token on before its answer is here.
    """

    deferred: Deferred | None = None
    read: Callable[[Call, Deferred], Result] | None = None
    submits: bool = False


@dataclass(slots=True)
class Submitted:
    """The request was answered, and the task goes on: it waits for a token or a job.

    Attributes:
        output: the answer, as JSON values.
        child: number of the nested execution that the task waits for, or 0.
    """

    output: Any
    child: int = 0


Result = Answered | Succeeded | Failed | Pending | Submitted
