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
    group, function = find_group(client, arguments.group)
    request: dict[str, Any] = {"logGroupName": group}
    if arguments.since is not None:
        request["startTime"] = int((wall_time() - parse_duration_s(arguments.since)) * 1000)
    if arguments.filter is not None:
        request["filterPattern"] = arguments.filter
    lines = _Lines(client, request, may_be_missing=bool(function))
    events = list(lines.read())
    console.show(events)
    _print_events(console, events)
    if not events:
        missing = f"{function} has written nothing yet: there is no log group {group}."
        console.note(missing if lines.is_missing else f"{group} has no such lines.")
    if arguments.follow:
        _follow(lines, console, events)
    return 0


def find_group(client: Client, name: str) -> tuple[str, str]:
    """The log group that a function's name, its own, or a part of one of them means.

    Returns the group's name and, if a function was meant, the function's.

    Raises:
        CommandError: there is none, or there are several.
    """
    if "/" in name:
        return name, ""
    try:
        function = _configuration(client, name)
    except Refused as refused:
        try:
            name = find_function(client, name, refused)
        except Refused:
            groups = [group["logGroupName"] for group in _groups(client)]
            meant = name if name in groups else find_meant(name, groups)
            if meant is not None:
                return meant, ""
            if groups:
                refused.hint = "\n  ".join(["These log groups are there:", *groups])
            raise
        function = _configuration(client, name)
    group: str = function.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{name}"
    return group, name


def _configuration(client: Client, function: str) -> dict[str, Any]:
    path = f"/2015-03-31/functions/{quote(function, safe='')}/configuration"
    return client.call_lambda("GetFunctionConfiguration", path)


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


class _Lines:
    """The lines of a log group.

    Args:
        request: FilterLogEvents' parameters: which group, and which of its lines.
        may_be_missing: the group is made when its function first runs: without it there are none.

    Attributes:
        is_missing: there was no group when it was last read.
    """

    def __init__(self, client: Client, request: dict[str, Any], *, may_be_missing: bool) -> None:
        self._client = client
        self._may_be_missing = may_be_missing
        self.request = request
        self.is_missing = False

    def read(self) -> Iterator[dict[str, Any]]:
        """The group's lines, from `request["startTime"]` on."""
        token: dict[str, str] = {}
        while True:
            try:
                page = self._client.call("logs", "FilterLogEvents", **self.request, **token)
            except Refused as refused:
                self.is_missing = refused.code == "ResourceNotFoundException"
                if self.is_missing and self._may_be_missing:
                    return
                raise
            self.is_missing = False
            yield from page["events"]
            if not page.get("nextToken"):
                return
            token = {"nextToken": page["nextToken"]}


def _follow(lines: _Lines, console: Console, events: list[dict[str, Any]]) -> None:
    """Print new lines until the user interrupts."""
    shown = {event["eventId"] for event in events}
    while True:
        if events:
            # Lines of the last millisecond may still come: look from it on, and skip known ones.
            lines.request["startTime"] = max(event["timestamp"] for event in events)
        pause(POLL_INTERVAL_S)
        events = [event for event in lines.read() if event["eventId"] not in shown]
        shown.update(event["eventId"] for event in events)
        _print_events(console, events)


def _print_events(console: Console, events: list[dict[str, Any]]) -> None:
    for event in events:
        at = datetime.fromtimestamp(event["timestamp"] / 1000).astimezone()
        message = event["message"].rstrip("\n")
        console.say(f"{at:%Y-%m-%d %H:%M:%S}.{event['timestamp'] % 1000:03}  {message}")
