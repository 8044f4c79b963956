"""The context object, `$$` in JSONPath and `$states.context` in JSONata.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn


def make_context(turn: Turn) -> dict[str, Any]:
    """The context object for the state at work, with its members in AWS's order."""
    execution, strand = turn.execution, turn.strand
    info = execution.info
    about: dict[str, Any] = {
        "Id": info.arn,
        "Input": execution.input,
        "StartTime": iso_time(info.start_time),
        "Name": info.name,
        "RoleArn": info.role_arn,
    }
    if info.redrive_count is not None:
        about["RedriveCount"] = info.redrive_count
    if info.redrive_count:
        about["RedriveTime"] = iso_time(info.redrive_time)
    state: dict[str, Any] = {
        "Name": strand.state.name,
        "EnteredTime": iso_time(strand.entered_at),
    }
    if strand.state.counts_retries:
        state["RetryCount"] = strand.attempt
    context: dict[str, Any] = {
        "Execution": about,
        "StateMachine": {"Id": info.machine_arn, "Name": info.machine_name},
        "State": state,
    }
    item = turn.item or _item_of(turn)
    if item is not None:
        context["Map"] = {"Item": item}
    if turn.token:
        context["Task"] = {"Token": turn.token}
    if info.context:
        context.update(info.context)
    return context


def _item_of(turn: Turn) -> dict[str, Any] | None:
    strand, strands = turn.strand, turn.execution.strands
    while strand.item is None and strand.parent >= 0:
        strand = strands[strand.parent]
    return strand.item


def iso_time(epoch_s: float) -> str:
    """`2024-05-01T12:00:00.123Z`."""
    moment = datetime.fromtimestamp(epoch_s, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
