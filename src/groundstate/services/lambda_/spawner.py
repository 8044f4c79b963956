"""Starts and ends processes through `forkserver.py`, from the runtime's loop."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
from collections import deque
from pathlib import Path
from typing import NamedTuple, Protocol

import orjson

from groundstate.services.lambda_.forkserver import PACKET_BYTES_MAX

_PROGRAM = Path(__file__).with_name("forkserver.py")

logger = logging.getLogger(__name__)


class Command(NamedTuple):
    """What an environment runs.

    Attributes:
        mode: `python` (AWS's runtime interface client, forked) or `exec`.
        argv: the command; for `python`, a name and the handler.
        variables: its whole environment.
        directory: where it runs.
        paths: what goes before Python's own module path.
        pycache: where compiled Python modules are kept.
        layers: the folders that are `/opt` on AWS, in the order in which they are laid over it.
        extensions: programs that run beside it, started before it.
        room: the file system that the process sees where the kernel allows it, see
            `private_root.py`.
    """

    mode: str
    argv: list[str]
    variables: dict[str, str]
    directory: str
    paths: list[str]
    pycache: str
    layers: list[str]
    extensions: list[str]
    room: dict[str, object]


class Listener(Protocol):
    """Who asked for a process, and hears of it: an environment."""

    def process_started(self, pid: int) -> None:
        """It runs."""

    def process_ended(self, status: int, peak_kb: int) -> None:
        """It has ended: waitpid's status, and the most memory that it used."""

    def extension_started(self, name: str, pid: int) -> None:
        """One of its extensions runs."""

    def extension_ended(self, name: str, status: int) -> None:
        """One of its extensions has ended: waitpid's status."""


class Spawner:
    """One fork server and the processes that it runs. It starts the server when it is first needed.

    Args:
        interpreter: the Python that it runs on.
        runtime_root: the folder with the packages of AWS's Python runtimes.
        preload: `boto3`, or empty: what the server imports besides AWS's runtime client.
    """

    def __init__(self, interpreter: str, runtime_root: Path, preload: str) -> None:
        self._interpreter = interpreter
        self._runtime_root = runtime_root
        self._preload = preload
        self._loop = asyncio.get_running_loop()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._listeners: dict[int, Listener] = {}
        self._extensions: dict[int, tuple[Listener, str]] = {}
        self._waiting: deque[tuple[bytes, list[int]]] = deque()
        self._last_id = 0

    def prepare(self) -> None:
        """Start the server ahead of its first use."""
        if self._control is None:
            self._open()

    def start(self, command: Command, outputs: list[int], listener: Listener) -> int:
        """Start a process; its number lets it be killed.

        Args:
            outputs: the file descriptors that its output goes to and, if it has extensions, that
                theirs does. They are closed here.
        """
        self.prepare()
        self._last_id += 1
        number = self._last_id
        self._listeners[number] = listener
        self._send(
            {
                "op": "start",
                "id": number,
                "mode": command.mode,
                "argv": command.argv,
                "env": command.variables,
                "cwd": command.directory,
                "paths": command.paths,
                "pycache": command.pycache,
                "layers": command.layers,
                "extensions": command.extensions,
                "room": command.room,
            },
            outputs,
        )
        return number

    def kill(self, number: int) -> None:
        """Kill a process with its whole group; nothing happens if it has ended."""
        if number in self._listeners:
            self._send({"op": "kill", "id": number}, [])

    def terminate(self, number: int) -> None:
        """Ask a process to end (SIGTERM); nothing happens if it has ended."""
        if number in self._listeners:
            self._send({"op": "terminate", "id": number}, [])

    def kill_extension(self, pid: int) -> None:
        """Kill an extension; nothing happens if it has ended."""
        if pid in self._extensions:
            self._send({"op": "kill_extension", "pid": pid}, [])

    async def stop(self) -> None:
        """Kill all processes and end the server."""
        process = self._process
        if process is None:
            return
        self._close()
        try:
            await self._loop.run_in_executor(None, process.wait, 5)
        except subprocess.TimeoutExpired:
            process.kill()
            await self._loop.run_in_executor(None, process.wait)

    def _open(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * PACKET_BYTES_MAX)
        ours.setblocking(False)
        arguments = [self._interpreter, "-I", "-X", "utf8", str(_PROGRAM), str(theirs.fileno())]
        with theirs, Path(os.devnull).open("r+b") as null:
            self._process = subprocess.Popen(
                [*arguments, str(self._runtime_root), self._preload],
                stdin=null,
                stdout=null,
                pass_fds=[theirs.fileno()],
                env={"LANG": "en_US.UTF-8", "LC_CTYPE": "C.UTF-8", "PATH": os.defpath},
                start_new_session=True,
            )
        self._control = ours
        self._loop.add_reader(ours, self._read)

    def _close(self) -> None:
        if self._control is not None:
            self._loop.remove_reader(self._control)
            self._loop.remove_writer(self._control)
            self._control.close()
        self._control = None
        self._process = None
        for _, descriptors in self._waiting:
            for descriptor in descriptors:
                os.close(descriptor)
        self._waiting.clear()

    def _send(self, message: dict[str, object], descriptors: list[int]) -> None:
        packet = orjson.dumps(message)
        assert len(packet) <= PACKET_BYTES_MAX, len(packet)
        self._waiting.append((packet, descriptors))
        self._flush()

    def _flush(self) -> None:
        control = self._control
        assert control is not None, "the fork server was not started"
        while self._waiting:
            packet, descriptors = self._waiting[0]
            try:
                socket.send_fds(control, [packet], descriptors)
            except BlockingIOError:
                self._loop.add_writer(control, self._flush)
                return
            except OSError:
                self._lost()
                return
            self._waiting.popleft()
            for descriptor in descriptors:
                os.close(descriptor)
        self._loop.remove_writer(control)

    def _read(self) -> None:
        assert self._control is not None
        try:
            packet = self._control.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._lost()
            return
        message = orjson.loads(packet)
        if "stray" in message:
            extension = self._extensions.pop(message["stray"], None)
            if extension is not None:
                extension[0].extension_ended(extension[1], message["status"])
            return
        listener = self._listeners[message["id"]]
        if "extension" in message:
            self._extensions[message["pid"]] = (listener, message["extension"])
            listener.extension_started(message["extension"], message["pid"])
        elif "pid" in message:
            listener.process_started(message["pid"])
        else:
            del self._listeners[message["id"]]
            listener.process_ended(message["status"], message["peak_kb"])

    def _lost(self) -> None:
        """The server is gone, and its processes with it: say so to those who wait for them."""
        logger.error("The program that runs the functions' processes ended; it is started again.")
        process = self._process
        self._close()
        if process is not None:
            process.kill()
            process.wait()
        listeners, self._listeners = self._listeners, {}
        extensions, self._extensions = self._extensions, {}
        for listener in listeners.values():
            listener.process_ended(signal.SIGKILL, 0)
        for listener, name in extensions.values():
            listener.extension_ended(name, signal.SIGKILL)
