"""A served runtime that one run's tests share, bootstrapped by the CDK's command line.

These tests take minutes, and need npm's registry once: `make cdk` alone runs them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.cdk.command_line import CommandLine, install, make_environment

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCRATCH = ROOT / ".bench" / "cdk-cli"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run only when asked by name: `-m "not slow"` does not mean these."""
    if config.getoption("-m") != "cdk":
        for item in items:
            if item.path.is_relative_to(HERE):
                item.add_marker(pytest.mark.skip(reason="`make cdk` runs these."))


class World:
    """A runtime, and clients of it."""

    def __init__(self, endpoint_url: str, folder: Path, program: Path) -> None:
        self.endpoint_url = endpoint_url
        self.folder = folder
        self.environment = make_environment(endpoint_url, folder / "home")
        self._program = program

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def copy_app(self, source: Path) -> CommandLine:
        """An app in a folder of its own, that may be changed."""
        target = self.folder / source.name
        unwanted = shutil.ignore_patterns("cdk.out", "__pycache__", "cdk.context.json")
        shutil.copytree(source, target, ignore=unwanted)
        return CommandLine(self._program, target, self.environment)

    def outputs(self, stack: str) -> dict[str, str]:
        found = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {entry["OutputKey"]: entry["OutputValue"] for entry in found["Outputs"]}

    def status(self, stack: str) -> str:
        """The status of a stack, or that of the last one of its name."""
        found = self.client("cloudformation").list_stacks()["StackSummaries"]
        return next(entry["StackStatus"] for entry in found if entry["StackName"] == stack)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("cdk")
    command = [sys.executable, "-m", "groundstate.cli", "serve", "--port", "0"]
    with subprocess.Popen(
        [*command, "--data-dir", str(folder / "data")], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = next(word for word in line.split() if word.startswith("http://"))
            yield World(address, folder, install(SCRATCH))
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def bootstrapped(world: World) -> World:
    app = world.copy_app(HERE / "small")
    assert "bootstrapped.\n" in app.run("bootstrap")
    assert "bootstrapped (no changes)." in app.run("bootstrap")
    shutil.rmtree(app.app)
    return world


@pytest.fixture
def wait() -> Callable[..., None]:
    """Wait until something is so, at most so many seconds."""
    import time

    def run(is_so: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.1)

    return run
