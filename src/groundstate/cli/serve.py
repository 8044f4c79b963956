"""Start a runtime and serve until SIGTERM or SIGINT.

Prints one line when it answers; `groundstate console` then shows the address of the web console,
http://127.0.0.1:4566/_groundstate/console. Each option can also be set in the environment, as
GROUNDSTATE_PORT and so on; an option wins.
"""

from __future__ import annotations

import argparse
import errno
import os
from dataclasses import fields

from groundstate import __version__
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.config import Config
from groundstate.runtime import serve
from groundstate.store.connection import DataDirectoryInUse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option for each setting of the runtime."""
    for setting in fields(Config):
        option = f"--{setting.name.replace('_', '-')}"
        text = setting.metadata["help"]
        if isinstance(setting.default, bool):
            parser.add_argument(option, action="store_true", default=None, help=text)
        else:
            kind = type(setting.default)
            shown = f"{text} [{setting.default}]" if setting.default != "" else text
            parser.add_argument(option, type=kind, metavar=kind.__name__.upper(), help=shown)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Serve; the exit status is 0 after a signal."""
    given = {setting.name: getattr(arguments, setting.name) for setting in fields(Config)}
    try:
        config = Config.from_environment(**given)
    except ValueError as error:
        raise CommandError(f"{error}.") from error

    def announce(endpoint_url: str) -> None:
        where = "in memory" if config.in_memory else f"data in {config.data_dir}"
        console.say(f"Groundstate {__version__} answers at {endpoint_url} ({where})")
        console.show({"endpointUrl": endpoint_url, "version": __version__, "pid": os.getpid()})

    try:
        return serve(config, announce)
    except DataDirectoryInUse as error:
        raise CommandError(
            f"Another runtime has the data in {config.data_dir} open.",
            "Use that one, or another folder:  groundstate serve --data-dir other",
        ) from error
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise CommandError(
            f"Port {config.port} of {config.host} is taken.",
            "Stop what listens there, or choose another port:  groundstate serve --port 4567",
        ) from error
