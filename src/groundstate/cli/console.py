"""Show the address of the web console: functions, executions, tables, logs and stacks in a browser.

A runtime with credentials of its own lets the address open the console once, within a minute.
"""

from __future__ import annotations

import argparse
import json
import webbrowser

from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console

_PAGE = "/_groundstate/console"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether a browser is started."""
    parser.add_argument("--open", action="store_true", help="open it in the browser")
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Print the address, or open it."""
    client = connect(arguments)
    client.get_health()
    answer = client.send("iam", "POST", f"{_PAGE}/ticket")
    if answer.status != 200:
        raise CommandError(
            f"The runtime refuses: HTTP {answer.status}.",
            "It knows its administrator by GROUNDSTATE_ACCESS_KEY_ID and"
            " GROUNDSTATE_SECRET_ACCESS_KEY;\nset them here as they were set there.",
        )
    ticket = json.loads(answer.body)["ticket"]
    address = f"{client.endpoint_url}{_PAGE}{f'#ticket={ticket}' if ticket else ''}"
    console.say(address)
    console.show({"url": address})
    if arguments.open and not webbrowser.open(address):
        raise CommandError("No browser could be started.", "Open the address above in one.")
    return 0
