"""Tumbling windows of event source mappings: spans of time whose batches share a state.

A window is kept with how far the mapping has read, as `{"start": seconds, "shard": id, "state":
{...}}`, with `"full": true` when its state has become too big and is to be handed over early.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson

from groundstate.operation import Shape

SPAN_S_MAX = 900
# Beyond this the window is ended early.
STATE_BYTES_MAX = 1024 * 1024

Window = dict[str, Any]


def start_of(record: Shape, span_s: int) -> int:
    """When the window of a record began, in epoch seconds."""
    return int(record["dynamodb"]["ApproximateCreationDateTime"] // span_s * span_s)


def count_together(records: list[Shape], span_s: int) -> int:
    """How many of the first records are of one window."""
    first = start_of(records[0], span_s)
    for index, record in enumerate(records):
        if start_of(record, span_s) != first:
            return index
    return len(records)


def is_over(window: Window | None, following: list[Shape], span_s: int, now: float) -> bool:
    """Whether nothing more of a window's records can come, so that its state is final.

    Args:
        following: what was read and not done with.
    """
    if window is None:
        return False
    if window.get("full"):
        return True
    if following:
        return bool(start_of(following[0], span_s) != window["start"])
    return bool(now >= window["start"] + span_s)


def describe(window: Window, span_s: int, stream_arn: str, *, is_final: bool) -> Shape:
    """What an event says of its window, beside its records."""
    return {
        "window": {
            "start": _iso_time(window["start"]),
            "end": _iso_time(window["start"] + span_s),
        },
        "state": window["state"],
        "shardId": window["shard"],
        "eventSourceARN": stream_arn,
        "isFinalInvokeForWindow": is_final,
        "isWindowTerminatedEarly": is_final and bool(window.get("full")),
    }


def read_state(payload: bytes) -> Shape | None:
    """The state in a function's answer; None if there is none, which makes the call a failure."""
    answer: Any = orjson.loads(payload)
    state = answer.get("state") if isinstance(answer, dict) else None
    return state if isinstance(state, dict) else None


def with_state(window: Window, state: Shape) -> Window:
    """The window after a batch."""
    changed = {**window, "state": state}
    if len(orjson.dumps(state)) > STATE_BYTES_MAX:
        changed["full"] = True
    return changed


def after_final(window: Window) -> Window | None:
    """What is left of a window whose state was handed over: one ended early goes on, emptied."""
    if not window.get("full"):
        return None
    return {"start": window["start"], "shard": window["shard"], "state": {}}


def _iso_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
