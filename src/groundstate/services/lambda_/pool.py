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

# What dies so early without having been given anything would do it again and again.
_EARLY_S = 10.0
_REST_S = 10.0


class PoolOwner(Protocol):
    """What a pool belongs to: the host."""

    def can_start(self) -> bool:
        """The machine's bounds allow another environment now."""

    def can_start_ahead(self) -> bool:
        """The same for one that nobody waits for."""

    def start_environment(self, pool: Pool, *, is_ahead: bool) -> None:
        """Start an environment for a pool."""

    def environment_ended(
        self, pool: Pool, environment: Environment, *, was_starting: bool
    ) -> None:
        """An environment is gone."""

    def environment_started(self, environment: Environment) -> None:
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
        environments: all of them, those that were started ahead among them.
        retired: the function was changed or deleted; what is queued is still served.
        starting: how many environments are not ready yet, without those started ahead.
        obstacle: why the last one that was started ahead did not become ready; while there is one,
            no more are started ahead.
        has_been_ready: as many were there as are to be kept, since that number is known.
    """

    def __init__(self, owner: PoolOwner, function: FunctionVersion) -> None:
        self.function = function
        self.waiting: deque[Invocation] = deque()
        self.environments: set[Environment] = set()
        self.retired = False
        self.starting = 0
        self.obstacle = ""
        self.has_been_ready = False
        self._ahead: set[Environment] = set()
        self._target = 0
        # One that was started ahead has died early and by itself: the next one is put off.
        self._rests_until = 0.0
        self._idle: list[Environment] = []
        self._idle_ahead: list[Environment] = []
        self._owner = owner
        self._loop = asyncio.get_running_loop()

    def submit(self, invocation: Invocation) -> None:
        """Run an invocation as soon as an environment can take it."""
        self.waiting.append(invocation)
        self.serve()

    def serve(self) -> None:
        """Give what waits to idle environments; start more where there are too few."""
        while self.waiting and (self._idle_ahead or self._idle):
            # The one that was used last is the warmest, and the others may end.
            environment = (self._idle_ahead or self._idle).pop()
            if environment.can_take:
                environment.give(self.waiting.popleft())
            else:
                environment.end()
        while len(self.waiting) > self.starting and self._owner.can_start():
            self._owner.start_environment(self, is_ahead=False)

    def keep_ahead(self, target: int) -> None:
        """Keep so many environments that are started ahead, for provisioned concurrency."""
        self._target = target
        if self.count_ready_ahead() < target:
            self.has_been_ready = False
        for environment in list(self._idle_ahead):
            if self._is_surplus(environment):
                environment.end()
        self._rests_until = 0.0
        self._note_ready()
        self.start_ahead()
        if not target:
            self.obstacle = ""

    def start_ahead(self) -> None:
        """Start as many as are missing of those that are to be kept, one after the other."""
        while self.lacks_ahead and self._owner.can_start_ahead():
            self._owner.start_environment(self, is_ahead=True)

    @property
    def lacks_ahead(self) -> bool:
        """Fewer are started than are to be kept, and there is a point in starting more."""
        if len(self._ahead) >= self._target or self.obstacle or self.retired:
            return False
        return self._loop.time() >= self._rests_until

    def count_ready_ahead(self) -> int:
        """How many of those that were started ahead are ready, or were and work."""
        return sum(environment.state is not State.STARTING for environment in self._ahead)

    def _note_ready(self) -> None:
        if self.count_ready_ahead() >= self._target:
            self.has_been_ready = True

    def add(self, environment: Environment) -> None:
        """Take in an environment that starts."""
        self.environments.add(environment)
        if environment.is_ahead:
            self._ahead.add(environment)
        else:
            self.starting += 1

    def retire(self) -> None:
        """End as soon as nothing waits or runs."""
        self.retired = True
        self._target = 0
        if not self.waiting:
            for environment in [*self._idle, *self._idle_ahead]:
                environment.end()

    def end_idle(self, idle_before: float) -> None:
        """End the environments that are idle since before this time of the loop, or too old."""
        for environment in list(self._idle):
            if environment.idle_since <= idle_before:
                environment.end()
        for environment in list(self._idle_ahead):
            if self._is_surplus(environment):
                environment.end()
        self.start_ahead()

    @property
    def oldest_idle(self) -> Environment | None:
        """The environment that is idle for longest."""
        return self._idle[0] if self._idle else None

    @property
    def is_over(self) -> bool:
        """Nothing waits, no environment is left, and none is to be kept."""
        return not self.waiting and not self.environments and not self._target

    # What environments say

    def environment_ready(self, environment: Environment, *, is_first: bool) -> None:
        """It can take an invocation."""
        if is_first and not environment.is_ahead:
            self.starting -= 1
        if self._is_surplus(environment):
            environment.end()
        else:
            (self._idle_ahead if environment.is_ahead else self._idle).append(environment)
            self.serve()
        if is_first:
            self._note_ready()
            self._owner.environment_started(environment)

    def _is_surplus(self, environment: Environment) -> bool:
        """It is too old, or there is nothing more for it to do."""
        if self._loop.time() - environment.began_at > ENVIRONMENT_AGE_S_MAX:
            return True
        if environment.is_ahead and len(self._ahead) > self._target:
            return True
        return self.retired and not self.waiting

    def environment_ended(self, environment: Environment, *, was: State) -> None:
        """It is gone. One that was started ahead is followed by another one."""
        was_starting = was is State.STARTING
        if was_starting and not environment.is_ahead:
            self.starting -= 1
        for idle in (self._idle, self._idle_ahead):
            if environment in idle:
                idle.remove(environment)
        self.environments.discard(environment)
        self._ahead.discard(environment)
        if environment.is_ahead:
            self.obstacle = environment.init_error or self.obstacle
            now = self._loop.time()
            if was is State.IDLE and now - environment.began_at < _EARLY_S:
                self._rests_until = now + _REST_S
        self._owner.environment_ended(self, environment, was_starting=was_starting)

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
