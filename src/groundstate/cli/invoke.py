"""Invoke a function; show its result and its log lines.

The event is JSON: given as it is, as @FILE, or as - for standard input. The exit status is 1 if
the function failed. A durable function that is given without a version or an alias is invoked as
its $LATEST.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from groundstate.cli.client import Client
from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.errors import CommandError, Refused
from groundstate.cli.names import find_meant
from groundstate.cli.output import Console


class Invocation(NamedTuple):
    """What came of an invocation.

    Attributes:
        result: the function's result, or the description of its error; parsed JSON.
        error: `Handled` or `Unhandled` if the function failed; empty if not.
        log_lines: the end of its log, 4 KB of it.
        execution: the ARN of the execution of a durable function; empty for others.
    """

    result: Any
    error: str
    log_lines: list[str]
    execution: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The function and its event."""
    parser.add_argument(
        "function", metavar="FUNCTION", help="name or ARN of the function; a part of it will do"
    )
    parser.add_argument(
        "-e", "--event", default="{}", help="the event: JSON, @FILE, or - for standard input [{}]"
    )
    parser.add_argument("--later", action="store_true", help="do not wait for the result")
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Invoke the function."""
    event = read_event(arguments.event)
    client = connect(arguments)
    function, later = arguments.function, arguments.later
    try:
        invocation = invoke(client, function, event, later=later)
    except Refused as refused:
        if not _is_unqualified(refused):
            function = find_function(client, function, refused)
            console.note(f"Invoking {function}")
        invocation = _invoke_qualified(client, console, function, event, later=later)
    document = {
        "result": invocation.result,
        "error": invocation.error or None,
        "logLines": invocation.log_lines,
    }
    if invocation.execution:
        document["execution"] = invocation.execution
    console.show(document)
    if later:
        console.say("Accepted; it runs on its own.")
    else:
        show_invocation(console, invocation)
    if invocation.execution:
        console.say(f"Execution: {invocation.execution}")
        console.note(f"See it:  groundstate executions '{invocation.execution}'")
    return 1 if invocation.error else 0


def _is_unqualified(refused: Refused) -> bool:
    """A durable function was named without a version or an alias."""
    return "using an unqualified ARN" in refused.text


def _invoke_qualified(
    client: Client, console: Console, function: str, event: bytes, *, later: bool
) -> Invocation:
    try:
        return invoke(client, function, event, later=later)
    except Refused as refused:
        if not _is_unqualified(refused):
            raise
    function = f"{function}:$LATEST"
    console.note(f"Invoking {function}, since it is a durable function")
    try:
        return invoke(client, function, event, later=later)
    except Refused as refused:
        if "cannot synchronously invoke" in refused.text:
            refused.hint = f"Start it without waiting:  groundstate invoke '{function}' --later"
        raise


def read_event(text: str) -> bytes:
    """The event's JSON from the option's text.

    Raises:
        CommandError: the file cannot be read, or it is no JSON.
    """
    if text == "-":
        text = sys.stdin.read()
    elif text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"Cannot read the event from {text[1:]}: {error.strerror}.",
                "Name a file with JSON in it:  -e @event.json",
            ) from error
    try:
        json.loads(text)
    except ValueError as error:
        raise CommandError(
            f"The event is no JSON: {error}.",
            """Quote it for your shell:  -e '{"taskId": "Breakfast"}'""",
        ) from error
    return text.encode()


def find_function(client: Client, name: str, refused: Refused) -> str:
    """The function that a part of a name means, where Lambda refused the name itself.

    Args:
        name: may end with a version or an alias, after a colon.

    Raises:
        CommandError: `refused`, with the functions that there are; or several are meant.
    """
    if refused.code != "ResourceNotFoundException":
        raise refused
    word, colon, qualifier = name.partition(":")
    names = sorted(_function_names(client))
    if word not in names:
        meant = find_meant(word, names)
        if meant is not None:
            return f"{meant}{colon}{qualifier}"
        refused.hint = "There is no function yet. Deploy an app:  groundstate deploy app"
        if names:
            refused.hint = f"These are there: {', '.join(names)}"
    raise refused


def invoke(client: Client, function: str, event: bytes, *, later: bool = False) -> Invocation:
    """Invoke a function and wait for its result, or do not wait.

    Raises:
        Refused: Lambda refused it.
    """
    answer = client.invoke(function, event, later=later)
    log = base64.b64decode(answer.headers.get("x-amz-log-result", ""))
    try:
        result = json.loads(answer.body) if answer.body else None
    except ValueError:
        result = answer.body.decode("utf-8", "replace")
    return Invocation(
        result,
        answer.headers.get("x-amz-function-error", ""),
        log.decode("utf-8", "replace").splitlines(),
        answer.headers.get("x-amz-durable-execution-arn", ""),
    )


def show_invocation(console: Console, invocation: Invocation) -> None:
    """Print log lines and result for people."""
    for line in invocation.log_lines:
        console.say(f"  | {line}")
    label = f"Error ({invocation.error})" if invocation.error else "Result"
    console.say(f"{label}: {json.dumps(invocation.result, indent=2, ensure_ascii=False)}")


def _function_names(client: Client) -> Iterator[str]:
    query: dict[str, str] = {}
    while True:
        page = client.call_lambda("ListFunctions", "/2015-03-31/functions/", query)
        for function in page["Functions"]:
            yield function["FunctionName"]
        if not page.get("NextMarker"):
            return
        query = {"Marker": page["NextMarker"]}
