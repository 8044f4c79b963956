"""List log groups, show the lines of one, or follow it.

A function's name, or a part of it, means the group that it logs to; anything with a / in it is a
group's name.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from groundstate.cli.client import Client
from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.errors import CommandError, Refused
from groundstate.cli.invoke import find_function
from groundstate.cli.names import find_meant
from groundstate.cli.output import Console
from groundstate.clock import pause, wall_time

POLL_INTERVAL_S = 0.5
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which group, and which of its lines."""
    parser.add_argument(
        "group", metavar="FUNCTION|GROUP", nargs="?", help="show the lines of this one"
    )
    parser.add_argument("--follow", action="store_true", help="go on with lines as they come")
    parser.add_argument(
        "--since", metavar="TIME", help="show no older lines: 90s, 10m, 2h, 1d [all]"
    )
    parser.add_argument("--filter", metavar="PATTERN", help="CloudWatch Logs filter pattern")
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """List, show or follow."""
    client = connect(arguments)
    if arguments.group is None:
        if arguments.follow:
            raise CommandError("--follow needs a log group.", "List them:  groundstate logs")
        _list_groups(client, console)
        return 0
    if arguments.follow and console.as_json:
        raise CommandError("--follow and --json do not go together: it would never be complete.")
    request: dict[str, Any] = {"logGroupName": find_group(client, arguments.group)}
    if arguments.since is not None:
        request["startTime"] = int((wall_time() - parse_duration_s(arguments.since)) * 1000)
    if arguments.filter is not None:
        request["filterPattern"] = arguments.filter
    events = list(_read_events(client, request))
    console.show(events)
    _print_events(console, events)
    if arguments.follow:
        _follow(client, console, request, events)
    if not events:
        console.note(f"{request['logGroupName']} has no such lines.")
    return 0


def find_group(client: Client, name: str) -> str:
    """The log group that a function's name, its own, or a part of one of them means.

    Raises:
        CommandError: there is none, or there are several.
    """
    if "/" in name:
        return name
    try:
        function = _configuration(client, name)
    except Refused as refused:
        try:
            name = find_function(client, name, refused)
        except Refused:
            groups = [group["logGroupName"] for group in _groups(client)]
            meant = name if name in groups else find_meant(name, groups)
            if meant is not None:
                return meant
            if groups:
                refused.hint = "\n  ".join(["These log groups are there:", *groups])
            raise
        function = _configuration(client, name)
    group: str = function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
    return group


def _configuration(client: Client, function: str) -> dict[str, Any]:
    path = f"/{quote(function, safe='')}/configuration"
    return client.call_lambda("GetFunctionConfiguration", "GET", path)


def parse_duration_s(text: str) -> float:
    """Seconds from `90s`, `10m`, `2h` or `1d`.

    Raises:
        CommandError: it is none of them.
    """
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if match is None:
        raise CommandError(f"{text!r} is no span of time.", "Write it as 90s, 10m, 2h or 1d.")
    return int(match[1]) * _UNIT_S[match[2]]


def _list_groups(client: Client, console: Console) -> None:
    groups = list(_groups(client))
    console.show(groups)
    if not groups:
        console.say("There is no log group yet.")
        return
    rows = [
        [
            group["logGroupName"],
            group.get("storedBytes", 0),
            f"{group['retentionInDays']} days" if "retentionInDays" in group else "for ever",
        ]
        for group in groups
    ]
    console.table(["LOG GROUP", "BYTES", "KEPT"], rows)


def _groups(client: Client) -> Iterator[dict[str, Any]]:
    request: dict[str, str] = {}
    while True:
        page = client.call("logs", "DescribeLogGroups", **request)
        yield from page["logGroups"]
        if not page.get("nextToken"):
            return
        request["nextToken"] = page["nextToken"]


def _read_events(client: Client, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = client.call("logs", "FilterLogEvents", **request, **token)
        yield from page["events"]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}


def _follow(
    client: Client, console: Console, request: dict[str, Any], events: list[dict[str, Any]]
) -> None:
    """Print new lines until the user interrupts."""
    shown = {event["eventId"] for event in events}
    while True:
        if events:
            # Lines of the last millisecond may still come: look from it on, and skip known ones.
            request["startTime"] = max(event["timestamp"] for event in events)
        pause(POLL_INTERVAL_S)
        events = [e for e in _read_events(client, request) if e["eventId"] not in shown]
        shown.update(event["eventId"] for event in events)
        _print_events(console, events)


def _print_events(console: Console, events: list[dict[str, Any]]) -> None:
    for event in events:
        at = datetime.fromtimestamp(event["timestamp"] / 1000).astimezone()
        message = event["message"].rstrip("\n")
        console.say(f"{at:%Y-%m-%d %H:%M:%S}.{event['timestamp'] % 1000:03}  {message}")
