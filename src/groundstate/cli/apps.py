"""An app's stacks, read from what it synthesizes to or from a template.

What `deploy`, `destroy` and `run` share.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from groundstate.cli.client import Client
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.cli.stacks import StackState, deploy_stack
from groundstate.cli.synthesis import find_app, synthesize
from groundstate.cloud_assembly import AssemblyError, AssemblyStack, CloudAssembly, read_assembly
from groundstate.local_template import is_template, read_local_template


def add_app_arguments(parser: argparse.ArgumentParser, *, or_template: bool = False) -> None:
    """The app's folder, and whether to synthesize it in any case.

    Args:
        or_template: a CloudFormation or SAM template is taken as well.
    """
    template = ", or a CloudFormation or SAM template" if or_template else ""
    parser.add_argument(
        "app",
        metavar="APP",
        nargs="?",
        help=f"folder with the app's cdk.json, or a synthesized cdk.out{template} [., or ./app]",
    )
    parser.add_argument(
        "--synthesize",
        action="store_true",
        help="synthesize even if nothing in the app's folder has changed",
    )
    if or_template:
        parser.add_argument(
            "--stack-name",
            metavar="NAME",
            default="",
            help="name of a template's stack [the file's, or the folder's of template.yaml]",
        )


def read_app(
    app: str | None,
    client: Client,
    console: Console,
    *,
    force: bool = False,
    is_superseded: Callable[[], bool] | None = None,
    stack_name: str = "",
    parameters: Mapping[str, str] | None = None,
) -> CloudAssembly:
    """The stacks of an app, synthesized if it changed; each after those that it depends on.

    Args:
        is_superseded: asked again and again during the synthesis; True stops it.
        stack_name, parameters: of a template's stack.

    Raises:
        CommandError: there is no app, or it cannot be synthesized.
        Superseded: the synthesis was stopped.
    """
    account, region = client.find_account(), client.config.region
    if app is not None and is_template(app):
        try:
            return read_local_template(
                app, name=stack_name, parameters=parameters, account=account, region=region
            )
        except AssemblyError as error:
            raise CommandError(str(error)) from error
    if stack_name or parameters:
        raise CommandError(
            "--stack-name and --parameter are for templates; an app names its stacks itself.",
            "Name the template's file:  groundstate deploy path/to/template.yaml",
        )
    found = find_app(app)
    folder = synthesize(
        found,
        console,
        account=account,
        region=region,
        force=force,
        is_superseded=is_superseded,
    )
    try:
        return read_assembly(folder, account=account, region=region)
    except AssemblyError as error:
        raise CommandError(str(error)) from error


def deploy_app(
    client: Client,
    stacks: Sequence[AssemblyStack],
    console: Console,
    *,
    tags: dict[str, str] | None = None,
) -> dict[str, tuple[StackState, bool]]:
    """Deploy stacks one after the other; by name, what became of them and whether they changed.

    Args:
        tags: for every stack, beside those that the app gives it.

    Raises:
        CommandError: one failed; those before it stay deployed.
    """
    if not stacks:
        raise CommandError("The app has no stack.")
    deployed = {}
    for stack in stacks:
        console.note(f"Deploying {stack.name}")
        state, changed = deploy_stack(client.in_region(stack.region), stack, console, tags or {})
        console.note(f"{stack.name}: {state.status if changed else 'no changes'}")
        deployed[stack.name] = state, changed
    return deployed
