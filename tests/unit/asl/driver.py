"""A small executor for tests: virtual time, tasks answered by a function."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from groundstate import asl
from groundstate.asl import interface as i

START = 1_700_000_000.0

Answer = Callable[[i.ScheduleTask], Any]
"""What a task gives: a value, an `asl.Failed`, or None to leave it open."""


def machine(states: dict[str, Any], *, start: str | None = None, **top: Any) -> asl.Machine:
    """A machine of these states; it starts at the first one."""
    definition = {"StartAt": start or next(iter(states)), "States": states, **top}
    return asl.compile_machine(json.dumps(definition))


class Driver:
    """Runs one execution.

    Attributes:
        events, commands: all so far.
        timers: due times by timer id.
        tasks: the open tasks by id.
        finish: the command that ended it, or None.
    """

    def __init__(
        self,
        compiled: asl.Machine,
        value: Any = None,
        *,
        answer: Answer | None = None,
        text: str | None = None,
        reload: bool = False,
    ) -> None:
        self.machine = compiled
        self.answer = answer
        self.reload = reload
        self.now = START
        self.count = 0
        self.steps = 0
        self.events: list[dict[str, Any]] = []
        self.commands: list[Any] = []
        self.timers: dict[int, float] = {}
        self.tasks: dict[int, i.ScheduleTask] = {}
        self.finish: i.Finish | None = None
        self.info = i.ExecutionInfo(
            "arn:aws:states:us-east-1:000000000000:execution:m:e",
            "e",
            "arn:aws:iam::000000000000:role/r",
            "arn:aws:states:us-east-1:000000000000:stateMachine:m",
            "m",
            json.dumps(value) if text is None else text,
            START,
        )
        self.execution, outcome = asl.begin(
            compiled, self.info, i.Started(self.now, self.entropy())
        )
        self._take(outcome)

    def entropy(self) -> int:
        self.count += 1
        return self.count * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128)

    def feed(self, event: i.Input) -> i.Outcome:
        """Let the execution take in an event, and all that follows at once."""
        outcome = asl.step(self.machine, self.execution, event)
        self._take(outcome)
        return outcome

    def _take(self, outcome: i.Outcome) -> None:
        self.steps += 1
        self.events.extend(outcome.events)
        self.commands.extend(outcome.commands)
        if self.reload:
            data = self.execution.dump()
            self.execution = asl.Execution.load(self.machine, self.info, data)
            assert self.execution.dump() == data
        answers = []
        for command in outcome.commands:
            if isinstance(command, i.SetTimer):
                self.timers[command.timer_id] = command.due_at
            elif isinstance(command, i.CancelTimer):
                self.timers.pop(command.timer_id, None)
            elif isinstance(command, i.CancelTask):
                self.tasks.pop(command.task_id, None)
            elif isinstance(command, i.ScheduleTask):
                self.tasks[command.task_id] = command
                answers.append(command)
            elif isinstance(command, i.Finish):
                self.finish = command
                self.timers.clear()
                self.tasks.clear()
        if outcome.more:
            self.feed(i.Continue(self.now, self.entropy()))
        for task in answers:
            self._answer(task)

    def _answer(self, task: i.ScheduleTask) -> None:
        if self.answer is None or task.task_id not in self.tasks:
            return
        given = self.answer(task)
        if given is None:
            return
        self.tasks.pop(task.task_id, None)
        if isinstance(given, asl.Failed):
            self.feed(
                i.TaskFailed(self.now, self.entropy(), task.task_id, given.error, given.cause)
            )
        else:
            self.feed(i.TaskSucceeded(self.now, self.entropy(), task.task_id, given))

    def advance(self, seconds: float) -> None:
        """Move time, firing what is due on the way."""
        until = self.now + seconds
        while self.timers:
            timer_id = min(self.timers, key=lambda key: (self.timers[key], key))
            if self.timers[timer_id] > until:
                break
            self.now = max(self.now, self.timers.pop(timer_id))
            self.feed(i.TimerFired(self.now, self.entropy(), timer_id))
        self.now = max(self.now, until)

    def run(self) -> Driver:
        """Fire timers until the execution has ended."""
        while self.finish is None and self.timers:
            self.advance(max(0.0, min(self.timers.values()) - self.now))
        return self

    # -------------------------------------------------------------------------- what came of it

    @property
    def types(self) -> list[str]:
        """The types of the events."""
        return [event["type"] for event in self.events]

    @property
    def output(self) -> Any:
        """The output as a value."""
        assert self.finish is not None
        assert self.finish.output is not None, self.finish
        return json.loads(self.finish.output)

    @property
    def status(self) -> str:
        return self.finish.status if self.finish else "RUNNING"
