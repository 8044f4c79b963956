"""Follow an execution: its history's events as they are written, and the states that they enter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from groundstate.cli.client import Client
from groundstate.clock import pause

# Between two looks at a history. A look costs the runtime less than a millisecond.
POLL_INTERVAL_S = 0.1
_PAGE_SIZE = 100

FINAL_EVENTS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionAborted": "ABORTED",
}


def follow_events(client: Client, execution_arn: str) -> Iterator[dict[str, Any]]:
    """Every event of an execution in its order, until the one that ends it."""
    seen_id = 0
    while True:
        events = _read_new_events(client, execution_arn, seen_id)
        yield from events
        if events:
            seen_id = events[-1]["id"]
            # An end in the middle is not the end: the execution was redriven.
            if events[-1]["type"] in FINAL_EVENTS:
                return
        pause(POLL_INTERVAL_S)


def read_events(client: Client, execution_arn: str) -> list[dict[str, Any]]:
    """The events that there are, oldest first."""
    return _read_new_events(client, execution_arn, 0)


def entered_state(event: dict[str, Any]) -> str | None:
    """The name of the state that an event enters; None for other events."""
    if not event["type"].endswith("StateEntered"):
        return None
    name: str = event["stateEnteredEventDetails"]["name"]
    return name


def failure_of(event: dict[str, Any]) -> tuple[str, str] | None:
    """The error and cause that an event brings; None if it brings none."""
    if not event["type"].endswith(("Failed", "TimedOut", "Aborted")):
        return None
    for name, details in event.items():
        if name.endswith("EventDetails"):
            return details.get("error", ""), details.get("cause", "")
    return "", ""


def _read_new_events(client: Client, execution_arn: str, seen_id: int) -> list[dict[str, Any]]:
    """Events after one, oldest first. Read from the end, so that a long history costs one page."""
    newest_first: list[dict[str, Any]] = []
    page: dict[str, Any] = {}
    while True:
        token = {"nextToken": page["nextToken"]} if "nextToken" in page else {}
        page = client.call(
            "stepfunctions",
            "GetExecutionHistory",
            executionArn=execution_arn,
            reverseOrder=True,
            maxResults=_PAGE_SIZE,
            **token,
        )
        for event in page["events"]:
            if event["id"] <= seen_id:
                return newest_first[::-1]
            newest_first.append(event)
        if not page.get("nextToken"):
            return newest_first[::-1]
