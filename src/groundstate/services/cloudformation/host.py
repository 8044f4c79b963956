"""Who waits for stacks: answers of DescribeStacks that are held until a stack has come to rest.

They are held for a time of the machine's clock, not of the runtime's: a client waits, and in
virtual time nothing may come until the client goes on. By the same clock stacks wait for
processes, which work however the runtime's time goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from groundstate.config import Config
from groundstate.operation import Call, Deferred, Runner, ServiceError, Shape
from groundstate.services.cloudformation.engine.run import advance
from groundstate.services.cloudformation.model import is_running

# The CDK's command line polls every 5 s, and other clients rarer still: an answer that waits a
# little for the stack to come to rest saves them a whole turn.
HOLD_S = 4.0
# How often a stack looks after the processes that it waits for.
LOOK_S = 0.05

Describe = Callable[[Call], Shape]


class _Wait(NamedTuple):
    deferred: Deferred
    describe: Describe
    timeout: asyncio.TimerHandle


class StackWaits:
    """The open waits, by stack. Memory only: their clients are gone if the process is."""

    def __init__(self, runner: Runner, config: Config) -> None:
        self._runner = runner
        self._loop = asyncio.get_running_loop()
        self._waits: dict[str, list[_Wait]] = {}
        self._looks: dict[str, asyncio.TimerHandle] = {}

    @property
    def busy(self) -> bool:
        """Stacks wait for processes: virtual time stands still meanwhile."""
        return bool(self._looks)

    def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Forget the waits; their connections close."""
        for waits in self._waits.values():
            for wait in waits:
                wait.timeout.cancel()
        self._waits.clear()
        for look in self._looks.values():
            look.cancel()
        self._looks.clear()

    def look_soon(self, stack_id: str, region: str) -> None:
        """Ask a stack's resources that are pending a moment later."""
        if stack_id not in self._looks:
            self._looks[stack_id] = self._loop.call_later(LOOK_S, self._look, stack_id, region)

    def _look(self, stack_id: str, region: str) -> None:
        del self._looks[stack_id]
        self._runner.run("cloudformation", lambda job: advance(job, stack_id), region)

    def add(self, stack_id: str, region: str, describe: Describe) -> Deferred:
        """Wait for a stack.

        Args:
            describe: gives the answer, when the stack has come to rest or after `HOLD_S`.
        """
        deferred = Deferred()
        timeout = self._loop.call_later(HOLD_S, self._give_up, stack_id, region)
        self._waits.setdefault(stack_id, []).append(_Wait(deferred, describe, timeout))
        return deferred

    def ring(self, call: Call, stack_id: str) -> None:
        """Answer all who wait for a stack, in a job, unless it moves again."""
        stack = call.tx.stacks.find(stack_id)
        if stack is not None and is_running(stack.status):
            return
        for wait in self._waits.pop(stack_id, ()):
            wait.timeout.cancel()
            _answer(call, wait.deferred, wait.describe)

    def _give_up(self, stack_id: str, region: str) -> None:
        """Answer the one who has waited longest, with what there is."""
        waits = self._waits[stack_id]
        wait = waits.pop(0)
        if not waits:
            del self._waits[stack_id]
        self._runner.run(
            "cloudformation", lambda job: _answer(job, wait.deferred, wait.describe), region
        )


def _answer(call: Call, deferred: Deferred, describe: Describe) -> None:
    try:
        deferred.resolve(describe(call))
    except ServiceError as error:
        deferred.fail(error)
