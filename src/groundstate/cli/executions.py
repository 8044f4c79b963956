"""List executions, show one, or follow it state by state.

An execution is named by its ARN, its name, or the beginning of its name; one of a durable function
by its ARN. With --follow the exit status is 1 if it did not succeed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from groundstate.cli.client import Client
from groundstate.cli.connection import add_connection_arguments, connect, parse_count
from groundstate.cli.durable_executions import (
    follow_durable_execution,
    is_durable,
    list_durable_executions,
    show_durable_execution,
)
from groundstate.cli.errors import CommandError, Refused
from groundstate.cli.histories import (
    FINAL_EVENTS,
    entered_state,
    failure_of,
    follow_events,
    read_events,
)
from groundstate.cli.names import find_meant
from groundstate.cli.output import Console
from groundstate.cli.times import format_duration, format_time

EXECUTIONS_SHOWN = 20
# Of each state machine, the newest ones whose names are compared with the start of a name.
EXECUTIONS_SEARCHED = 1000
_STATUSES = (
    "RUNNING",
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "ABORTED",
    "PENDING_REDRIVE",
    "STOPPED",
    "PAUSED",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which execution, or which of all."""
    parser.add_argument(
        "execution",
        metavar="EXECUTION",
        nargs="?",
        help="show this one: its ARN, its name, or how that begins",
    )
    parser.add_argument(
        "--follow", action="store_true", help="show each state as it is entered, to the end"
    )
    parser.add_argument(
        "--state-machine",
        metavar="NAME",
        help="list those of this state machine; a part of its name will do",
    )
    parser.add_argument(
        "--function", metavar="NAME", help="list those of this durable function of Lambda"
    )
    parser.add_argument("--status", choices=_STATUSES, help="list those with this status")
    parser.add_argument(
        "--limit",
        metavar="NUMBER",
        type=parse_count,
        default=EXECUTIONS_SHOWN,
        help=f"list at most so many [{EXECUTIONS_SHOWN}]",
    )
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """List, show or follow."""
    client = connect(arguments)
    if arguments.execution is None:
        if arguments.follow:
            raise CommandError("--follow needs an execution.", "List them:  groundstate executions")
        if arguments.function:
            list_durable_executions(
                client, console, arguments.function, arguments.status, arguments.limit
            )
        else:
            _list_executions(client, console, arguments)
        return 0
    if is_durable(arguments.execution):
        if arguments.follow:
            return follow_durable_execution(client, console, arguments.execution)
        show_durable_execution(client, console, arguments.execution)
        return 0
    execution_arn = find_execution(client, arguments.execution)
    if arguments.follow:
        return _follow(client, console, execution_arn)
    _show(client, console, execution_arn)
    return 0


def find_execution(client: Client, name: str) -> str:
    """The ARN of the execution that a name, the start of a name, or an ARN means.

    Raises:
        CommandError: there is none, or more than one.
    """
    if name.startswith("arn:"):
        return name
    machines = list(_machines(client))
    found = [arn for machine in machines if (arn := _find_by_name(client, machine, name))]
    if not found:
        found = [
            str(execution["executionArn"])
            for machine in machines
            for execution in _executions_of(client, machine, limit=EXECUTIONS_SEARCHED)
            if execution["name"].startswith(name)
        ]
    if len(found) == 1:
        return found[0]
    if found:
        raise CommandError(
            f"{len(found)} executions have the name {name!r}, or one that begins so.",
            "Give more of the name, or the ARN:\n" + "\n".join(f"  {arn}" for arn in found[:5]),
        )
    raise CommandError(f"There is no execution {name!r}.", "List them:  groundstate executions")


def show_event(console: Console, event: dict[str, Any], started_at: float) -> None:
    """Print the events that people follow: states entered, failures, the end."""
    since_s = event["timestamp"] - started_at
    state = entered_state(event)
    failure = failure_of(event)
    if state is not None:
        console.say(f"{since_s:8.2f} s  {state}  ({event['type'].removesuffix('StateEntered')})")
    elif event["type"] in FINAL_EVENTS:
        console.say(f"{since_s:8.2f} s  {FINAL_EVENTS[event['type']]}")
    if failure is not None and any(failure):
        console.say(f"{'':10}  {event['type']}: {': '.join(part for part in failure if part)}")


def _list_executions(client: Client, console: Console, arguments: argparse.Namespace) -> None:
    found = [
        execution
        for machine in _machines(client, arguments.state_machine)
        for execution in _executions_of(client, machine, arguments.status, arguments.limit)
    ]
    found.sort(key=lambda execution: execution["startDate"], reverse=True)
    del found[arguments.limit :]
    console.show(found)
    if not found:
        console.say("There is no execution yet.")
        return
    rows = [
        [
            execution["name"],
            execution["stateMachineArn"].rpartition(":")[2],
            execution["status"],
            format_time(execution["startDate"]),
            format_duration(execution["startDate"], execution.get("stopDate")),
        ]
        for execution in found
    ]
    console.table(["NAME", "STATE MACHINE", "STATUS", "STARTED", "TOOK"], rows)


def _show(client: Client, console: Console, execution_arn: str) -> None:
    execution = client.call("stepfunctions", "DescribeExecution", executionArn=execution_arn)
    events = read_events(client, execution_arn)
    console.show({**execution, "events": events})
    console.say(f"Execution  {execution['executionArn']}")
    console.say(f"Status     {execution['status']}")
    console.say(f"Started    {format_time(execution['startDate'])}")
    if "stopDate" in execution:
        console.say(
            f"Took       {format_duration(execution['startDate'], execution.get('stopDate'))}"
        )
    console.say(f"Input      {execution.get('input', '')}")
    for member in ("output", "error", "cause"):
        if member in execution:
            console.say(f"{member.capitalize():10} {execution[member]}")
    console.say()
    for event in events:
        show_event(console, event, execution["startDate"])


def _follow(client: Client, console: Console, execution_arn: str) -> int:
    execution = client.call("stepfunctions", "DescribeExecution", executionArn=execution_arn)
    console.note(f"{execution_arn}, started {format_time(execution['startDate'])}")
    events = []
    for event in follow_events(client, execution_arn):
        events.append(event)
        show_event(console, event, execution["startDate"])
    status = FINAL_EVENTS[events[-1]["type"]]
    if console.as_json:
        ended = client.call("stepfunctions", "DescribeExecution", executionArn=execution_arn)
        console.show({**ended, "events": events})
    return 0 if status == "SUCCEEDED" else 1


def _machines(client: Client, name: str | None = None) -> Iterator[dict[str, Any]]:
    """The state machines, or the one that a name, an ARN, or a part of a name means."""
    pages = _pages(client, "ListStateMachines")
    machines = [machine for page in pages for machine in page["stateMachines"]]
    if name is None:
        return iter(machines)
    found = [m for m in machines if name in (m["name"], m["stateMachineArn"])]
    names = [machine["name"] for machine in machines]
    meant = None if found else find_meant(name, names)
    found = found or [machine for machine in machines if machine["name"] == meant]
    if not found:
        raise CommandError(
            f"There is no state machine {name!r}.",
            f"These are there: {', '.join(names)}"
            if names
            else "Deploy an app:  groundstate deploy app",
        )
    return iter(found)


def _find_by_name(client: Client, machine: dict[str, Any], name: str) -> str | None:
    """The ARN of a machine's execution with just this name; None if there is none."""
    prefix = machine["stateMachineArn"].replace(":stateMachine:", ":execution:", 1)
    try:
        client.call("stepfunctions", "DescribeExecution", executionArn=f"{prefix}:{name}")
    except Refused:
        return None
    return f"{prefix}:{name}"


def _executions_of(
    client: Client, machine: dict[str, Any], status: str | None = None, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """Executions of a machine, newest first. Express executions keep no list of themselves."""
    if machine["type"] == "EXPRESS":
        return
    request = {"stateMachineArn": machine["stateMachineArn"]}
    if status is not None:
        request["statusFilter"] = status
    count = 0
    for page in _pages(client, "ListExecutions", **request):
        for execution in page["executions"]:
            yield execution
            count += 1
            if count == limit:
                return


def _pages(client: Client, operation: str, **request: Any) -> Iterator[dict[str, Any]]:
    while True:
        page = client.call("stepfunctions", operation, **request)
        yield page
        if not page.get("nextToken"):
            return
        request["nextToken"] = page["nextToken"]
