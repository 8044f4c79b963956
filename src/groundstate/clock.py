"""Time: the real one, or a virtual one. Nothing else reads the time or sleeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol


class Alarm(Protocol):
    """A wake-up call that can be called off."""

    def cancel(self) -> None: ...


class Clock(Protocol):
    """What tells the time and wakes up.

    Attributes:
        mode: `real` or `virtual`, as the health page shows it.
    """

    mode: str

    def now(self) -> float:
        """Epoch seconds."""

    def alarm(self, due_at: float, wake: Callable[[], None]) -> Alarm:
        """Call `wake` on the running loop once `due_at` (epoch seconds) has come."""


class RealClock:
    """The machine's clock."""

    mode = "real"

    def now(self) -> float:
        return time.time()

    def alarm(self, due_at: float, wake: Callable[[], None]) -> Alarm:
        # Long waits are cut so that a machine which slept or had its clock set is noticed.
        delay_s = min(max(0.0, due_at - time.time()), 60.0)
        return asyncio.get_running_loop().call_later(delay_s, wake)


def pause(delay_s: float) -> None:
    """Hold this thread for a while: the command line's wait between two looks."""
    time.sleep(delay_s)


class VirtualClock:
    """A clock that moves only when told, or from timer to timer when nothing else is left to do.

    Args:
        start_at: epoch seconds at which it begins.
        jumps: with True it jumps to the next timer as soon as the runtime is idle; with False it
            waits for `advance`.
    """

    mode = "virtual"

    def __init__(self, start_at: float = 1_700_000_000.0, *, jumps: bool = False) -> None:
        self._now = start_at
        self._alarm: _VirtualAlarm | None = None
        self.jumps = jumps

    def now(self) -> float:
        return self._now

    def alarm(self, due_at: float, wake: Callable[[], None]) -> Alarm:
        alarm = _VirtualAlarm(due_at, wake)
        # The timer queue keeps one alarm at a time: its earliest.
        self._alarm = alarm
        if due_at <= self._now:
            asyncio.get_running_loop().call_soon(self._ring)
        return alarm

    @property
    def next_alarm_at(self) -> float | None:
        """When the next alarm is due, in epoch seconds."""
        alarm = self._alarm
        return None if alarm is None or alarm.cancelled else alarm.due_at

    def set(self, now: float) -> None:
        """Move to this time (never back) and ring what is due."""
        self._now = max(self._now, now)
        self._ring()

    def _ring(self) -> None:
        alarm = self._alarm
        if alarm is not None and not alarm.cancelled and alarm.due_at <= self._now:
            self._alarm = None
            alarm.wake()


class _VirtualAlarm:
    __slots__ = ("cancelled", "due_at", "wake")

    def __init__(self, due_at: float, wake: Callable[[], None]) -> None:
        self.due_at = due_at
        self.wake = wake
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


wall_time = time.time
"""Epoch seconds of the machine's clock, whatever mode the runtime's is in: for signatures."""
