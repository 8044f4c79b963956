"""The options that say which runtime a command talks to."""

from __future__ import annotations

import argparse

from groundstate.cli.client import Client
from groundstate.config import ClientConfig


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
        ClientConfig.from_environment(endpoint_url=arguments.endpoint_url, region=arguments.region)
    )
