"""The last two seconds of an environment with extensions.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

The runtime is asked to end (SIGTERM) and has a part of that time; then the extensions that want to
know are told, and have the rest. What runs after that is killed. An environment without external
extensions is killed at once, on AWS as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import orjson

from groundstate.services.lambda_.extensions import SHUTDOWN, Extension, Extensions
from groundstate.services.lambda_.spawner import Spawner

SHUTDOWN_S = 2.0
# As in AWS's runtime interface emulator.
_RUNTIME_SHARE = 0.3


class Shutdown:
    """The end of one environment.

    Args:
        number: the runtime's process at the spawner, or 0 if it has ended.
        reason: `spindown`, `timeout` or `failure`.
        deadline_ms: when the two seconds are over, in epoch milliseconds.
        on_end: called when all of its processes have ended or were killed.
    """

    def __init__(
        self,
        spawner: Spawner,
        number: int,
        extensions: Extensions,
        reason: str,
        deadline_ms: int,
        on_end: Callable[[], None],
    ) -> None:
        self._spawner = spawner
        self._number = number
        self._extensions = extensions
        self._event = orjson.dumps(
            {"eventType": SHUTDOWN, "shutdownReason": reason, "deadlineMs": deadline_ms}
        )
        self._on_end = on_end
        self._is_told = self._is_over = False
        loop = asyncio.get_running_loop()
        self._timers = [loop.call_later(SHUTDOWN_S, self._time_is_up)]
        if number:
            spawner.terminate(number)
            self._timers.append(loop.call_later(_RUNTIME_SHARE * SHUTDOWN_S, self._tell))
        else:
            # In a turn of its own: whoever ends an environment is not done with it yet.
            loop.call_soon(self._tell)

    def runtime_ended(self) -> None:
        """The runtime's process is gone."""
        self._number = 0
        self._tell()

    def extension_ended(self) -> None:
        """The process of an extension is gone."""
        if self._is_told and not self._running():
            self._end()

    def _running(self) -> list[Extension]:
        return [extension for extension in self._extensions.all if extension.pid]

    def _tell(self) -> None:
        if self._is_told or self._is_over:
            return
        self._is_told = True
        if self._number:
            self._spawner.kill(self._number)
        self._extensions.shut_down(self._event)
        for extension in self._running():
            if not extension.wants(SHUTDOWN):
                self._spawner.kill_extension(extension.pid)
        self.extension_ended()

    def _time_is_up(self) -> None:
        for extension in self._running():
            self._spawner.kill_extension(extension.pid)
        self._end()

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            for timer in self._timers:
                timer.cancel()
            self._on_end()
