"""A runtime for commands, and a way to run them."""

import json
from typing import Any, NamedTuple

import pytest

from groundstate.cli.main import main
from groundstate.testing import Groundstate


class Said(NamedTuple):
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed as JSON."""
        return json.loads(self.out)


@pytest.fixture(scope="module")
def runtime():
    with Groundstate(real_time=True) as runtime:
        yield runtime


@pytest.fixture
def groundstate_command(runtime, capsys, monkeypatch):
    """Run a command line against the runtime."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", runtime.endpoint_url)

    def run(*words: str) -> Said:
        capsys.readouterr()
        status = main(words)
        return Said(status, *capsys.readouterr())

    return run
