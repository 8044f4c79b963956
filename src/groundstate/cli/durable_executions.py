"""Executions of durable functions, as `groundstate executions` lists, shows and follows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from groundstate.cli.client import Client
from groundstate.cli.histories import POLL_INTERVAL_S
from groundstate.cli.output import Console
from groundstate.cli.times import format_duration, format_time
from groundstate.clock import pause

_API = "/2025-12-01"
_ENDS = {
    "ExecutionSucceeded": "SUCCEEDED",
    "ExecutionFailed": "FAILED",
    "ExecutionTimedOut": "TIMED_OUT",
    "ExecutionStopped": "STOPPED",
}
_PAGE_SIZE = "1000"


def is_durable(arn: str) -> bool:
    """The ARN is of an execution of a durable function."""
    return "/durable-execution/" in arn


def list_durable_executions(
    client: Client, console: Console, function: str, status: str | None, limit: int
) -> None:
    """Print the newest executions of a durable function."""
    query = {"MaxItems": str(limit), **({"Statuses": status} if status else {})}
    path = f"{_API}/functions/{quote(function, safe='')}/durable-executions"
    found = client.call_lambda("ListDurableExecutionsByFunction", path, query)["DurableExecutions"]
    console.show(found)
    if not found:
        console.say(f"There is no execution of {function} yet.")
        return
    rows = [
        [
            execution["DurableExecutionName"],
            execution["Status"],
            format_time(execution["StartTimestamp"]),
            _took(execution),
            execution["DurableExecutionArn"],
        ]
        for execution in found
    ]
    console.table(["NAME", "STATUS", "STARTED", "TOOK", "ARN"], rows)


def show_durable_execution(client: Client, console: Console, arn: str) -> None:
    """Print an execution with what happened in it."""
    execution = _get(client, arn)
    events = list(_new_events(client, arn, 0))
    console.show({**execution, "Events": events})
    console.say(f"Execution  {execution['DurableExecutionArn']}")
    console.say(f"Status     {execution['Status']}")
    console.say(f"Started    {format_time(execution['StartTimestamp'])}")
    if "EndTimestamp" in execution:
        console.say(f"Took       {_took(execution)}")
    console.say(f"Input      {execution.get('InputPayload', '')}")
    if "Result" in execution:
        console.say(f"Result     {execution['Result']}")
    if "Error" in execution:
        console.say(f"Error      {_words(execution['Error'])}")
    console.say()
    for event in events:
        _show_event(console, event, execution["StartTimestamp"])


def follow_durable_execution(client: Client, console: Console, arn: str) -> int:
    """Print what happens in an execution until it ends; 1 if it did not succeed."""
    execution = _get(client, arn)
    console.note(f"{arn}, started {format_time(execution['StartTimestamp'])}")
    events: list[dict[str, Any]] = []
    while not events or events[-1]["EventType"] not in _ENDS:
        for event in _new_events(client, arn, len(events)):
            events.append(event)
            _show_event(console, event, execution["StartTimestamp"])
        pause(POLL_INTERVAL_S)
    if console.as_json:
        console.show({**_get(client, arn), "Events": events})
    return 0 if _ENDS[events[-1]["EventType"]] == "SUCCEEDED" else 1


def _get(client: Client, arn: str) -> dict[str, Any]:
    path = f"{_API}/durable-executions/{quote(arn, safe='')}"
    return client.call_lambda("GetDurableExecution", path)


def _new_events(client: Client, arn: str, seen: int) -> Iterator[dict[str, Any]]:
    """The events behind the first ones of a history."""
    path = f"{_API}/durable-executions/{quote(arn, safe='')}/history"
    query = {"MaxItems": _PAGE_SIZE}
    while True:
        page = client.call_lambda("GetDurableExecutionHistory", path, query)
        for event in page["Events"]:
            if event["EventId"] > seen:
                yield event
        if not page.get("NextMarker"):
            return
        query["Marker"] = page["NextMarker"]


def _show_event(console: Console, event: dict[str, Any], started_at: float) -> None:
    kind = event["EventType"]
    since_s = event["EventTimestamp"] - started_at
    if kind in _ENDS:
        console.say(f"{since_s:8.2f} s  {_ENDS[kind]}")
    elif kind not in ("ExecutionStarted", "InvocationCompleted"):
        name = event.get("Name") or event.get("SubType", "")
        console.say(f"{since_s:8.2f} s  {kind:24} {name}".rstrip())
    details = event.get(f"{kind}Details", {})
    error = details.get("Error", {}).get("Payload")
    if error:
        console.say(f"{'':10}  {_words(error)}")
    if "CallbackId" in details:
        console.say(f"{'':10}  {details['CallbackId']}")


def _words(error: dict[str, Any]) -> str:
    parts = (error.get("ErrorType"), error.get("ErrorMessage"))
    return ": ".join(part for part in parts if part)


def _took(execution: dict[str, Any]) -> str:
    return format_duration(execution["StartTimestamp"], execution.get("EndTimestamp"))
