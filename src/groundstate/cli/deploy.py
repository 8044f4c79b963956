"""Deploy a CDK app: synthesize it if its sources have changed, then create or update its stacks.

Neither the CDK CLI nor `cdk bootstrap` is needed. The same app goes to AWS with `cdk deploy`.
A CloudFormation or SAM template is deployed with the code and definitions that it names by path.
"""

from __future__ import annotations

import argparse

from groundstate.cli.apps import add_app_arguments, deploy_app, read_app
from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.config import ACCEPT_INERT_TAG


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The app, and which of its stacks."""
    add_app_arguments(parser, or_template=True)
    parser.add_argument(
        "--stack",
        dest="stacks",
        metavar="NAME",
        action="append",
        help="deploy this stack and no other; * matches any text; may be repeated [all]",
    )
    parser.add_argument(
        "--accept-inert",
        metavar="TYPE",
        action="append",
        default=[],
        help="keep resources of this type, which the runtime does not run, as records without "
        "behaviour; all accepts every type; may be repeated",
    )
    parser.add_argument(
        "--parameter",
        dest="parameters",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="a value for a parameter of a template; may be repeated",
    )
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Deploy the app."""
    client = connect(arguments)
    client.get_health()
    assembly = read_app(
        arguments.app,
        client,
        console,
        force=arguments.synthesize,
        stack_name=arguments.stack_name,
        parameters=_read_parameters(arguments.parameters),
    )
    stacks = [
        stack
        for stack in assembly.stacks
        if not arguments.stacks or any(stack in assembly.find_stacks(p) for p in arguments.stacks)
    ]
    if arguments.stacks and not stacks:
        raise CommandError(
            f"The app has no stack {' or '.join(arguments.stacks)}.",
            f"Its stacks: {', '.join(stack.name for stack in assembly.stacks)}",
        )
    tags = {ACCEPT_INERT_TAG: ",".join(arguments.accept_inert)} if arguments.accept_inert else {}
    deployed = deploy_app(client, stacks, console, tags=tags)
    console.show(
        {
            name: {
                "stackId": state.stack_id,
                "status": state.status,
                "changed": changed,
                "outputs": state.outputs,
            }
            for name, (state, changed) in deployed.items()
        }
    )
    for name, (state, _) in deployed.items():
        for key, value in state.outputs.items():
            console.say(f"{name}.{key} = {value}")
    return 0


def _read_parameters(entries: list[str]) -> dict[str, str]:
    parameters = {}
    for entry in entries:
        name, equals, value = entry.partition("=")
        if not name or not equals:
            raise CommandError(f"--parameter {entry} has not the form NAME=VALUE.")
        parameters[name] = value
    return parameters
