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
from groundstate.cli.connection import read_settings
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.config import Config
from groundstate.runtime import CannotListen, CannotWrite, serve
from groundstate.store.connection import (
    DataDirectoryInUse,
    DataDirectoryIsNewer,
    DataDirectoryUnusable,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """An option for each setting of the runtime."""
    for setting in fields(Config):
        option = f"--{setting.name.replace('_', '-')}"
        text = setting.metadata["help"]
        if isinstance(setting.default, bool):
            parser.add_argument(option, action="store_true", default=None, help=text)
        else:
            kind, choices = type(setting.default), setting.metadata["choices"]
            shown = f"{text} [{setting.default}]" if setting.default != "" else text
            metavar = "|".join(choices) or ("NUMBER" if kind is int else "TEXT")
            parser.add_argument(option, type=kind, metavar=metavar, help=shown)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Serve; the exit status is 0 after a signal."""
    given = {setting.name: getattr(arguments, setting.name) for setting in fields(Config)}
    config = read_settings(lambda: Config.from_environment(**given))

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
    except DataDirectoryIsNewer as error:
        raise CommandError(
            f"A later version of Groundstate than {__version__} wrote the data in"
            f" {config.data_dir}.",
            "Update Groundstate, or use another folder:  groundstate serve --data-dir other",
        ) from error
    except CannotListen as error:
        raise CommandError(*_word_listening(config, error)) from error
    except CannotWrite as error:
        raise CommandError(
            f"The data in {config.data_dir} could not be written any more: {error}.",
            "All that was answered is kept. Make room on the disk, and start again.",
        ) from error
    except DataDirectoryUnusable as error:
        raise CommandError(
            f"The data cannot be kept in {config.data_dir}: {error}.",
            "Name another folder, one that you may write to:  groundstate serve --data-dir other",
        ) from error


def _word_listening(config: Config, error: CannotListen) -> tuple[str, str]:
    """What happened and what to do next, when the runtime cannot listen where it shall."""
    if error.number == errno.EADDRINUSE:
        return (
            f"Port {config.port} of {config.host} is taken.",
            "Stop what listens there, or choose another port:  groundstate serve --port 4567",
        )
    where = f"The runtime cannot listen on port {config.port} of {config.host}: {error}."
    if error.number in (errno.EACCES, errno.EPERM):
        return where, "Choose a port from 1024 on:  groundstate serve --port 4566"
    return where, "Choose an address of this machine:  groundstate serve --host 127.0.0.1"
