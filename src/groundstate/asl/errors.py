"""How a state fails inside the core, and the names of AWS's own errors.

A failed state is a `Failed`: a value with an error name and a cause, which Retry and Catch work
on. Evaluators raise `StateError`, which the stepper turns into a `Failed` where the state ends; it
never leaves `step`.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

from __future__ import annotations

from dataclasses import dataclass

ALL = "States.ALL"
RUNTIME = "States.Runtime"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
TASK_FAILED = "States.TaskFailed"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"
ITEM_READER_FAILED = "States.ItemReaderFailed"
EXCEED_TOLERATED_FAILURE_THRESHOLD = "States.ExceedToleratedFailureThreshold"


@dataclass(slots=True)
class Failed:
    """A state or an execution that failed.

    Attributes:
        error, cause: None where AWS leaves the member out.
        fatal: no Retry and no Catch sees it.
        alias: another name that Retry and Catch know this error by.
    """

    error: str | None
    cause: str | None = None
    fatal: bool = False
    alias: str = ""


class StateError(Exception):
    """Interpreting a state failed: a bad path, a bad value, a query that threw.

    Attributes:
        error: `States.Runtime`, `States.QueryEvaluationError`, ...
        cause: AWS's text without the prefix that names the state.
        location: of a query: the field, e.g. `Output/value`; None leaves it out of the event.
        evaluation: it is recorded as EvaluationFailed.
        bare: the cause gets no prefix.
    """

    def __init__(
        self,
        error: str,
        cause: str,
        *,
        location: str | None = None,
        evaluation: bool = False,
        bare: bool = False,
    ) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause
        self.location = location
        self.evaluation = evaluation
        self.bare = bare


def runtime_error(cause: str) -> StateError:
    """A States.Runtime with this cause."""
    return StateError(RUNTIME, cause)


def too_deep() -> StateError:
    """A value is nested too deeply to walk over it."""
    return runtime_error("The data is nested too deeply.")


def query_error(cause: str, location: str | None = None) -> StateError:
    """A States.QueryEvaluationError, recorded as EvaluationFailed."""
    return StateError(QUERY_EVALUATION_ERROR, cause, location=location, evaluation=True)


def data_limit_exceeded(name: str) -> StateError:
    """The result of this state or task is over the limit."""
    return StateError(
        DATA_LIMIT_EXCEEDED,
        f"The state/task '{name}' returned a result with a size exceeding the maximum number of"
        " bytes service limit.",
        bare=True,
    )
