"""The entry point: finds the command, reads its arguments, runs it, and words its failure.

Only the module of the command that is asked for is loaded, by its name from the table below, so
that `groundstate serve` does not pay for what `groundstate deploy` needs.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import Protocol

from groundstate import __version__
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console

# Each is a module of this package with `add_arguments` and `run`.
COMMANDS = {
    "serve": "Start a runtime and serve until it is told to stop.",
    "run": "Take the Tasks application from nothing to Done.",
    "deploy": "Deploy a CDK app.",
    "watch": "Deploy a CDK app again whenever one of its files changes.",
    "destroy": "Delete the stacks of a CDK app.",
    "invoke": "Invoke a function; show its result and its log lines.",
    "executions": "List executions, show one, or follow it state by state.",
    "logs": "List log groups, show the lines of one, or follow it.",
    "tables": "List DynamoDB tables, or show the items of one.",
    "console": "Show the address of the web console, or open it.",
    "permissions": "Show what roles used, what was denied, and the least policy that would do.",
}
INTERRUPTED = 130


class Command(Protocol):
    """What the module of a command offers."""

    __doc__: str | None

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's own arguments."""

    def run(self, arguments: argparse.Namespace, console: Console) -> int:
        """Do the work; the result is the process's exit status."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the command line; the result is the process's exit status."""
    given = list(sys.argv[1:] if words is None else words)
    if not given or given[0] not in COMMANDS:
        # Ends here: an overview, the version, or a complaint about an unknown command.
        make_overview_parser().parse_args(given or ["--help"])
        return 2
    name = given[0]
    command = load_command(name)
    arguments = make_parser(name, command).parse_args(given[1:])
    console = Console(as_json=arguments.as_json)
    try:
        return command.run(arguments, console)
    except CommandError as error:
        print(f"groundstate {name}: {error.message}", file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of a pipe, `head` for one, has seen enough.
        sys.stderr.close()
        return 0


def load_command(name: str) -> Command:
    """The module of a command."""
    command: Command = importlib.import_module(f"groundstate.cli.{name}")
    return command


def make_parser(name: str, command: Command) -> argparse.ArgumentParser:
    """The parser of one command's arguments."""
    parser = argparse.ArgumentParser(
        prog=f"groundstate {name}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    parser.add_argument(
        "--json", dest="as_json", action="store_true", help="print one JSON document, for programs"
    )
    return parser


def make_overview_parser() -> argparse.ArgumentParser:
    """The parser that knows the commands and nothing of their arguments."""
    width = max(map(len, COMMANDS))
    lines = "\n".join(f"  {name.ljust(width)}  {text}" for name, text in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="groundstate",
        usage="groundstate [-h] [--version] COMMAND ...",
        description="Run AWS Lambda, Step Functions and DynamoDB applications on this machine.",
        epilog=f"commands:\n{lines}\n\ngroundstate COMMAND --help says more about one.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"groundstate {__version__}")
    # The epilog lists them; an error still names its argument.
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS, help=argparse.SUPPRESS)
    return parser
