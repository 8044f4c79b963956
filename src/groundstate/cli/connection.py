"""The options that say which runtime a command talks to."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeVar

from groundstate.cli.client import Client
from groundstate.cli.errors import CommandError
from groundstate.config import ClientConfig

Settings = TypeVar("Settings")


def add_connection_arguments(parser: argparse.ArgumentParser) -> None:
    """`--endpoint-url` and `--region`."""
    parser.add_argument(
        "--endpoint-url",
        metavar="URL",
        help="address of the runtime [AWS_ENDPOINT_URL, or http://127.0.0.1:4566]",
    )
    parser.add_argument("--region", help="region to look in [AWS_REGION, or us-east-1]")


def connect(arguments: argparse.Namespace) -> Client:
    """A client of the runtime that the options name. Nothing is sent yet."""
    return Client(
        read_settings(
            lambda: ClientConfig.from_environment(
                endpoint_url=arguments.endpoint_url, region=arguments.region
            )
        )
    )


def parse_count(text: str) -> int:
    """A number of things to show: at least one.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def read_settings(read: Callable[[], Settings]) -> Settings:
    """What `read` makes of options and environment.

    Raises:
        CommandError: one of them cannot be what it is.
    """
    try:
        return read()
    except ValueError as error:
        raise CommandError(f"{error}.", "The settings:  groundstate serve --help") from error
