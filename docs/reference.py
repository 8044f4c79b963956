"""Writes docs/reference/ from the code: `make reference`. A test fails when it is out of date."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from groundstate.cli.main import COMMANDS, load_command, make_parser
from groundstate.config import Config
from groundstate.models import load_model
from groundstate.registry import ServiceTable
from groundstate.runtime import SERVICES

FOLDER = Path(__file__).parent / "reference"

_COMMANDS_HEAD = """# Commands

Made from the commands themselves by `make reference`.

Every command prints for people; with `--json` it prints one JSON document. Progress goes to
standard error. The exit status is 0 if the work was done, 1 if it was not, 2 if the command
line was wrong.
"""

_OPERATIONS_HEAD = """# Operations

Made from the services' tables of operations by `make reference`.

An operation that is not there is refused by name. What the others do and do not do is in the
service's own README.

| service | operations | of |
|---|---|---|"""

_SETTINGS_HEAD = """# Settings

Made from `groundstate.config.Config` by `make reference`.

`groundstate serve` takes each as an option or from the environment; the option wins.
`groundstate.testing.Groundstate` takes them as arguments.

| setting | option | variable | default | meaning |
|---|---|---|---|---|
"""

_SETTINGS_TAIL = """
The other commands look for the runtime at `--endpoint-url`, else `AWS_ENDPOINT_URL`, else the
address that the settings above give; in the region `--region`, else `AWS_REGION`, else
`AWS_DEFAULT_REGION`, else the setting's. They call as the runtime's administrator.
"""


def render_commands() -> str:
    """Every command: what it does, and its arguments."""
    return "\n".join([_COMMANDS_HEAD, *(_render_command(name) for name in COMMANDS)])


def render_settings() -> str:
    """Every setting with its default."""
    rows = [
        f"| `{setting.name}` | `--{setting.name.replace('_', '-')}` "
        f"| `GROUNDSTATE_{setting.name.upper()}` "
        f"| {'' if setting.default == '' else f'`{setting.default}`'} "
        f"| {setting.metadata['help']} |\n"
        for setting in fields(Config)
    ]
    return _SETTINGS_HEAD + "".join(rows) + _SETTINGS_TAIL


def render_operations() -> str:
    """Every operation of every service, there or not."""
    table = ServiceTable(SERVICES)
    rows, sections = [], []
    for name in sorted(table):
        known = set(load_model(name).operations)
        there = sorted(known & set(table[name].operations))
        absent = sorted(known - set(there))
        rows.append(f"| {_linked(name)} | {len(there)} | {len(known)} |")
        sections.append(f"\n## {name}\n\nThere: {_names(there)}\n\nNot there: {_names(absent)}\n")
    return "\n".join([_OPERATIONS_HEAD, *rows, "".join(sections)])


PAGES = {
    "commands.md": render_commands,
    "operations.md": render_operations,
    "settings.md": render_settings,
}


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, render in PAGES.items():
        (FOLDER / name).write_text(render(), encoding="utf-8")


def _linked(service: str) -> str:
    """A service's name, linked to its README if it has one."""
    readme = Path("src", *SERVICES[service].split("."), "README.md")
    return f"[{service}](../../{readme})" if (FOLDER.parents[1] / readme).is_file() else service


def _names(operations: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in operations) + "." if operations else "none."


def _render_command(name: str) -> str:
    command = load_command(name)
    lines = [f"## groundstate {name}", "", (command.__doc__ or "").strip(), ""]
    lines += ["| argument | meaning |", "|---|---|"]
    for action in make_parser(name, command)._actions:
        if action.dest != "help":
            text = (action.help or "").replace("|", "\\|")
            lines.append(f"| {_argument(action)} | {text} |")
    return "\n".join([*lines, ""])


def _argument(action: argparse.Action) -> str:
    """An argument as a user would type it."""
    value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    if action.choices is not None:
        value = "|".join(map(str, action.choices))
    words = " ".join(filter(None, [", ".join(action.option_strings), str(value)]))
    shown = f"[{words}]" if not action.option_strings and action.nargs == "?" else words
    return f"`{shown}`".replace("|", "\\|")


if __name__ == "__main__":
    main()
