"""An execution and its operations, as the entries work with them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.events import ended
from groundstate.store.durable_executions import DurableExecutionRow, DurableOperationRow

RUNNING, PAUSING, PAUSED = "RUNNING", "PAUSING", "PAUSED"
OPEN = frozenset({RUNNING, PAUSING, PAUSED})

# How an execution began: by a caller who waits, by an event, or by another execution.
SYNCHRONOUS, EVENT, CHAINED = "sync", "event", "chained"


@dataclass(slots=True)
class Execution:
    """An execution of a durable function.

    Attributes:
        execution_id: the store's; `key` is the last part of the ARN, and the id of the operation
            that stands for the execution itself.
        version: of the function: replays run the same one.
        function_arn: with the qualifier that was invoked.
        origin: how it began.
        parent: the execution and the operation that began it, if one did.
        due_at: when it times out (epoch seconds), and the timer of that.
        retry_timer: of an invocation that is to be tried again, or None.
        token: how many checkpoint tokens there were; only the last one is good.
        invocation: how many invocations there were; `is_invoked`: the last one is under way.
        invoked_at: when it began, and its request id.
        chained: how many chained invocations of functions that are not durable are under way.
        owes: the function must be invoked as soon as it may be.
        failures: how many invocations in a row have failed.
        touched: how many changes of operations there were; `seen`: the last one that the function
            was told of.
        updated: operations that changed without the function since it was last invoked.
        operations: how many there are.
        events: how many events its history has.
        last_checkpoint: what the newest checkpoint was and answered, should it be sent again.
        pause: when and why it was paused.
        resumed: the client token of the newest resumption.
    """

    execution_id: int
    region: str
    function_name: str
    name: str
    arn: str
    version: str
    status: str
    started_at: float
    expires_at: float | None
    key: str
    function_arn: str
    config: Shape
    origin: str
    parent: list[Any] | None = None
    due_at: float = 0.0
    timer_id: int | None = None
    retry_timer: int | None = None
    token: int = 0
    invocation: int = 0
    is_invoked: bool = False
    invoked_at: float = 0.0
    request_id: str = ""
    chained: int = 0
    owes: bool = False
    failures: int = 0
    touched: int = 0
    seen: int = 0
    updated: list[str] = field(default_factory=list)
    operations: int = 0
    events: int = 0
    last_checkpoint: Shape | None = None
    pause: Shape | None = None
    resumed: Shape | None = None
    ended_at: float | None = None
    result: str | None = None
    error: Shape | None = None

    @property
    def is_open(self) -> bool:
        """It has not ended."""
        return self.status in OPEN

    def save(self, call: Call) -> None:
        """Write what has changed."""
        call.tx.durable.put(make_row(self))


_COLUMNS = 9
_KEPT = tuple(item.name for item in fields(Execution))[_COLUMNS:]


def make_row(execution: Execution) -> DurableExecutionRow:
    """An execution as the store keeps it."""
    return DurableExecutionRow(
        execution.execution_id,
        execution.region,
        execution.function_name,
        execution.name,
        execution.arn,
        execution.version,
        execution.status,
        execution.started_at,
        execution.expires_at,
        execution.is_invoked or execution.chained > 0,
        {name: getattr(execution, name) for name in _KEPT},
    )


def load(row: DurableExecutionRow) -> Execution:
    """An execution that was saved."""
    columns: tuple[Any, ...] = row[:_COLUMNS]
    return Execution(*columns, **row.document)


def put_operation(
    call: Call,
    execution: Execution,
    document: Shape,
    *,
    old: DurableOperationRow | None,
    due_at: float | None = None,
    timer_id: int | None = None,
    heartbeat_id: int | None = None,
    details: Shape | None = None,
) -> None:
    """Write an operation that has changed, or a new one.

    Args:
        old: as it was, or None if it is new.
        details: None keeps what there is.
    """
    if old is None:
        execution.operations += 1
    execution.touched += 1
    number = execution.operations if old is None else old.number
    if details is None:
        details = {} if old is None else old.details
    call.tx.durable.put_operation(
        DurableOperationRow(
            execution.execution_id,
            number,
            document["Id"],
            execution.touched,
            due_at,
            timer_id,
            heartbeat_id,
            document,
            details,
        )
    )


def change_operation(
    call: Call, execution: Execution, old: DurableOperationRow, document: Shape
) -> None:
    """Write an operation that changed without the function, which therefore has to be told.

    Its timers are over.
    """
    for timer_id in (old.timer_id, old.heartbeat_id):
        if timer_id is not None:
            call.tx.timers.cancel(timer_id)
    put_operation(call, execution, document, old=old)
    execution.updated.append(old.operation_id)
    execution.owes = True


def end_operation(
    call: Call, execution: Execution, old: DurableOperationRow, status: str, changes: Shape
) -> None:
    """Write an operation that ended without the function, and continue the history with it.

    Args:
        changes: members of the operation beside its status and its end.
    """
    operation = {**old.document, "Status": status, "EndTimestamp": call.now, **changes}
    add_events(call, execution, ended(operation, call.now))
    change_operation(call, execution, old, operation)


def add_events(call: Call, execution: Execution, *events: Shape) -> None:
    """Continue the history."""
    call.tx.durable.add_events(execution.execution_id, execution.events + 1, events)
    execution.events += len(events)
