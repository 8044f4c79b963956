"""The program that starts and ends the processes of functions. It imports nothing of Groundstate.

Theory. The runtime starts this program once (`spawner.py`) and talks to it over a socket pair. It
has Python's and AWS's runtime modules already imported, so that a new environment is a `fork` away
(a few milliseconds) instead of an interpreter's start. Programs that are not Python (`bootstrap`,
Node) are forked and executed by it as well, so that there is one owner of all processes.

What holds: each environment is a session of its own; when this program's socket closes, because
the runtime ended or was killed, it kills every environment with its whole process group, and
whatever else descends from it, and ends. If this program itself is killed, the kernel kills the
environments' first processes (PR_SET_PDEATHSIG).

An environment's extensions are started by its first process, once that has the root, and so the
`/tmp`, that they share; then it waits until they have registered, and becomes the runtime. They are
children of this program and each is a process group of its own, so that they may outlive the
runtime for the two seconds that AWS gives them.

Messages are JSON, one for each packet. To this program:
    {"op": "start", "id": 1, "mode": "python" | "exec", "argv": [...], "env": {...}, "cwd": "...",
     "paths": [...], "pycache": "...", "layers": [...], "extensions": [...], "room": {...}}
                                with file descriptors: where its output goes, and where that of
                                its extensions does, if it has some
    {"op": "kill" | "terminate", "id": 1}
    {"op": "kill_extension", "pid": 4712}
From it:
    {"id": 1, "pid": 4711}      it was started
    {"id": 1, "extension": "name", "pid": 4712}   an extension of it was started
    {"id": 1, "status": 256, "peak_kb": 33000}    it ended; the status is waitpid's
    {"stray": 4712, "status": 256}                another process ended: an extension, or one that
                                                  a function started and left behind
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import fcntl
import importlib.util
import json
import os
import resource
import selectors
import signal
import socket
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

PACKET_BYTES_MAX = 256 * 1024
OPEN_FILES_MAX = (
    1024  # AWS: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
)
TELEMETRY_FD = 3
# Higher than any that this program has, or is given.
_KEPT_FD = 128

Message = dict[str, Any]

_OPT = "/opt/"
# The runtime's own: extensions do not have these.
# AWS: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
_NOT_FOR_EXTENSIONS = (
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_XRAY_CONTEXT_MISSING",
    "AWS_XRAY_DAEMON_ADDRESS",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "_HANDLER",
    "_LAMBDA_TELEMETRY_LOG_FD",
    "GROUNDSTATE_SDK",
    "GROUNDSTATE_SDK_TOKEN",
)
# Ours: answered when all extensions of the environment have registered.
_REGISTERED = "/groundstate/extensions/registered"
_LAMBDA_PYTHON = b"/var/lang/bin/python"

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

# Imported once here, so that no environment has to: what AWS's Python runtime client imports.
_PRELOADED = (
    "simplejson",
    "logging",
    "traceback",
    "decimal",
    "concurrent.futures.thread",
    "http.client",
    "urllib.parse",
    "uuid",
    "datetime",
)
# AWS's Python runtimes bring boto3. A function that brings its own is forked from a program
# that has not imported these.
_PRELOADED_BOTO3 = (
    "boto3",
    "boto3.dynamodb.conditions",
    "boto3.dynamodb.types",
    "boto3.session",
    "botocore.client",
    "botocore.endpoint",
    "botocore.httpsession",
    "botocore.session",
    "botocore.signers",
    "botocore.parsers",
    "botocore.retries.standard",
    "botocore.retries.adaptive",
    "boto3.dynamodb.transform",
    "boto3.dynamodb.table",
)


def main() -> None:
    """Serve until the runtime is gone; in a forked process, become the function."""
    control = socket.socket(fileno=int(sys.argv[1]))
    runtime_root, preload = sys.argv[2:]
    # As on AWS, and without the packages of this interpreter's own.
    sys.path[:] = [*_standard_library(), runtime_root]
    sys.meta_path[:] = [finder for finder in sys.meta_path if not _is_of_project(finder)]
    preloads = _PRELOADED + (_PRELOADED_BOTO3 if preload == "boto3" else ())
    function = Server(control, list(preloads)).serve()
    if function is not None:
        # The server's frames are left, so that the function is alone on the stack.
        run_python(function)


def run_python(start: Message) -> None:
    """Become a Python function: AWS's runtime interface client with its handler."""
    sys.argv[:] = start["argv"]
    sys.path[:] = [*start["paths"], *_standard_library(), start["env"]["LAMBDA_RUNTIME_DIR"]]
    _keep_compiled_apart(start["paths"], start["pycache"])
    if start["layers"]:
        _find_programs_in_layers(start["layers"])
    from awslambdaric.__main__ import main as run

    run(sys.argv)


def _keep_compiled_apart(paths: list[str], pycache: str) -> None:
    """Have the function's own modules compiled into a folder that its environments share.

    Its code cannot be written to. Python's own modules and the runtime's have theirs beside them:
    to compile botocore anew takes a second.
    """
    from importlib import machinery

    class Loader(machinery.SourceFileLoader):
        def get_code(self, fullname: str) -> Any:
            sys.pycache_prefix = pycache
            try:
                return super().get_code(fullname)
            finally:
                sys.pycache_prefix = None

    find = machinery.FileFinder.path_hook(
        (machinery.ExtensionFileLoader, machinery.EXTENSION_SUFFIXES),
        (Loader, machinery.SOURCE_SUFFIXES),
        (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
    )

    def find_in_own(path: str) -> Any:
        if any(path == own or path.startswith(f"{own}/") for own in paths):
            return find(path)
        raise ImportError(path)

    sys.path_hooks.insert(0, find_in_own)


def _standard_library() -> list[str]:
    library = sysconfig.get_path("stdlib")
    places = {library, sysconfig.get_path("platstdlib"), f"{library}/lib-dynload"}
    return [path for path in sys.path if path in places or path.endswith(".zip")]


def _is_of_project(finder: object) -> bool:
    """Whether a finder was put there by a project that is installed to be edited."""
    module = getattr(finder, "__module__", None) or type(finder).__module__
    return module.startswith("__editable__")


def _find_programs_in_layers(layers: list[str]) -> None:
    """Let a function start the programs of its layers by the names that they have on AWS.

    Layers are laid over `/opt` there; here they are folders, and `/opt` is the machine's own. The
    CDK's BucketDeployment starts `/opt/awscli/aws`, a script for `/var/lang/bin/python`.
    """
    import subprocess

    start = subprocess.Popen.__init__

    def start_from_layer(self: Any, args: Any, *more: Any, **options: Any) -> None:
        if not isinstance(args, (str, bytes, os.PathLike)):
            args = [os.fspath(argument) for argument in args]
            args[:1] = _program_in_layers(args[0], layers) if args else []
        start(self, args, *more, **options)

    subprocess.Popen.__init__ = start_from_layer  # type: ignore[method-assign]


def _program_in_layers(program: Any, layers: list[str]) -> list[Any]:
    if not isinstance(program, str) or not program.startswith(_OPT) or Path(program).exists():
        return [program]
    for layer in reversed(layers):
        path = Path(layer, program.removeprefix(_OPT))
        if path.is_file():
            with path.open("rb") as file:
                first_line = file.readline(256)
            return [sys.executable, str(path)] if _LAMBDA_PYTHON in first_line else [str(path)]
    return [program]


def load_private_root() -> Any:
    """The module beside this program, which is not on the module path."""
    path = Path(__file__).with_name("private_root.py")
    spec = importlib.util.spec_from_file_location("private_root", path)
    assert spec is not None, path
    assert spec.loader is not None, path
    module = importlib.util.module_from_spec(spec)
    sys.modules["private_root"] = module
    spec.loader.exec_module(module)
    return module


class Server:
    """Starts, kills and reaps processes.

    Attributes:
        pids: the process of each environment that runs, by the environment's id.
    """

    def __init__(self, control: socket.socket, preloads: list[str]) -> None:
        self.control = control
        self._preloads = preloads[::-1]
        self.pids: dict[int, int] = {}
        self._private_root = load_private_root()
        self._has_rooms: bool | None = None
        self._libc = ctypes.CDLL(None)
        self._libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._wake_write)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        # The terminal's Ctrl-C is the runtime's business: it closes the socket when it ends.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._wake_read, selectors.EVENT_READ)

    def serve(self) -> Message | None:
        """Serve until the socket closes; in a new process, the start message that it is to run."""
        while True:
            # Modules are imported while nothing else is to do: the first environment need not
            # wait for all of them.
            for key, _ in self._selector.select(0 if self._preloads else None):
                if key.fileobj is self.control:
                    message, descriptors = self._receive()
                    if message is None:
                        self._end()
                        return None
                    if message["op"] != "start":
                        self._signal(message)
                    elif self._start(message, descriptors):
                        return message
                else:
                    os.read(self._wake_read, 4096)
            self._reap()
            if self._preloads:
                _preload(self._preloads.pop())

    def _receive(self) -> tuple[Message | None, list[int]]:
        space = socket.CMSG_SPACE(2 * 4)
        try:
            data, ancillary, _, _ = self.control.recvmsg(PACKET_BYTES_MAX, space)
        except ConnectionResetError:
            return None, []
        descriptors = array.array("i")
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(content[: len(content) - len(content) % 4])
        return (json.loads(data) if data else None), list(descriptors)

    def _send(self, message: Message) -> None:
        try:
            self.control.send(json.dumps(message).encode())
        except OSError:
            return  # The runtime is gone; the next read says so.

    def _start(self, message: Message, outputs: list[int]) -> bool:
        """Fork. True in the new process, if it is to run Python."""
        room = self._private_root.Room(**message["room"])
        if self._has_rooms is None:
            self._has_rooms = self._private_root.is_possible(room)
        if self._has_rooms:
            message.update(self._private_root.as_seen_inside(message))
        pid = os.fork()
        if pid:
            for output in outputs:
                os.close(output)
            self.pids[message["id"]] = pid
            self._send({"id": message["id"], "pid": pid})
            return False
        try:
            self._become(message, outputs, room)
            if message["mode"] == "python":
                return True
            os.execve(message["argv"][0], message["argv"], message["env"])  # noqa: S606, no shell
        except BaseException as error:  # noqa: BLE001, nothing may get back into the server
            os.write(1, f"{error}\n".encode())
            os._exit(127)

    def _become(self, message: Message, outputs: list[int], room: Any) -> None:
        """Make this process an environment: its own session, output, limits and variables."""
        server = os.getppid()
        os.setsid()
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        if message["mode"] == "python":
            signal.signal(signal.SIGINT, signal.default_int_handler)
            signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        self._selector.close()
        # Kept until the extensions run: they are announced there.
        kept = fcntl.fcntl(self.control, fcntl.F_DUPFD_CLOEXEC, _KEPT_FD)
        output, last = outputs[0], outputs[-1]
        extensions_output = fcntl.fcntl(last, fcntl.F_DUPFD_CLOEXEC, _KEPT_FD)
        self.control.close()
        os.close(self._wake_read)
        os.close(self._wake_write)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if message["mode"] == "python":
            os.dup2(output, TELEMETRY_FD, inheritable=False)
        os.closerange(TELEMETRY_FD + (message["mode"] == "python"), _KEPT_FD)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        soft = OPEN_FILES_MAX if hard == resource.RLIM_INFINITY else min(OPEN_FILES_MAX, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        if self._has_rooms:
            self._private_root.enter(room)
        # After that, because a change of credentials clears it.
        self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        with socket.socket(fileno=kept) as announcements:
            for path in message["extensions"]:
                self._launch_extension(message, path, extensions_output, server, announcements)
        os.close(extensions_output)
        if message["extensions"]:
            _await_registration(message["env"]["AWS_LAMBDA_RUNTIME_API"])
        os.chdir(message["cwd"])
        os.environ.clear()
        os.environ.update(message["env"])
        time.tzset()

    def _launch_extension(
        self,
        message: Message,
        path: str,
        output: int,
        server: int,
        announcements: socket.socket,
    ) -> None:
        """Start an extension as the grandchild of this process: the server adopts it."""
        middle = os.fork()
        if middle:
            os.waitpid(middle, 0)
            return
        try:
            pid = os.fork()
            if pid:
                announced = {"id": message["id"], "extension": Path(path).name, "pid": pid}
                announcements.send(json.dumps(announced).encode())
                os._exit(0)
            os.setpgid(0, 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            while os.getppid() != server:
                time.sleep(0.0005)
            self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            variables = message["env"].items()
            variables = {name: text for name, text in variables if name not in _NOT_FOR_EXTENSIONS}
            os.chdir("/")
            os.execve(path, [path], variables)  # noqa: S606, no shell
        except BaseException as error:  # noqa: BLE001, as in `_start`
            os.write(1, f"{error}\n".encode())
            os._exit(127)

    def _signal(self, message: Message) -> None:
        if message["op"] == "kill_extension":
            # A process that has ended may have left its number to another one.
            if message["pid"] in _children_of(os.getpid()):
                _kill_group(message["pid"])
            return
        pid = self.pids.get(message["id"])
        if pid is None:
            return
        if message["op"] == "terminate":
            _signal_one(pid, signal.SIGTERM)
        else:
            _kill_group(pid)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for environment_id, known in self.pids.items():
                if known == pid:
                    # What the function started and left behind ends with it.
                    _kill_group(pid)
                    del self.pids[environment_id]
                    ended = {"id": environment_id, "status": status, "peak_kb": usage.ru_maxrss}
                    self._send(ended)
                    break
            else:
                self._send({"stray": pid, "status": status})

    def _end(self) -> None:
        for pid in self.pids.values():
            _kill_group(pid)
        self._reap()
        # What left its process group was adopted by this process, which is a subreaper.
        for _ in range(100):
            children = _children_of(os.getpid())
            if not children:
                return
            for pid in children:
                _kill_group(pid)
                _signal_one(pid, signal.SIGKILL)
            time.sleep(0.005)
            self._reap()


def _preload(name: str) -> None:
    with contextlib.suppress(ImportError):
        __import__(name)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _signal_one(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _await_registration(runtime_api: str) -> None:
    """Wait until the environment says that all of its extensions have registered."""
    host, _, port = runtime_api.partition(":")
    with socket.create_connection((host, int(port))) as connection:
        request = f"GET {_REGISTERED} HTTP/1.1\r\nHost: {runtime_api}\r\n\r\n"
        connection.sendall(request.encode())
        if not connection.recv(1):
            # The environment is over: who ended it kills this process.
            signal.pause()


def _children_of(pid: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


if __name__ == "__main__":
    main()
