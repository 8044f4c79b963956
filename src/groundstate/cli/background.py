"""A runtime in the background, for a command that needs one where none answers yet."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from groundstate.cli.client import Client
from groundstate.cli.errors import CommandError
from groundstate.cli.output import Console
from groundstate.clock import pause, wall_time

START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
_POLL_INTERVAL_S = 0.02
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


@contextmanager
def ensure_runtime(
    client: Client, console: Console, *, data_dir: str, keep: bool
) -> Iterator[None]:
    """Use the runtime that answers, or start one and end it afterwards.

    What it holds stays in `data_dir`, so that the next start finds it again.

    Args:
        data_dir: where a runtime of our own keeps its data.
        keep: let a runtime of our own run on afterwards.

    Raises:
        CommandError: it did not start, or something else answers at its address.
    """
    if client.find_health() is not None:
        console.note(f"Using the runtime that answers at {client.endpoint_url}")
        yield
        return
    log = Path(data_dir) / "runtime.log"
    process, log_began_at = _start(client, console, log)
    # `kill` and `timeout` send SIGTERM; let it unwind, so that the runtime is not left behind.
    before = signal.signal(signal.SIGTERM, _exit_on_signal)
    try:
        _wait_answering(client, process, log, log_began_at)
        yield
    except BaseException:
        keep = False
        raise
    finally:
        signal.signal(signal.SIGTERM, before)
        if process.poll() is not None:
            pass  # It ended by itself, and the error that is on its way says so.
        elif keep:
            console.note(
                f"The runtime goes on as process {process.pid}; end it: kill {process.pid}"
            )
        else:
            _stop(process)
            console.note(
                f"The runtime has ended; its data stay in {data_dir}. "
                f"Look around with:  {_name_program()} serve"
            )


def _start(client: Client, console: Console, log: Path) -> tuple[subprocess.Popen[bytes], int]:
    """The process, and where in the log its own lines begin: earlier runtimes wrote there too."""
    if client.host not in _LOCAL_HOSTS:
        client.get_health()
    data_dir = str(log.parent)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("ab")
    except OSError as error:
        raise CommandError(
            f"The data cannot be kept in {data_dir}: {error.strerror}.",
            "Name a folder that you may write to:  --data-dir other",
        ) from error
    console.note(f"Starting a runtime at {client.endpoint_url} (data and log in {data_dir})")
    options = ["--host", client.host, "--port", str(client.port), "--data-dir", data_dir]
    with output:
        log_began_at = output.tell()
        # A session of its own: Ctrl-C ends this command, which then ends the runtime in good order.
        process = subprocess.Popen(
            [sys.executable, "-m", "groundstate.cli", "serve", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        return process, log_began_at


def _wait_answering(
    client: Client, process: subprocess.Popen[bytes], log: Path, log_began_at: int
) -> None:
    deadline = wall_time() + START_TIMEOUT_S
    while client.find_health() is None:
        if process.poll() is not None:
            said = log.read_bytes()[log_began_at:].decode("utf-8", "replace").splitlines()[-5:]
            raise CommandError(
                f"The runtime ended at its start with exit status {process.returncode}.",
                "\n".join([f"The end of {log}:", *(f"  {line}" for line in said)]),
            )
        if wall_time() > deadline:
            raise CommandError(f"The runtime did not answer within {START_TIMEOUT_S:.0f} s.")
        pause(_POLL_INTERVAL_S)


def _name_program() -> str:
    """How to type this program's name: `make run` works where nobody has put it on the PATH."""
    if shutil.which("groundstate") is not None:
        return "groundstate"
    script = Path(sys.executable).with_name("groundstate")
    if not script.is_file():
        return f"{sys.executable} -m groundstate.cli"
    return str(script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _exit_on_signal(number: int, _frame: Any) -> None:
    sys.exit(128 + number)
