"""Start what is measured: Groundstate, and the rivals in an environment of the benchmarks' own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

SCRATCH = Path(".bench")
RIVAL_PACKAGES = ("moto[server]==5.2.5", "ministack==1.5.33")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

# A server is quiet when it takes no more CPU time than this in so long.
_QUIET_S, _QUIET_CPU_S = 0.5, 0.02
_SETTLE_S_MAX = 10.0


@dataclass
class Server:
    """A server under measurement."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    data_dir: str = ""
    folders: list[str] = field(default_factory=list)

    @property
    def cpu_s(self) -> float:
        """CPU time of the process and those that it started, in seconds."""
        return sum(_cpu_s(pid) for pid in _tree(self.process.pid))

    @property
    def memory_bytes(self) -> int:
        """Resident memory of the process itself."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def settle(self) -> None:
        """Wait until it is done with what it does by itself in its first moments."""
        give_up_at = time.monotonic() + _SETTLE_S_MAX
        before = -1.0
        while (now := self.cpu_s) - before > _QUIET_CPU_S and time.monotonic() < give_up_at:
            before = now
            time.sleep(_QUIET_S)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """End the process, by its id."""
        self.process.send_signal(number)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def clean(self) -> None:
        """Remove what it kept."""
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def start_groundstate(
    data_dir: str | None = None, port: int = 0, name: str = "groundstate"
) -> Server:
    """Groundstate as a user has it: durable, `synchronous=FULL`."""
    port = port or free_port()
    folder = data_dir or tempfile.mkdtemp(prefix="groundstate-bench-")
    command = [
        sys.executable,
        "-m",
        "groundstate.cli",
        "serve",
        "--port",
        str(port),
        "--data-dir",
        folder,
    ]
    return start(name, port, command, folder)


def start_moto() -> Server:
    """moto's server, in memory: it has nothing else. It runs state machines if it is told to."""
    port = free_port()
    server = start("moto", port, [str(_rivals() / "moto_server"), "-p", str(port)])
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/moto-api/config",
        data=b'{"stepfunctions": {"execute_state_machine": true}}',
        headers={"Content-Type": "application/json"},
    )
    urllib.request.urlopen(request).close()
    return server


def start_ministack() -> Server:
    """ministack, in memory as it comes."""
    port = free_port()
    environment = {"GATEWAY_PORT": str(port), "PORT": str(port), "MINISTACK_PORT": str(port)}
    return start("ministack", port, [str(_rivals() / "ministack")], environment=environment)


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _rivals() -> Path:
    """The folder of the rivals' commands; made at the first use."""
    environment = SCRATCH / "rivals"
    marker = environment / "installed"
    if not marker.exists() or marker.read_text() != " ".join(RIVAL_PACKAGES):
        print("Installing the rivals into", environment, flush=True)
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        pip = str(environment / "bin" / "pip")
        subprocess.run([pip, "install", "--quiet", *RIVAL_PACKAGES], check=True)
        marker.write_text(" ".join(RIVAL_PACKAGES))
    return environment / "bin"


def start(
    name: str,
    port: int,
    command: list[str],
    data_dir: str = "",
    environment: dict[str, str] | None = None,
) -> Server:
    """Start a server and wait until it answers."""
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            env={**os.environ, **(environment or {})},
        )
    server = Server(name, port, process, data_dir, [data_dir] if data_dir else [])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_groundstate/health", timeout=5)
            return server
        except urllib.error.HTTPError:
            return server
        except OSError:
            time.sleep(0.01)
    server.process.kill()
    raise RuntimeError(f"{name} did not answer; see {SCRATCH / f'{name}.log'}")


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        found += [int(child) for child in children]
    return found


def _cpu_s(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
