"""Who waits for stacks: answers of DescribeStacks that are held until a stack has come to rest."""

from __future__ import annotations

from collections.abc import Callable

from groundstate.config import Config
from groundstate.operation import Call, Deferred, Runner, ServiceError, Shape
from groundstate.services.cloudformation.model import is_running

Describe = Callable[[Call], Shape]


class StackWaits:
    """The open waits, by stack. Memory only: their clients are gone if the process is."""

    def __init__(self, runner: Runner, config: Config) -> None:
        self._waits: dict[str, list[tuple[Deferred, Describe, int]]] = {}

    def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Forget the waits; their connections close."""
        self._waits.clear()

    def add(self, stack_id: str, describe: Describe, timer_id: int) -> Deferred:
        """Wait for a stack; `describe` gives the answer when it has come to rest.

        Args:
            timer_id: the timer that ends the wait; it is cancelled if the wait ends before.
        """
        deferred = Deferred()
        self._waits.setdefault(stack_id, []).append((deferred, describe, timer_id))
        return deferred

    def ring(self, call: Call, stack_id: str) -> None:
        """Answer all who wait for a stack, in a job, unless it moves again."""
        stack = call.tx.stacks.find(stack_id)
        if stack is not None and is_running(stack.status):
            return
        for deferred, describe, timer_id in self._waits.pop(stack_id, ()):
            call.tx.timers.cancel(timer_id)
            _answer(call, deferred, describe)

    def give_up(self, call: Call, stack_id: str) -> None:
        """Answer the one who has waited longest, with what there is."""
        waits = self._waits.get(stack_id)
        if waits:
            deferred, describe, _ = waits.pop(0)
            _answer(call, deferred, describe)


def _answer(call: Call, deferred: Deferred, describe: Describe) -> None:
    try:
        deferred.resolve(describe(call))
    except ServiceError as error:
        deferred.fail(error)
