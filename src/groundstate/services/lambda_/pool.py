"""The environments of one revision of a function, and the invocations that wait for them."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Protocol

from groundstate.clock import wall_time
from groundstate.services.lambda_.environment import Environment, State
from groundstate.services.lambda_.limits import ENVIRONMENT_AGE_S_MAX
from groundstate.services.lambda_.model import FunctionVersion, Invocation, Outcome
from groundstate.services.lambda_.sdk_bridge import Respond


class PoolOwner(Protocol):
    """What a pool belongs to: the host."""

    def can_start(self) -> bool:
        """The machine's bounds allow another environment now."""

    def start_environment(self, pool: Pool) -> None:
        """Start an environment for a pool."""

    def environment_ended(self, pool: Pool, *, was_starting: bool) -> None:
        """An environment is gone."""

    def environment_started(self) -> None:
        """An environment has become ready, so another one may start."""

    def finish(self, environment: Environment, invocation: Invocation, outcome: Outcome) -> None:
        """Finish an invocation and store the log, in a job."""

    def flush_log(self, environment: Environment) -> None:
        """Store an environment's log, in a job."""

    def perform_command(
        self,
        function: FunctionVersion,
        names: list[str],
        region: str,
        body: bytes,
        respond: Respond,
    ) -> None:
        """Perform an operation as a function's role."""

    def now(self) -> float:
        """Epoch seconds of the runtime's clock."""


class Pool:
    """A queue of invocations and the environments that serve it.

    Attributes:
        function: what its environments run.
        waiting: invocations that no environment has taken, oldest first.
        retired: the function was changed or deleted; what is queued is still served.
        starting: how many environments are not ready yet.
    """

    def __init__(self, owner: PoolOwner, function: FunctionVersion) -> None:
        self.function = function
        self.waiting: deque[Invocation] = deque()
        self.environments: set[Environment] = set()
        self.retired = False
        self.starting = 0
        self._idle: list[Environment] = []
        self._owner = owner
        self._loop = asyncio.get_running_loop()

    def submit(self, invocation: Invocation) -> None:
        """Run an invocation as soon as an environment can take it."""
        self.waiting.append(invocation)
        self.serve()

    def serve(self) -> None:
        """Give what waits to idle environments; start more where there are too few."""
        while self.waiting and self._idle:
            # The one that was used last is the warmest, and the others may end.
            environment = self._idle.pop()
            if environment.can_take:
                environment.give(self.waiting.popleft())
            else:
                environment.end()
        while len(self.waiting) > self.starting and self._owner.can_start():
            self._owner.start_environment(self)

    def retire(self) -> None:
        """End as soon as nothing waits or runs."""
        self.retired = True
        if not self.waiting:
            for environment in list(self._idle):
                environment.end()

    def end_idle(self, idle_before: float) -> None:
        """End the environments that are idle since before this time of the loop."""
        for environment in list(self._idle):
            if environment.idle_since <= idle_before:
                environment.end()

    @property
    def oldest_idle(self) -> Environment | None:
        """The environment that is idle for longest."""
        return self._idle[0] if self._idle else None

    @property
    def is_over(self) -> bool:
        """Nothing waits and no environment is left."""
        return not self.waiting and not self.environments

    # What environments say

    def environment_ready(self, environment: Environment, *, is_first: bool) -> None:
        """It can take an invocation."""
        if is_first:
            self.starting -= 1
        age_s = self._loop.time() - environment.began_at
        if (self.retired and not self.waiting) or age_s > ENVIRONMENT_AGE_S_MAX:
            environment.end()
        else:
            self._idle.append(environment)
            self.serve()
        if is_first:
            self._owner.environment_started()

    def environment_ended(self, environment: Environment, *, was: State) -> None:
        """It is gone."""
        if was is State.STARTING:
            self.starting -= 1
        if environment in self._idle:
            self._idle.remove(environment)
        self.environments.discard(environment)
        self._owner.environment_ended(self, was_starting=was is State.STARTING)

    def take_waiting(self) -> Invocation | None:
        """Take the invocation that waits longest: the one that fails when a start fails."""
        return self.waiting.popleft() if self.waiting else None

    def run_job(self, environment: Environment, invocation: Invocation, outcome: Outcome) -> None:
        """Finish an invocation and store the log, in a job."""
        self._owner.finish(environment, invocation, outcome)

    def flush_log(self, environment: Environment) -> None:
        """Store the log, in a job."""
        self._owner.flush_log(environment)

    def perform_command(self, names: list[str], region: str, body: bytes, respond: Respond) -> None:
        """Perform an operation as the function's role."""
        self._owner.perform_command(self.function, names, region, body, respond)

    def now(self) -> float:
        """Epoch seconds of the runtime's clock."""
        return self._owner.now()

    def deadline_ms(self, timeout_s: float) -> int:
        """In so many seconds, by the clock that the function's process sees."""
        return int((wall_time() + timeout_s) * 1000)
