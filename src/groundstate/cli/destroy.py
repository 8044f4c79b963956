"""Delete the stacks of a CDK app with everything in them, tables and their items included.

What a template says to retain stays, as on AWS. On a terminal it asks before it deletes.
"""

from __future__ import annotations

import argparse
import sys

from groundstate.cli.apps import add_app_arguments, read_app
from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.output import Console
from groundstate.cli.stacks import delete_stack, find_stack


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The app, and whether to ask."""
    add_app_arguments(parser, or_template=True)
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Delete the app's stacks, each before those that it depends on."""
    client = connect(arguments)
    client.get_health()
    assembly = read_app(
        arguments.app,
        client,
        console,
        force=arguments.synthesize,
        stack_name=arguments.stack_name,
    )
    found = [
        (there, state)
        for stack in reversed(assembly.stacks)
        if (state := find_stack(there := client.in_region(stack.region), stack.name))
    ]
    if found and not arguments.yes and sys.stdin.isatty():
        listed = ", ".join(state.name for _, state in found)
        if input(f"Delete {listed} and all data in them? (y/n) ").strip().lower() not in (
            "y",
            "yes",
        ):
            console.note("Nothing was deleted.")
            return 1
    for there, state in found:
        console.note(f"Deleting {state.name}")
        for kept in delete_stack(there, state, console):
            console.note(
                f"{kept.physical_id} ({kept.resource_type}) stays, as the template says. "
                "RemovalPolicy.DESTROY in the app would delete it."
            )
    names = [state.name for _, state in found]
    console.show({"deleted": names})
    console.say(f"Deleted: {', '.join(names)}" if names else "None of the app's stacks was there.")
    return 0
