"""Deploy a CDK app, and again whenever one of its files changes, until you interrupt it.

Changed handler code is live at once; the stack follows when the app has been synthesized. A change
during a synthesis stops it, so that the stack is never deployed with code that is older than what
was made live.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from groundstate.cli.apps import add_app_arguments, deploy_app, read_app
from groundstate.cli.client import Client
from groundstate.cli.connection import add_connection_arguments, connect
from groundstate.cli.errors import CommandError, NoRuntime
from groundstate.cli.hotswap import CodeFolder, find_code_folders, swap_code
from groundstate.cli.output import Console
from groundstate.cli.synthesis import App, Superseded, find_app, list_sources
from groundstate.clock import pause

# A look at a hundred files takes a millisecond or two.
LOOK_INTERVAL_S = 0.05

Snapshot = dict[Path, tuple[int, int]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The app."""
    add_app_arguments(parser)
    add_connection_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Watch until the user interrupts."""
    if console.as_json:
        raise CommandError("watch has no --json: it would never be complete.")
    client = connect(arguments)
    client.get_health()
    watcher = Watcher(client, find_app(arguments.app), console)
    watcher.deploy()
    console.note(f"Watching {watcher.app.folder.resolve()}; Ctrl-C ends it")
    for changed in watcher.changes():
        watcher.react(changed)
    return 0


class Watcher:
    """Keeps what is deployed as the app's files say.

    Attributes:
        app: the app that is watched.
        code_folders: where functions have their code from, as far as it is known.
    """

    def __init__(self, client: Client, app: App, console: Console) -> None:
        self.app = app
        self.code_folders: list[CodeFolder] = []
        self._client = client
        self._console = console
        self._seen = _take_snapshot(app)

    def deploy(self) -> None:
        """Synthesize and deploy, until nothing changes meanwhile; a failure is said."""
        while not self._deploy_unless_superseded():
            pass

    def _deploy_unless_superseded(self) -> bool:
        try:
            assembly = read_app(
                str(self.app.folder),
                self._client,
                self._console,
                is_superseded=self._react_meanwhile,
            )
            deploy_app(self._client, assembly.stacks, self._console)
            folders = sorted({path.parent for path in self._seen})
            self.code_folders = find_code_folders(
                self._client, assembly.stacks, folders, self.code_folders
            )
        except Superseded:
            return False
        except NoRuntime:
            raise
        except CommandError as error:
            self._console.note(f"{error.message}\n{error.hint}".rstrip())
        return True

    def react(self, changed: list[Path]) -> None:
        """Bring changed files to where they run."""
        self._make_live(changed)
        self.deploy()

    def _react_meanwhile(self) -> bool:
        changed = self.look()
        if changed:
            self._make_live(changed)
        return bool(changed)

    def _make_live(self, changed: list[Path]) -> None:
        names = ", ".join(str(path.relative_to(self.app.folder)) for path in changed[:3])
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        self._console.say(f"Changed: {names}{more}")
        try:
            updated = swap_code(self._client, changed, self.code_folders)
        except NoRuntime:
            raise
        except CommandError as error:
            self._console.note(error.message)
            updated = []
        if updated:
            self._console.say(f"Live: {', '.join(updated)}")

    def changes(self) -> Iterator[list[Path]]:
        """Look again and again; what has changed since the last time, whenever something has."""
        while True:
            changed = self.look()
            if changed:
                yield changed
            pause(LOOK_INTERVAL_S)

    def look(self) -> list[Path]:
        """The files that were changed, added or removed since the last look."""
        before, self._seen = self._seen, _take_snapshot(self.app)
        return sorted(
            path
            for path in before.keys() | self._seen.keys()
            if before.get(path) != self._seen.get(path)
        )


def _take_snapshot(app: App) -> Snapshot:
    snapshot = {}
    for path in list_sources(app):
        try:
            found = path.stat()
        except FileNotFoundError:
            # An editor replaces a file by removing it first; the next look finds the new one.
            continue
        snapshot[path] = found.st_mtime_ns, found.st_size
    return snapshot
