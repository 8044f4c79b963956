"""Show what roles and users have used of their permissions, what was denied, and what would do.

Without an identity: a line for each. With one: every action that it used, every one that was
denied, every grant that it never used, and the least policy that would do, as JSON or as CDK code.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from groundstate.cli.client import Client
from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.errors import CommandError
from groundstate.cli.names import find_meant
from groundstate.cli.output import Console

_PAGE = "/_groundstate/permissions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which identity, and how its least policy is shown."""
    parser.add_argument(
        "identity",
        metavar="ROLE|USER",
        nargs="?",
        help="show this one: its name, a part of it, or its ARN",
    )
    parser.add_argument(
        "--cdk", choices=("python", "typescript"), help="show the least policy as CDK code"
    )
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """List, or show one."""
    identities = _read_report(connect(arguments), arguments.identity)
    console.show(identities)
    if arguments.identity is None:
        _list(console, identities)
    for identity in identities if arguments.identity is not None else []:
        _show(console, identity, arguments.cdk)
    return 0


def _read_report(client: Client, name: str | None) -> list[dict[str, Any]]:
    query = {} if name is None else {"identity": name}
    answer = client.send("iam", "GET", _PAGE, query=query)
    report: dict[str, Any] = json.loads(answer.body)
    if answer.status == 404:
        others = _read_report(client, None)
        meant = find_meant(name or "", [identity["name"] for identity in others])
        if meant is not None:
            return [identity for identity in others if identity["name"] == meant]
        raise CommandError(
            f"{report.get('message', 'There is no such role or user')}".rstrip(".") + ".",
            "List them:  groundstate permissions",
        )
    if answer.status != 200:
        raise CommandError(f"The runtime does not tell: HTTP {answer.status}.")
    identities: list[dict[str, Any]] = report["identities"]
    return identities


def _list(console: Console, identities: list[dict[str, Any]]) -> None:
    if not identities:
        console.say("There is no role and no user yet.")
        return
    rows = [
        [
            identity["name"],
            identity["kind"],
            len(identity["used"]),
            len(identity["unused"]),
            len(identity["denied"]),
        ]
        for identity in identities
    ]
    console.table(["NAME", "KIND", "USED", "UNUSED", "DENIED"], rows)


def _show(console: Console, identity: dict[str, Any], cdk: str | None) -> None:
    console.say(identity["arn"])
    for title, entries in (("Used", identity["used"]), ("Denied", identity["denied"])):
        if entries:
            console.say(f"\n{title}:")
            rows = [
                [f"{entry['calls']} x", entry["action"], entry["resource"]] for entry in entries
            ]
            console.table(["", "", ""], rows)
    if identity["unused"]:
        console.say("\nGranted and never used:")
        rows = [
            [entry["action"], " ".join(entry["resources"]), f"({entry['policy']})"]
            for entry in identity["unused"]
        ]
        console.table(["", "", ""], rows)
    console.say("\nThe least policy that would do:")
    if cdk is not None:
        console.say(identity["cdk"][cdk])
    else:
        console.say(json.dumps(identity["least_policy"], indent=2))
