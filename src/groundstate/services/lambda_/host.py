"""Runs functions: finds or starts an environment for each invocation.

Theory. Each revision of a function's version has a pool: a queue of invocations, and environments.
An invocation takes an idle environment, or waits in the queue. While more wait than environments
are starting, another one is started, within the machine's bounds (`limits.py`): so as many run at
once as on AWS, but short invocations that come in a burst share few processes. A changed function
has a new revision and so a new pool; the old pool ends when its last invocation is finished.

Nothing here is durable. Asynchronous invocations are in the database and are submitted again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import time
from collections import Counter
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from groundstate.config import Config
from groundstate.operation import Call, Runner, ServiceError
from groundstate.principals import role_principal
from groundstate.services.lambda_ import limits
from groundstate.services.lambda_.code import CodeDirectory
from groundstate.services.lambda_.durable.waiters import Waiters
from groundstate.services.lambda_.environment import Environment
from groundstate.services.lambda_.event_queue import EventQueue
from groundstate.services.lambda_.interpreters import OWN, Interpreter, find_interpreter
from groundstate.services.lambda_.layers import describe_foreign_layers
from groundstate.services.lambda_.log_stream import LogStream
from groundstate.services.lambda_.model import FunctionVersion, Invocation, Outcome
from groundstate.services.lambda_.pool import Pool
from groundstate.services.lambda_.provisioned import Provisioned, read_wanted
from groundstate.services.lambda_.public_layers import is_installed, make_layer
from groundstate.services.lambda_.report import runtime_version
from groundstate.services.lambda_.roles import issue_credentials
from groundstate.services.lambda_.runtime_packages import make_runtime_folder
from groundstate.services.lambda_.runtimes import (
    CannotRun,
    brings_boto3,
    find_difference,
    make_command,
)
from groundstate.services.lambda_.sdk_bridge import Respond, make_catalogue, perform_command
from groundstate.services.lambda_.spawner import Spawner
from groundstate.services.lambda_.stream_poller import StreamPoller
from groundstate.services.lambda_.variables import Credentials, make_variables

_SWEEP_S = 15.0
# The fork server is started ahead of the first invocation, but at a time when nobody waits: a
# deployment that is under way would share the machine with it. Its imports take 0.15 s.
_CALM_S = 2.0
_CALM_CPU_S = 0.005
# What is provisioned starts so long after the runtime, which answers first.
_PROVISION_AFTER_S = 1.0
_VERSIONS_MAX = 10_000
_OPEN_FILES = 8192

logger = logging.getLogger(__name__)


class LambdaHost:
    """The processes of all functions.

    Attributes:
        code: the unpacked code.
        events: asynchronous invocations that are due.
        provisioned: environments that are started ahead.
        durable_waiters: callers that wait for the end of an execution.
    """

    def __init__(self, runner: Runner, config: Config) -> None:
        self._runner = runner
        self._loop = asyncio.get_running_loop()
        root = None if config.in_memory else Path(config.data_dir).absolute() / "code"
        self.code = CodeDirectory(root)
        self._config = config
        self._pools: dict[str, Pool] = {}
        self._in_flight: Counter[int] = Counter()
        self._spawners: dict[tuple[str, str], Spawner] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._unpacking: dict[str, asyncio.Future[Path]] = {}
        self._runtime_roots: dict[bool, asyncio.Future[Path]] = {}
        self._versions: dict[str, FunctionVersion] = {}
        self._count = 0
        self._starting = 0
        self._starting_ahead = 0
        self._said: set[str] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._is_stopping = False
        self._prepared: set[str] = set()
        self._has_catalogue = False
        self._has_unused_code = False
        self.events = EventQueue(runner)
        self._poller = StreamPoller(runner)
        self.provisioned = Provisioned(self._get_pool)
        self._provision: asyncio.TimerHandle | None = None
        self.durable_waiters = Waiters()

    # Host

    def start(self) -> None:
        """Look after idle environments from now on."""
        _allow_open_files()
        self._sweep = self._loop.call_later(_SWEEP_S, self._end_idle)

    async def stop(self) -> None:
        """Kill every environment. What was under way is not finished."""
        self._is_stopping = True
        self._poller.stop()
        self.events.stop()
        for timer in (self._sweep, self._provision):
            if timer is not None:
                timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        ending = []
        for pool in list(self._pools.values()):
            pool.waiting.clear()
            for environment in list(pool.environments):
                environment.end()
                ending.append(environment.gone.wait())
        # Extensions have two seconds to shut down.
        await asyncio.gather(*ending)
        for spawner in self._spawners.values():
            await spawner.stop()
        self.code.close()

    @property
    def busy(self) -> bool:
        """Invocations are under way or waiting, or environments start ahead of them."""
        if self._in_flight or self._starting_ahead or self._provision or self.events.busy:
            return True
        is_full = self._count >= limits.ENVIRONMENTS_MAX
        return not is_full and any(pool.lacks_ahead for pool in self._pools.values())

    # What operations do

    def find_version(self, revision_id: str) -> FunctionVersion | None:
        """A configuration that was read before. Its revision tells it from every other one."""
        return self._versions.get(revision_id)

    def keep_version(self, function: FunctionVersion) -> None:
        """Keep a configuration in memory."""
        if len(self._versions) >= _VERSIONS_MAX:
            self._versions.clear()
        self._versions[function.revision_id] = function

    def in_flight(self, function_id: int) -> int:
        """How many invocations of a function are admitted and not finished."""
        return self._in_flight[function_id]

    def admit(self, function_id: int) -> None:
        """Count an invocation that is going to be submitted."""
        self._in_flight[function_id] += 1

    def dismiss(self, function_id: int) -> None:
        """Count an invocation as finished, or as never submitted."""
        self._in_flight[function_id] -= 1
        if self._in_flight[function_id] <= 0:
            del self._in_flight[function_id]

    def submit(self, invocation: Invocation) -> None:
        """Run an invocation that was admitted, once what it stands on is on disk."""
        self._get_pool(invocation.function).submit(invocation)

    def retire(self, revision_id: str) -> None:
        """A configuration is not current any more: its environments end when they are done."""
        self._has_unused_code = True
        pool = self._pools.get(revision_id)
        if pool is not None:
            pool.retire()
            self._forget_if_over(pool)

    def reload_event_sources(self) -> None:
        """Take over the event source mappings as they are now."""

        def job(call: Call) -> None:
            self._poller.load(call.tx.event_sources.list_all())

        if not self._is_stopping:
            self._run("load the event source mappings", job, self._config.region)

    def provide_later(self) -> None:
        """Start what is provisioned when the runtime has started."""
        self._provision = self._loop.call_later(_PROVISION_AFTER_S, self.reload_provisioned)

    def reload_provisioned(self) -> None:
        """Take over what is provisioned now."""
        self._provision = None
        if self._is_stopping:
            return
        try:
            self.provisioned.load(read_wanted(self._runner, self._config.region))
        except Exception:
            logger.exception("Lambda could not provision concurrency.")
        for pool in list(self._pools.values()):
            self._forget_if_over(pool)

    def unpack_soon(self, code_sha256: str, content: bytes) -> None:
        """Unpack a big zip file in a thread, so that the first invocation need not wait for it."""
        if not self._is_stopping:
            self._keep(self._loop.create_task(self._unpack_ahead(code_sha256, content)))

    def prepare(self, runtime: str) -> None:
        """Get ready for the first invocation of a function of this runtime."""
        if runtime not in self._prepared:
            self._prepared.add(runtime)
            self._loop.call_later(_CALM_S, self._prepare_in_a_calm, runtime, time.process_time())

    # What pools do

    def can_start(self) -> bool:
        """The machine's bounds allow another environment now."""
        if self._is_stopping or self._starting >= limits.STARTING_MAX:
            return False
        if self._count >= limits.ENVIRONMENTS_MAX:
            idle = [pool.oldest_idle for pool in self._pools.values()]
            oldest = min(
                (environment for environment in idle if environment is not None),
                key=lambda environment: environment.idle_since,
                default=None,
            )
            if oldest is None:
                return False
            oldest.end()
        return True

    def can_start_ahead(self) -> bool:
        """The same for an environment that nobody waits for."""
        return (
            not self._is_stopping
            and self._starting_ahead < limits.PROVISIONED_STARTING_MAX
            and self._count < limits.ENVIRONMENTS_MAX
        )

    def start_environment(self, pool: Pool, *, is_ahead: bool) -> None:
        """Start an environment for a pool."""
        log = LogStream(pool.function, self.now(), self._log_refused(pool))
        environment = Environment(pool, pool.function, log, is_ahead=is_ahead)
        pool.add(environment)
        self._count_starting(environment, 1)
        self._count += 1
        self._keep(self._loop.create_task(self._begin(environment)))

    def environment_started(self, environment: Environment) -> None:
        """An environment has become ready, so another one may start."""
        self._count_starting(environment, -1)
        self._loop.call_soon(self._serve_all)

    def environment_ended(
        self, pool: Pool, environment: Environment, *, was_starting: bool
    ) -> None:
        """An environment is gone."""
        self._count -= 1
        if was_starting:
            self._count_starting(environment, -1)
        if environment.is_ahead and environment.init_error and not self._is_stopping:
            logger.warning(
                "%s, version %s: what is provisioned cannot be initialized: %s; see its log.",
                pool.function.name,
                pool.function.version,
                environment.init_error,
            )
        self._forget_if_over(pool)
        if not self._is_stopping:
            # In a turn of its own: an environment may end while its pool is being served.
            self._loop.call_soon(self._serve_all)

    def finish(self, environment: Environment, invocation: Invocation, outcome: Outcome) -> None:
        """Finish an invocation and store the log, in a job."""
        self.dismiss(invocation.function.function_id)
        if self._is_stopping:
            return

        if environment.log.pending_bytes:
            self.flush_log(environment)

        def job(call: Call) -> None:
            invocation.finish(call, outcome)

        self._run("finish an invocation", job, environment.function.region)

    def flush_log(self, environment: Environment) -> None:
        """Store an environment's log, in a job."""
        self._run("store a log", environment.log.flush, environment.function.region)

    def perform_command(
        self,
        function: FunctionVersion,
        names: list[str],
        region: str,
        body: bytes,
        respond: Respond,
    ) -> None:
        """Perform an operation as a function's role."""
        role = role_principal(function.role, function.name)
        service, operation = names
        perform_command(
            self._runner, role, service, operation, region or function.region, body, respond
        )

    def now(self) -> float:
        """Epoch seconds of the runtime's clock."""
        return self._runner.clock.now()

    # Starting

    async def _begin(self, environment: Environment) -> None:
        function = environment.function
        try:
            task_root, layer_roots = await self._unpack(function)
            interpreter = await self._find_interpreter(function.runtime, function.foreign_layers)
            runtime_root = await self._find_runtime_root(interpreter)
            credentials: Credentials = self._runner.run(
                "lambda", lambda call: issue_credentials(call, function), function.region
            )
            variables = make_variables(
                function,
                credentials,
                task_root=str(task_root),
                layer_roots=[str(root) for root in layer_roots],
                runtime_root=str(runtime_root),
                interpreter=interpreter.path,
                runtime_api=environment.address,
                endpoint_url=self._runner.endpoint_url,
                log_stream=environment.log.name,
                initialization_type=environment.initialization_type,
            )
            if function.runtime.startswith("nodejs"):
                variables["GROUNDSTATE_SDK"] = str(self._sdk_catalogue())
                variables["GROUNDSTATE_SDK_TOKEN"] = environment.token
            command = make_command(
                function, task_root, layer_roots, variables, self.code.root, interpreter
            )
            own_boto3 = command.mode != "python" or brings_boto3([task_root, *layer_roots])
            preload = "plain" if own_boto3 else "boto3"
            spawner = self._spawner(interpreter, runtime_root, preload)
            runtime = runtime_version(function.runtime, interpreter.version)
            notices = self._notices(function, interpreter)
            await environment.begin(spawner, command, runtime, notices)
        except CannotRun as obstacle:
            environment.fail_to_start(obstacle.error_type, obstacle.message)
        except ServiceError as error:
            environment.fail_to_start(f"Lambda.{error.code}", error.message)
        except Exception as error:
            # The edge at which a start ends: whoever waits for it must hear of whatever it was.
            logger.exception("An environment of %s could not be started.", function.name)
            environment.fail_to_start("Runtime.Unavailable", str(error))

    async def _find_interpreter(
        self, runtime: str, foreign_layers: Iterable[str] = ()
    ) -> Interpreter:
        """The Python for a function; looked for in a thread."""
        if not runtime.startswith("python") or OWN.fits(runtime):
            return OWN
        if any(map(is_installed, foreign_layers)):
            return OWN  # The compiled parts of what is installed here are of this version.
        return await self._loop.run_in_executor(None, find_interpreter, runtime)

    async def _find_runtime_root(self, interpreter: Interpreter) -> Path:
        """The folder with the packages of AWS's Python runtimes; made once, in a thread.

        Raises:
            OSError: it cannot be made. The next one to ask has it tried again.
        """
        is_own = interpreter.is_own
        making = self._runtime_roots.get(is_own)
        if making is None:
            make = partial(make_runtime_folder, self.code.runtime, is_own=is_own)
            making = self._runtime_roots[is_own] = self._loop.run_in_executor(None, make)
        try:
            return await asyncio.shield(making)
        except OSError:
            self._runtime_roots.pop(is_own, None)
            raise

    async def _unpack(self, function: FunctionVersion) -> tuple[Path, list[Path]]:
        paths = []
        for code_sha256 in (function.code_sha256, *reversed(function.layers)):
            path = self.code.find(code_sha256)
            if path is None:
                content = self._read_code(code_sha256, function.region)
                path = await self._unpack_once(code_sha256, content)
            paths.append(path)
        for arn in function.foreign_layers:
            if is_installed(arn):
                make = self._loop.run_in_executor(None, make_layer, self.code.runtime, arn)
                paths.append(await make)
        return paths[0], paths[1:]

    async def _unpack_once(self, code_sha256: str, content: bytes) -> Path:
        """Unpack in a thread, or wait for the thread that unpacks the same code already."""
        unpacking = self._unpacking.get(code_sha256)
        if unpacking is None:
            unpacking = self._loop.run_in_executor(None, self.code.unpack, code_sha256, content)
            self._unpacking[code_sha256] = unpacking
            unpacking.add_done_callback(lambda _: self._unpacking.pop(code_sha256))
        # Others wait for the same: who is cancelled must not cancel it for them.
        return await asyncio.shield(unpacking)

    async def _unpack_ahead(self, code_sha256: str, content: bytes) -> None:
        try:
            await self._unpack_once(code_sha256, content)
        except (ServiceError, OSError) as error:
            # The first invocation meets it again, and tells its caller.
            logger.warning("The code %s cannot be unpacked: %s", code_sha256[:12], error)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _read_code(self, code_sha256: str, region: str) -> bytes:
        def job(call: Call) -> bytes | None:
            return call.tx.function_code.find(code_sha256)

        content: bytes | None = self._runner.run("lambda", job, region)
        if content is None:
            raise CannotRun("Runtime.Unavailable", "The function's code is gone.")
        return content

    def _sdk_catalogue(self) -> Path:
        """The file in which the SDK stand-in finds what there is; written once by each runtime."""
        path = self.code.root / "sdk.json"
        if not self._has_catalogue:
            self.code.root.mkdir(parents=True, exist_ok=True)
            path.write_bytes(make_catalogue())
            self._has_catalogue = True
        return path

    def _notices(self, function: FunctionVersion, interpreter: Interpreter) -> list[str]:
        """What differs from AWS, for the function's log, and once for the runtime's."""
        difference = find_difference(function.runtime, interpreter)
        if difference and function.arn not in self._said:
            self._said.add(function.arn)
            logger.warning("%s: %s", function.name, difference)
        notices = [difference] if difference else []
        if function.foreign_layers:
            # The runtime's log told it when the function was made.
            notices.append(describe_foreign_layers(function.foreign_layers))
        return notices

    def _spawner(self, interpreter: Interpreter, runtime_root: Path, preload: str) -> Spawner:
        key = (interpreter.path, preload)
        spawner = self._spawners.get(key)
        if spawner is None:
            spawner = self._spawners[key] = Spawner(interpreter.path, runtime_root, preload)
        return spawner

    def _prepare_in_a_calm(self, runtime: str, cpu_s: float) -> None:
        """Start its fork server if Groundstate has had nothing to do since it had used `cpu_s`."""
        used_s = time.process_time()
        if self._is_stopping:
            return
        if used_s - cpu_s > _CALM_CPU_S:
            self._loop.call_later(_CALM_S, self._prepare_in_a_calm, runtime, used_s)
        else:
            self._keep(self._loop.create_task(self._prepare_spawner(runtime)))

    async def _prepare_spawner(self, runtime: str) -> None:
        # An environment that needs it meets the error again, and tells its caller.
        with contextlib.suppress(OSError):
            interpreter = await self._find_interpreter(runtime)
            runtime_root = await self._find_runtime_root(interpreter)
            preload = "boto3" if runtime.startswith("python") else "plain"
            self._spawner(interpreter, runtime_root, preload).prepare()

    # The rest

    def _run(self, what: str, job: Any, region: str) -> None:
        try:
            self._runner.run("lambda", job, region)
        except Exception:
            logger.exception("Lambda could not %s.", what)

    def _log_refused(self, pool: Pool) -> Any:
        function = pool.function

        def say(reason: str) -> None:
            # What a deleted function said last is often refused: its role's policies went first.
            if not pool.retired and f"log {function.arn}" not in self._said:
                self._said.add(f"log {function.arn}")
                logger.warning("The log of %s cannot be stored: %s", function.name, reason)

        return say

    def _serve_all(self) -> None:
        for pool in list(self._pools.values()):
            if pool.waiting:
                pool.serve()
        for pool in list(self._pools.values()):
            pool.start_ahead()

    def _count_starting(self, environment: Environment, change: int) -> None:
        if environment.is_ahead:
            self._starting_ahead += change
        else:
            self._starting += change

    def _get_pool(self, function: FunctionVersion) -> Pool:
        pool = self._pools.get(function.revision_id)
        if pool is None:
            pool = self._pools[function.revision_id] = Pool(self, function)
        return pool

    def _forget_if_over(self, pool: Pool) -> None:
        if pool.is_over and self._pools.get(pool.function.revision_id) is pool:
            del self._pools[pool.function.revision_id]

    def _end_idle(self) -> None:
        self._sweep = self._loop.call_later(_SWEEP_S, self._end_idle)
        for pool in list(self._pools.values()):
            pool.end_idle(self._loop.time() - limits.IDLE_S_MAX)
        if self._has_unused_code:
            self._has_unused_code = False
            self._run("remove code", self._remove_unused_code, self._config.region)

    def _remove_unused_code(self, call: Call) -> None:
        used = call.tx.function_code.list_keys()
        for pool in self._pools.values():
            used.update((pool.function.code_sha256, *pool.function.layers))
        self.code.remove_unused(used)


def _allow_open_files() -> None:
    """Each environment takes some four file descriptors, and a process begins with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
