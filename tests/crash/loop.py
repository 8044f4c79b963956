"""The counted crash loop: die at commit n, for n = 1, 2, 3, ... until the workload survives.

Each round forks a process that runs the workload on a data directory of its own and exits on the
spot, without any clean-up, just before or just after its n-th commit. A second process opens what
is left, goes on, and checks it. Points are counted, not chosen, so new code is covered by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from groundstate import ids
from groundstate.clock import VirtualClock
from groundstate.config import Config
from groundstate.operation import Deferred, Principal, ServiceError
from groundstate.registry import ServiceTable
from groundstate.runtime import SERVICES, Runtime

CRASHED = 99
FAILED = 98
ADMINISTRATOR = Principal("arn:aws:iam::000000000000:root", "000000000000", administrator=True)


class Driver:
    """Calls operations as a client does, and writes down on disk what was acknowledged."""

    def __init__(self, runtime: Runtime, notes: Path) -> None:
        self.runtime = runtime
        self._notes = notes.open("a", buffering=1)
        self._path = notes

    async def call(self, service: str, operation: str, **request: Any) -> Any:
        """Perform an operation; the answer, once it is durable. Raises its ServiceError."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = loop.create_future()
        dispatcher = self.runtime.dispatcher

        def finish(deferred: Deferred) -> None:
            dispatcher.when_durable(
                lambda: (
                    future.set_exception(deferred.error)
                    if deferred.error
                    else future.set_result(deferred.result)
                )
            )

        answer = dispatcher.perform(service, operation, request, ADMINISTRATOR, "us-east-1")
        if isinstance(answer, Deferred):
            answer.add_callback(finish)
        else:
            dispatcher.when_durable(lambda: future.set_result(answer))
        return await future

    async def call_anew(self, service: str, operation: str, **request: Any) -> Any:
        """As `call`, but nothing if it was done already: what a client's retry would do."""
        try:
            return await self.call(service, operation, **request)
        except ServiceError as error:
            if error.code not in (
                "ResourceInUseException",
                "EntityAlreadyExistsException",
                "EntityAlreadyExists",
                "ExecutionAlreadyExists",
                "AlreadyExistsException",
            ):
                raise
            return None

    def note(self, fact: Any) -> None:
        """Remember something that was acknowledged; it must be true after the crash."""
        self._notes.write(json.dumps(fact) + "\n")
        self._notes.flush()

    def read_notes(self) -> list[Any]:
        """What was noted in this life and those before."""
        return [json.loads(line) for line in self._path.read_text().splitlines()]

    def close(self) -> None:
        """Close the file of notes."""
        self._notes.close()

    async def pass_time(self, seconds: float) -> None:
        """Let virtual time pass, timer by timer."""
        clock = self.runtime.clock
        assert isinstance(clock, VirtualClock)
        target = clock.now() + seconds
        await self.settle()
        while (due_at := clock.next_alarm_at) is not None and due_at <= target:
            clock.set(due_at)
            await self.settle()
        clock.set(target)
        await self.settle()

    async def settle(self) -> None:
        """Until nothing is left to do at this moment."""
        quiet, dispatcher = 0, self.runtime.dispatcher
        while quiet < 4:
            # A host waits for an answer from outside of the loop: of a function, or of a worker.
            waits = any(getattr(host, "busy", False) for host in dispatcher.hosts.values())
            await asyncio.sleep(0.002 if waits else 0)
            quiet = 0 if waits or dispatcher.barrier.is_busy else quiet + 1


Workload = Callable[[Driver], Coroutine[Any, Any, None]]
Check = Callable[[Driver, list[Any]], Coroutine[Any, Any, None]]


def crash_everywhere(
    workload: Workload, check: Check, *, points_max: int = 10_000, every: int = 1
) -> int:
    """Run the workload with a crash at every commit point; how many points there were.

    Args:
        every: take each second, third, ... point only, for workloads that take long.
        workload: does its work on a runtime in virtual time, noting what was acknowledged. It must
            bear to be run again on what a crash has left.
        check: is given the notes, after the workload was run again to its end.
    """
    # Children inherit what is imported; without it each of them would spend its time on that.
    dict(ServiceTable(SERVICES))
    for point in range(1, points_max, every):
        with tempfile.TemporaryDirectory(prefix="groundstate-crash-") as folder:
            status = _in_child(partial(_run, Path(folder), workload, None, point))
            if status not in (0, CRASHED):
                raise AssertionError(f"the workload failed before point {point}: see above")
            again = _in_child(partial(_run, Path(folder), workload, check, 0))
            if again != 0:
                raise AssertionError(
                    f"after a crash at point {point} the rest does not hold: see above"
                )
            if status == 0:
                return point - 1
    raise AssertionError(f"the workload never ended in {points_max} points")


def _in_child(work: Callable[[], None]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        # Lives that are forked from one process would make up the same ids; real ones do not.
        ids._fast.seed()
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child's edge: it must end here, whatever comes
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(FAILED)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def _run(folder: Path, workload: Workload, check: Check | None, point: int) -> None:
    asyncio.run(_main(folder, workload, check, point))


async def _main(folder: Path, workload: Workload, check: Check | None, point: int) -> None:
    notes = folder / "notes"
    known = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
    # The second life begins a little later, as it does after a real crash.
    clock = VirtualClock(1_700_000_000.0 + (1.0 if check else 0.0))
    config = Config(data_dir=str(folder / "data"), port=0, synchronous="OFF")
    runtime = Runtime(config, clock)
    passed = 0

    def count() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os._exit(CRASHED)

    await runtime.start()
    runtime.store.tx.on_crash_point = count
    driver = Driver(runtime, notes)
    await workload(driver)
    if check is not None:
        known += [json.loads(line) for line in notes.read_text().splitlines()[len(known) :]]
        await check(driver, known)
    driver.close()
    await runtime.stop()
