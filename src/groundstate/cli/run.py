"""Take the Tasks application from nothing to Done.

Starts a runtime unless one answers, deploys the app, invokes its function, follows the execution
that it starts, and shows the task's item as it changes. The exit status is 1 if anything differs
from what the app says.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from groundstate.cli.apps import add_app_arguments, deploy_app, read_app
from groundstate.cli.background import ensure_runtime
from groundstate.cli.client import Client
from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.errors import CommandError
from groundstate.cli.executions import show_event
from groundstate.cli.histories import FINAL_EVENTS, entered_state, follow_events
from groundstate.cli.invoke import invoke, show_invocation
from groundstate.cli.output import Console
from groundstate.cli.synthesis import find_app
from groundstate.cli.tables import find_item, format_item
from groundstate.config import Config

FUNCTION = "InvokeTaskStepFunction"
TABLE = "Tasks"
STATES = [
    "CreateDynamoTaskItem",
    "Execute long running task...wait 30 seconds",
    "UpdateDynamoTaskItem",
]
# The status of the item once a state's task has succeeded.
STATUSES = {"CreateDynamoTaskItem": "STARTED", "UpdateDynamoTaskItem": "Done"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The app, the task, and the runtime."""
    add_app_arguments(parser)
    parser.add_argument("--task", default="Breakfast", help="the taskId [Breakfast]")
    parser.add_argument(
        "--data-dir", help="where a runtime that is started here keeps its data [.groundstate]"
    )
    parser.add_argument(
        "--keep", action="store_true", help="let a runtime that is started here run on afterwards"
    )
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Do all of it."""
    client = connect(arguments)
    # Before a runtime is started for an app that is not there.
    find_app(arguments.app)
    data_dir = Config.from_environment(data_dir=arguments.data_dir).data_dir
    with ensure_runtime(client, console, data_dir=data_dir, keep=arguments.keep):
        assembly = read_app(arguments.app, client, console, force=arguments.synthesize)
        deploy_app(client, assembly.stacks, console)
        report = run_task(client, console, arguments.task)
    console.show(report)
    return 0


def run_task(client: Client, console: Console, task_id: str) -> dict[str, Any]:
    """Invoke the function for a task and follow what it sets off; a report of what was seen.

    Raises:
        CommandError: something was not as it should be.
    """
    event = json.dumps({"taskId": task_id})
    console.say(f"Invoking {FUNCTION} with {event}")
    invocation = invoke(client, FUNCTION, event.encode())
    show_invocation(console, invocation)
    result = invocation.result
    _expect(not invocation.error, "The function failed; its error stands above")
    _expect(result.get("taskId") == task_id, f"The function's result names no task {task_id!r}")
    key = {"taskId": {"S": task_id}, "timestamp": {"N": str(result["timestamp"])}}
    states, items, end = _follow(client, console, result["executionArn"], key)
    _expect(end == "SUCCEEDED", f"The execution ended as {end}")
    _expect(states == STATES, f"The execution went through {', '.join(states)}")
    statuses = [item["Status"]["S"] for item in items]
    _expect(statuses == list(STATUSES.values()), f"The item's status was {', '.join(statuses)}")
    return {
        "result": result,
        "logLines": invocation.log_lines,
        "states": states,
        "items": items,
        "status": end,
    }


def _follow(
    client: Client, console: Console, execution_arn: str, key: dict[str, Any]
) -> tuple[list[str], list[dict[str, Any]], str]:
    """Show the states as they are entered and the item as it changes."""
    states: list[str] = []
    items: list[dict[str, Any]] = []
    started_at = 0.0
    for event in follow_events(client, execution_arn):
        started_at = started_at or event["timestamp"]
        show_event(console, event, started_at)
        state = entered_state(event)
        if state is not None:
            states.append(state)
        elif event["type"] == "TaskSucceeded" and states[-1] in STATUSES:
            item = find_item(client, TABLE, key)
            _expect(item is not None, f"The table {TABLE} has no item with the key {key}")
            if item is not None:
                console.say(f"{'':10}  {TABLE}: {format_item({**key, **item})}")
                items.append(item)
        elif event["type"] in FINAL_EVENTS:
            return states, items, FINAL_EVENTS[event["type"]]
    return states, items, ""


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise CommandError(f"{otherwise}.")
