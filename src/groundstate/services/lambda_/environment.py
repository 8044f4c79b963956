"""One execution environment: a process of a function, its Runtime API, its output, its timers.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

Theory. An environment is in one of these states, and moves only downwards or between IDLE and BUSY:

    STARTING   the process was asked for; it has not asked for an invocation yet
    IDLE       it waits in GET /invocation/next, and its extensions for the next event
    BUSY       it has an invocation
    RETURNED   it has answered, and not yet asked for the next invocation, or an extension has not
    ENDED      the process is being killed or is gone; nothing comes from here any more, but what
               its extensions write while they shut down (`shutdown.py`)

The pool gives it invocations and hears when it is ready or has ended. An invocation that was given
to an environment is finished by it exactly once: by an answer, a timeout, or the process's end.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Protocol

import orjson

from groundstate import ids
from groundstate.services.lambda_ import failures
from groundstate.services.lambda_.extensions import INVOKE, Extensions, refuse
from groundstate.services.lambda_.limits import INIT_S_MAX, PROVISIONED_INIT_S_MAX
from groundstate.services.lambda_.log_stream import LogStream
from groundstate.services.lambda_.memory import MemoryGauge
from groundstate.services.lambda_.model import FunctionVersion, Invocation, Outcome
from groundstate.services.lambda_.output import Line
from groundstate.services.lambda_.output_pipe import OutputPipe
from groundstate.services.lambda_.report import Report, iso_time
from groundstate.services.lambda_.runtime_api import RuntimeConnection, open_listener
from groundstate.services.lambda_.runtime_packages import explain_import_error
from groundstate.services.lambda_.sdk_bridge import Respond
from groundstate.services.lambda_.shutdown import SHUTDOWN_S, Shutdown
from groundstate.services.lambda_.spawner import Command, Spawner
from groundstate.services.lambda_.telemetry import Invalid, Telemetry, name_of

# Output is stored at the end of an invocation, after this time, or when there is so much of it.
_FLUSH_AFTER_S = 0.1
_FLUSH_FROM_BYTES = 512 * 1024
_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")


class State(Enum):
    """Where an environment stands."""

    STARTING = "starting"
    IDLE = "idle"
    BUSY = "busy"
    RETURNED = "returned"
    ENDED = "ended"


class Owner(Protocol):
    """What an environment belongs to: its pool."""

    def environment_ready(self, environment: Environment, *, is_first: bool) -> None:
        """It can take an invocation; `is_first`: it was starting."""

    def environment_ended(self, environment: Environment, *, was: State) -> None:
        """It is gone; `was` is the state that it was in."""

    def take_waiting(self) -> Invocation | None:
        """Take the invocation that waits longest: the one that fails when a start fails."""

    def run_job(self, environment: Environment, invocation: Invocation, outcome: Outcome) -> None:
        """Finish an invocation and store the log, in a job."""

    def flush_log(self, environment: Environment) -> None:
        """Store the log, in a job."""

    def now(self) -> float:
        """Epoch seconds of the runtime's clock."""

    def perform_command(self, names: list[str], region: str, body: bytes, respond: Respond) -> None:
        """Perform an operation as the function's role."""

    def deadline_ms(self, timeout_s: float) -> int:
        """The machine's own time in so many seconds, in epoch milliseconds."""


class Environment:
    """A process of a function.

    Attributes:
        state: see above.
        idle_since: when it became idle, in the loop's time.
        began_at: when it was made, in the loop's time.
        token: what its process has to know to use the SDK bridge.
        is_ahead: it is one of provisioned concurrency: nobody waits while it starts.
        init_error: why it did not become ready; empty if it did, or was ended before.
        gone: set when nothing of it runs any more.
    """

    def __init__(
        self, owner: Owner, function: FunctionVersion, log: LogStream, *, is_ahead: bool
    ) -> None:
        self.function = function
        self.log = log
        self.is_ahead = is_ahead
        self.init_error = ""
        self.token = ids.make_secret(32)
        self.state = State.STARTING
        self.idle_since = 0.0
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self.began_at = self._loop.time()
        # The loop's time has whole milliseconds, too few for the REPORT line.
        self._asked_at = time.perf_counter()
        self._telemetry = Telemetry(owner.now, is_json=function.log_format == "JSON")
        self._report = Report(function, self._telemetry, self.initialization_type)
        self._invocation: Invocation | None = None
        self._given_at = 0.0
        self._init_s: float | None = None
        self._memory = MemoryGauge()
        self._has_too_little_memory = False
        self._number = 0
        self._spawner: Spawner | None = None
        self._connections: set[RuntimeConnection] = set()
        # The one that waits for an invocation.
        self._connection: RuntimeConnection | None = None
        self._server: asyncio.Server | None = None
        self._listener = open_listener()
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._output = OutputPipe(self._write_line, self._output_came)
        self._extensions_output = OutputPipe(self._write_extension_line, self._output_came)
        self._extensions = Extensions(function, self._become_idle, self._fail)
        self._shutdown: Shutdown | None = None
        self.gone = asyncio.Event()
        self._task_root = b""
        self._module_paths: list[str] = []
        self._runtime = ""
        self._timer: asyncio.TimerHandle | None = None
        self._flush_timer: asyncio.TimerHandle | None = None

    # What the pool does

    async def begin(
        self, spawner: Spawner, command: Command, runtime: str, notices: list[str]
    ) -> None:
        """Start the process; what comes of it is told to the owner.

        Args:
            runtime: what it runs on, as INIT_START names it.
            notices: lines for the log.
        """
        self._spawner = spawner
        self._task_root = command.directory.encode()
        self._module_paths = command.paths
        self._runtime = runtime
        for notice in notices:
            self._write(notice)
        self._write(self._report.init_start(self._owner.now(), runtime))
        self.log.begin_tail()
        self._server = await self._loop.create_server(
            lambda: RuntimeConnection(self, self.address), sock=self._listener
        )
        if self.state is State.ENDED:
            self._server.close()
            return
        self._extensions.expect([Path(path).name for path in command.extensions])
        outputs = [self._output.open()]
        if command.extensions:
            outputs.append(self._extensions_output.open())
        self._number = spawner.start(command, outputs, self)
        if self.is_ahead:
            init_s_max = max(PROVISIONED_INIT_S_MAX, float(self.function.timeout_s))
            self._timer = self._loop.call_later(init_s_max, self._init_is_too_late)
        else:
            self._timer = self._loop.call_later(INIT_S_MAX, self._init_is_late)

    @property
    def initialization_type(self) -> str:
        """How it is started, in AWS's words."""
        return "provisioned-concurrency" if self.is_ahead else "on-demand"

    def give(self, invocation: Invocation) -> None:
        """Hand an invocation to the process, which waits for one."""
        assert self.state is State.IDLE, self.state
        assert self._connection is not None
        self.state = State.BUSY
        self._invocation = invocation
        self._given_at = time.perf_counter()
        if self._init_s is None or self.is_ahead:
            self.log.begin_tail()
        self._write(self._report.start(self._owner.now(), invocation.request_id))
        timeout_s = self.function.timeout_s
        self._timer = self._loop.call_later(timeout_s, self._time_is_up)
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(self._owner.deadline_ms(timeout_s)),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.invoked_arn,
            "Lambda-Runtime-Trace-Id": invocation.trace_id,
            **invocation.headers,
        }
        if self._extensions.all:
            self._extensions.invoke(self._as_event(invocation, headers))
        self._connection.reply(200, invocation.payload, headers)
        self._connection = None

    @property
    def can_take(self) -> bool:
        """It is idle and its process still listens."""
        connection = self._connection
        listens = connection is not None and connection.is_open
        return self.state is State.IDLE and listens and self._extensions.are_ready

    def end(self, reason: str = "spindown") -> None:
        """Kill the process and let go of everything. An invocation under way is not finished.

        Args:
            reason: what extensions are told: `spindown`, `timeout` or `failure`.
        """
        if self.state is State.ENDED:
            return
        self._drain()
        was, self.state = self.state, State.ENDED
        for timer in (self._timer, self._flush_timer):
            if timer is not None:
                timer.cancel()
        self._flush_timer = None
        self._telemetry.flush()
        if self._spawner is not None and any(found.pid for found in self._extensions.all):
            deadline_ms = self._owner.deadline_ms(SHUTDOWN_S)
            self._shutdown = Shutdown(
                self._spawner,
                self._number,
                self._extensions,
                reason,
                deadline_ms,
                self._let_go,
            )
        else:
            self._let_go()
        if self.log.pending_bytes:
            self._owner.flush_log(self)
        self._owner.environment_ended(self, was=was)

    def _let_go(self) -> None:
        self._drain()
        self._telemetry.stop()
        if self._flush_timer is not None:
            self._flush_timer.cancel()
        if self._spawner is not None and self._number:
            self._spawner.kill(self._number)
        for connection in list(self._connections):
            connection.close()
        if self._server is not None:
            # asyncio loses a socket that it accepted in the turn in which its server is closed.
            self._loop.remove_reader(self._listener.fileno())
            self._loop.call_soon(self._server.close)
        else:
            self._listener.close()
        self._output.close()
        self._extensions_output.close()
        self._memory.close()
        if self._shutdown is not None and self.log.pending_bytes:
            self._owner.flush_log(self)
        self.gone.set()

    def fail_to_start(self, error_type: str, message: str) -> None:
        """Say that there is no way to start the process."""
        self._fail_init(error_type, None, message)

    # What the process does, through the Runtime API

    def connected(self, connection: RuntimeConnection) -> None:
        """The process has a connection."""
        self._connections.add(connection)
        if self.gone.is_set():
            connection.close()

    def disconnected(self, connection: RuntimeConnection) -> None:
        """A connection has ended."""
        self._connections.discard(connection)
        self._extensions.disconnected(connection)

    def next_asked(self, connection: RuntimeConnection) -> None:
        """The process is ready for an invocation."""
        if self.state in (State.STARTING, State.RETURNED) and self._connection is None:
            self._connection = connection
            if self.state is State.STARTING:
                self._extensions.close_registration()
                self._write(self._report.init_runtime_done(self._owner.now()))
            self._become_idle()
        elif self._shutdown is None:
            connection.close()

    def _become_idle(self) -> None:
        """Take invocations, if the process and all extensions wait for the next one."""
        if self._connection is None or not self._extensions.are_ready:
            return
        is_first = self.state is State.STARTING
        if is_first:
            self._init_s = time.perf_counter() - self._asked_at
            now = self._owner.now()
            for extension in self._extensions.all:
                self._write(self._report.extension(now, extension.name, extension.events or ()))
            self._write(self._report.init_report(now, self._init_s, "success", ""))
            self._telemetry.close_subscription()
            if self.is_ahead:
                # The next invocation, which stores the log otherwise, may be far away.
                self._owner.flush_log(self)
        elif self.state is not State.RETURNED:
            return
        self._cancel_timer()
        self.state = State.IDLE
        self.idle_since = self._loop.time()
        self._owner.environment_ready(self, is_first=is_first)

    def response_given(self, request_id: str, body: bytes, content_type: str) -> bool:
        """The function returned."""
        if not self._is_current(request_id):
            return False
        if content_type != "application/json" and not body:
            body = b"null" if self.function.runtime.startswith("python") else body
        self._finish(body, "", "success", "")
        return True

    def response_begun(self, request_id: str, content_type: str) -> bool:
        """The function begins to stream its answer. False: it is taken as a whole."""
        invocation = self._invocation
        if invocation is None or invocation.request_id != request_id or invocation.stream is None:
            return False
        invocation.stream.begin(content_type)
        return True

    def response_part(self, request_id: str, part: bytes) -> None:
        """The next part of a streamed answer; nobody wants one that comes too late."""
        invocation = self._invocation
        if invocation is not None and invocation.request_id == request_id:
            assert invocation.stream is not None, request_id
            invocation.stream.write(part)

    def response_too_large(self, request_id: str) -> bool:
        """The function returned more than it may."""
        if not self._is_current(request_id):
            return False
        self._finish(failures.too_large(), "Unhandled", "error", "Function.ResponseSizeTooLarge")
        return True

    def error_given(self, request_id: str, body: bytes, error_type: str) -> bool:
        """The function raised."""
        if not self._is_current(request_id):
            return False
        self._finish(self._as_on_aws(body), "Unhandled", "success", "")
        return True

    def init_failed(self, body: bytes, error_type: str) -> None:
        """The process could not get ready, and says why."""
        if self.state is State.STARTING:
            self._drain()
            self._write(explain_import_error(body, self._module_paths, self._runtime))
            self._fail_init(error_type or "Runtime.Unknown", self._as_on_aws(body), "")

    def extension_asked(
        self,
        connection: RuntimeConnection,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> None:
        """An extension makes a request of the Extensions API."""
        self._extensions.answer(connection, method, path, headers, body)

    def subscription_asked(
        self, connection: RuntimeConnection, api: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """An extension wants to be told of telemetry."""
        extension = self._extensions.identify(connection, headers)
        if extension is None:
            return
        try:
            types = self._telemetry.subscribe(extension.name, api, body)
        except Invalid as invalid:
            refuse(connection, invalid.error_type, invalid.message, status=invalid.status)
            return
        connection.reply(200, b'"OK"')
        now = self._owner.now()
        self._write(self._report.subscription(now, extension.name, name_of(api), types))

    def registration_awaited(self, connection: RuntimeConnection) -> None:
        """The process waits until all extensions have registered."""
        self._extensions.await_registration(connection)

    def command_given(
        self, token: str, names: list[str], region: str, body: bytes, respond: Respond
    ) -> bool:
        """The SDK stand-in asks for an operation."""
        if token != self.token:
            return False
        self._owner.perform_command(names, region, body, respond)
        return True

    # What its processes do otherwise

    def process_started(self, pid: int) -> None:
        """The process runs."""
        if self.state is not State.ENDED:
            self._memory.open(pid)

    def process_ended(self, status: int, peak_kb: int) -> None:
        """The process is gone: as it was asked to, or before its time."""
        self._number = 0
        if self._shutdown is not None:
            self._shutdown.runtime_ended()
        elif self.state is not State.ENDED:
            self._memory.note(peak_kb)
            self._fail(failures.EXIT_ERROR, failures.exit_reason(status))

    def extension_started(self, name: str, pid: int) -> None:
        """An extension runs."""
        self._extensions.find(name).pid = pid
        if self.gone.is_set() and self._spawner is not None:
            self._spawner.kill_extension(pid)

    def extension_ended(self, name: str, status: int) -> None:
        """An extension is gone: as it was asked to, or before its time."""
        self._extensions.find(name).pid = 0
        if self._shutdown is not None:
            self._shutdown.extension_ended()
        else:
            self._fail(failures.EXTENSION_CRASH, failures.describe_status(status))

    def _fail(self, error_type: str, reason: str) -> None:
        """The process or an extension is of no use any more: so is the environment."""
        if self.state is State.ENDED:
            return
        if self.state is State.STARTING:
            self._fail_init(error_type, None, reason)
            return
        invocation = self._invocation
        if invocation is not None:
            self._drain()
            text = f"RequestId: {invocation.request_id} Error: {reason}"
            self._write(f"{text}\n{error_type}")
            payload = failures.make_failure(error_type, text)
            self._finish(payload, "Unhandled", "error", error_type)
        self.end("failure")

    def _init_is_late(self) -> None:
        # AWS starts the process anew then, with the function's own timeout; here it may go on for
        # as long.
        self._write(self._report.init_report(self._owner.now(), INIT_S_MAX, "timeout", ""))
        self._timer = self._loop.call_later(self.function.timeout_s, self._init_is_too_late)

    def _init_is_too_late(self) -> None:
        if self.is_ahead:
            self._fail_init("Sandbox.Timedout", None, "Initialization took too long")
            return
        invocation = self._owner.take_waiting()
        if invocation is not None:
            self._invocation = invocation
            self._given_at = time.perf_counter() - self.function.timeout_s
            self._write(self._report.start(self._owner.now(), invocation.request_id))
            self._time_is_up()
        else:
            self.end()

    def _time_is_up(self) -> None:
        invocation = self._invocation
        assert invocation is not None
        self._drain()
        seconds = f"{self.function.timeout_s:.2f}"
        moment = iso_time(self._owner.now())
        self._write(f"{moment} {invocation.request_id} Task timed out after {seconds} seconds")
        payload = failures.timed_out(invocation.request_id, self.function.timeout_s)
        self._finish(payload, "Unhandled", "timeout", "Sandbox.Timedout")
        self.end("timeout")

    def _extensions_are_late(self) -> None:
        """The function has answered, and an extension takes longer than the function may."""
        self._drain()
        moment, seconds = iso_time(self._owner.now()), f"{self.function.timeout_s:.2f}"
        self._write(f"{moment} Task timed out after {seconds} seconds")
        self.end("timeout")

    def _fail_init(self, error_type: str, payload: bytes | None, reason: str) -> None:
        """The process will not become ready: the invocation that waited for it fails."""
        self._cancel_timer()
        self._drain()
        duration_s = time.perf_counter() - self._asked_at
        now = self._owner.now()
        self._write(self._report.init_report(now, duration_s, "error", error_type))
        self.init_error = error_type
        if self.is_ahead:
            self._write(f"{reason}\n{error_type}" if reason else "")
            self.end("failure")
            return
        invocation = self._owner.take_waiting()
        if invocation is not None:
            self._invocation = invocation
            self._given_at = time.perf_counter()
            self._write(self._report.start(now, invocation.request_id))
            if payload is None:
                text = f"RequestId: {invocation.request_id} Error: {reason}"
                self._write(f"{text}\n{error_type}")
                payload = failures.make_failure(error_type, text)
            self._finish(payload, "Unhandled", "error", error_type)
        self.end("failure")

    # The end of an invocation

    def _is_current(self, request_id: str) -> bool:
        return self._invocation is not None and self._invocation.request_id == request_id

    def _finish(self, payload: bytes, function_error: str, status: str, error_type: str) -> None:
        invocation, self._invocation = self._invocation, None
        assert invocation is not None
        self._cancel_timer()
        duration_s = time.perf_counter() - self._given_at
        if status == "timeout":
            duration_s = float(self.function.timeout_s)
        self._drain()
        now = self._owner.now()
        done = "error" if function_error and status == "success" else status
        request_id = invocation.request_id
        used_mb = self._memory.peak_mb(duration_s)
        self._note_memory(used_mb)
        self._write(self._report.runtime_done(now, request_id, duration_s, payload, done))
        self._write(self._report.end(now, request_id))
        self._write(
            self._report.report(
                now,
                request_id,
                duration_s,
                init_s=self._init_s,
                memory_used_mb=used_mb,
                status=status,
                error_type=error_type,
            )
        )
        self._init_s = None
        if self.state is State.BUSY:
            self.state = State.RETURNED
            if not self._extensions.are_ready:
                left_s = max(0.0, self.function.timeout_s - duration_s)
                self._timer = self._loop.call_later(left_s, self._extensions_are_late)
        outcome = Outcome(payload, function_error, self.log.take_tail())
        self._owner.run_job(self, invocation, outcome)

    def _note_memory(self, used_mb: int) -> None:
        """Say once that a function takes more memory than it would have on AWS."""
        if used_mb > self.function.memory_mb and not self._has_too_little_memory:
            self._has_too_little_memory = True
            self._write(
                f"Groundstate: the function has used {used_mb} MB, and its memory size is"
                f" {self.function.memory_mb} MB: AWS would have ended it."
            )

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _as_event(self, invocation: Invocation, headers: Mapping[str, str]) -> bytes:
        """What extensions are told of an invocation."""
        return orjson.dumps(
            {
                "eventType": INVOKE,
                "deadlineMs": int(headers["Lambda-Runtime-Deadline-Ms"]),
                "requestId": invocation.request_id,
                "invokedFunctionArn": invocation.invoked_arn,
                "tracing": {"type": "X-Amzn-Trace-Id", "value": invocation.trace_id},
            }
        )

    def _as_on_aws(self, body: bytes) -> bytes:
        """Stack traces name the files as they do on AWS."""
        return body.replace(self._task_root, b"/var/task") if self._task_root else body

    # Output

    def _drain(self) -> None:
        self._output.drain()
        self._extensions_output.drain()

    def _output_came(self) -> None:
        if self.log.pending_bytes >= _FLUSH_FROM_BYTES:
            self._owner.flush_log(self)
        elif self._flush_timer is None and not self.gone.is_set():
            self._flush_timer = self._loop.call_later(_FLUSH_AFTER_S, self._flush)

    def _flush(self) -> None:
        self._flush_timer = None
        if self.log.pending_bytes:
            self._owner.flush_log(self)

    def _write_line(self, line: Line) -> None:
        text = line.text
        if line.level == "ERROR" and self._task_root:
            text = text.replace(self._task_root.decode(), "/var/task")
        least = self.function.log_level
        if least and line.level and _LEVELS.index(line.level) < _LEVELS.index(least):
            return
        self._telemetry.add_line("function", self._owner.now(), f"{text}\n")
        self._write(text)

    def _write_extension_line(self, line: Line) -> None:
        self._telemetry.add_line("extension", self._owner.now(), f"{line.text}\n")
        self._write(line.text)

    def _write(self, text: str) -> None:
        if text:
            self.log.write(self._owner.now(), text)
