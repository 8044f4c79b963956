"""The runtime: puts the parts together, starts and stops them, recovers after a crash.

AWS's services are listed here and nowhere else; the gateway, the dispatcher and the services know
each other only through `operation.py`.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import logging
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

from groundstate.access import AccessControl
from groundstate.clock import Clock, RealClock, VirtualClock, wall_time
from groundstate.config import Config
from groundstate.dispatch import Dispatcher
from groundstate.gateway.gateway import Gateway
from groundstate.gateway.http import HttpRequest, HttpResponse
from groundstate.gateway.origin import OriginCheck
from groundstate.gateway.server import HttpServer
from groundstate.gateway.validation import validate
from groundstate.memory import Trimmer
from groundstate.operation import Principal
from groundstate.pages import Pages
from groundstate.registry import ServiceTable
from groundstate.store import Store
from groundstate.store.connection import DataDirectoryInUse

try:
    from uvloop import run
except ImportError:  # Windows has none
    from asyncio import run  # type: ignore[assignment]

# In virtual time, this many turns of the loop without work mean that only timers are left.
QUIET_TURNS = 4

# In the order in which they are imported after the start.
SERVICES = {
    name: f"groundstate.services.{module}"
    for name, module in (
        ("dynamodb", "dynamodb"),
        ("stepfunctions", "stepfunctions"),
        ("lambda", "lambda_"),
        ("logs", "logs"),
        ("iam", "iam"),
        ("sts", "sts"),
        ("cloudformation", "cloudformation"),
        ("s3", "s3"),
        ("ssm", "ssm"),
        ("cloudcontrol", "cloudcontrol"),
        ("ecr", "ecr"),
        ("dynamodbstreams", "dynamodbstreams"),
    )
}

CONSOLE = "groundstate.console"
# A runtime that was killed while it started a program leaves a child that has the lock of the
# data directory as well, until the program begins. Whoever starts again at once need not know.
LOCK_WAIT_S = 1.0


class CannotListen(Exception):
    """The address or the port is taken, is not this machine's, or is not for this user.

    Attributes:
        number: the `errno` of the refusal.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror or str(error))
        self.number = error.errno


class CannotWrite(Exception):
    """A commit failed: the disk is full, say. What was answered before is kept."""


class Runtime:
    """One runtime: a store, a dispatcher, a gateway, and the server before it.

    Args:
        config: the settings.
        clock: where time comes from; the machine's clock by default.
    """

    def __init__(self, config: Config, clock: Clock | None = None) -> None:
        self.config = config
        self.clock = clock or (
            VirtualClock(wall_time(), jumps=True) if config.virtual_time else RealClock()
        )
        self.failure: BaseException | None = None
        self.endpoint_url = ""
        self._stopped = asyncio.Event()
        self._services = ServiceTable(SERVICES)
        self._server: HttpServer | None = None
        self._console: Any = None

    async def start(self) -> None:
        """Open the store, go on with what was unfinished, and answer.

        Raises:
            CannotListen: the port is taken, for one.
            DataDirectoryInUse: another process has the data directory open.
            DataDirectoryUnusable: it cannot be made or written to.
        """
        listener = self._listen()
        config = self.config
        try:
            self.store = await self._open_store()
        except BaseException:
            listener.close()
            raise
        access = self._access = AccessControl(config, self.store, self.clock)
        self.dispatcher = Dispatcher(
            config, self.store, self.clock, self._services, validate, access.authorize, self._fail
        )
        self.dispatcher.endpoint_url = self.endpoint_url
        pages = Pages(config, self.clock, self.store, self.dispatcher, access)
        self.gateway = Gateway(
            self._services,
            self.dispatcher,
            access.find_credentials,
            OriginCheck(config.host, tuple(config.allowed_hosts.split(","))),
            config.region,
            {**pages.by_name(), "console": self._console_page},
        )
        if isinstance(self.clock, VirtualClock) and self.clock.jumps:
            self.dispatcher.barrier.on_quiet = self._jump_when_idle
        self._server = HttpServer(self.gateway.handle, config.max_body_bytes)
        await self._server.start(listener)
        self.dispatcher.start()

    async def _open_store(self) -> Store:
        deadline = time.monotonic() + LOCK_WAIT_S
        while True:
            try:
                return Store(self.config.database_path, self.config.synchronous)
            except DataDirectoryInUse:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """Let the answers under way go out, and close everything."""
        if self._console is not None:
            self._console.stop()
        if self._server is not None:
            await self._server.stop()
        await self.dispatcher.stop()
        if self.failure is None:
            self.dispatcher.barrier.commit()
            self.store.close()

    async def wait_stopped(self) -> None:
        """Wait until `request_stop` was called, or a commit failed."""
        await self._stopped.wait()

    def request_stop(self) -> None:
        """Ask the runtime to stop."""
        self._stopped.set()

    @property
    def is_working(self) -> bool:
        """Whether something is under way outside of the loop: a function that runs, for one."""
        return any(getattr(host, "busy", False) for host in self.dispatcher.hosts.values())

    def _jump_when_idle(self, quiet_turns: int = 0) -> None:
        """In virtual time: move to the next timer once nothing else is left to do."""
        clock, loop = self.clock, asyncio.get_running_loop()
        assert isinstance(clock, VirtualClock)
        if self.dispatcher.barrier.is_busy:
            return
        if self.is_working:
            loop.call_later(0.005, self._jump_when_idle)
        elif quiet_turns < QUIET_TURNS:
            loop.call_soon(self._jump_when_idle, quiet_turns + 1)
        elif clock.next_alarm_at is not None:
            clock.set(clock.next_alarm_at)

    def _fail(self, error: BaseException) -> None:
        self.failure = error
        self._stopped.set()

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self.config.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self.config.host, self.config.port))
        except OSError as error:
            listener.close()
            raise CannotListen(error) from error
        port = listener.getsockname()[1]
        everywhere = self.config.host in ("0.0.0.0", "::")  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if everywhere else self.config.host
        self.endpoint_url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        return listener

    def require_administrator(self, request: HttpRequest) -> Principal:
        """The administrator, who signed a request for one of the runtime's own pages.

        Raises:
            ServiceError: it is not signed, or by somebody else.
        """
        return self._access.require_administrator(request)

    def _console_page(self, request: HttpRequest, respond: Callable[[HttpResponse], None]) -> None:
        """The web console. It stands above the runtime: imported by name, when first opened."""
        if self._console is None:
            self._console = importlib.import_module(CONSOLE).ConsolePage(self)
        self._console.handle(request, respond)


def serve(config: Config, announce: Callable[[str], None]) -> int:
    """Run until SIGTERM or SIGINT; the process's exit status.

    Args:
        announce: called with the endpoint's address once it answers.

    Raises:
        CannotWrite: a commit failed, which is what ended it.
    """
    logging.basicConfig(
        level=config.log_level,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    return run(_serve(config, announce))


def _spare_the_collector() -> None:
    """Let the garbage collector pass over what stays for the process's whole life.

    Modules, models and compiled shapes are some hundred thousand objects, and walking them again
    and again makes pauses of up to 60 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


async def _serve(config: Config, announce: Callable[[str], None]) -> int:
    runtime = Runtime(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, runtime.request_stop)
    await runtime.start()
    runtime.dispatcher.on_all_ready = _spare_the_collector
    Trimmer().start()
    announce(runtime.endpoint_url)
    await runtime.wait_stopped()
    await runtime.stop()
    if runtime.failure is not None:
        raise CannotWrite(str(runtime.failure)) from runtime.failure
    return 0
