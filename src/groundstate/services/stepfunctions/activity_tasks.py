"""Workers that wait for tasks of activities."""

from __future__ import annotations

from groundstate import ids
from groundstate.asl.interface import TaskStarted
from groundstate.operation import Call, Deferred, Shape
from groundstate.services.stepfunctions import executor


class Pollers:
    """GetActivityTask calls that found no task, by the activity's number, the oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[int, dict[str, tuple[Deferred, str]]] = {}

    @property
    def are_waiting(self) -> bool:
        """Whether any worker waits."""
        return bool(self._waiting)

    def add(self, activity_id: int, poll: str, deferred: Deferred, worker_name: str) -> None:
        """Let a worker wait; `poll` names the call."""
        self._waiting.setdefault(activity_id, {})[poll] = (deferred, worker_name)

    def take(self, activity_id: int, poll: str) -> Deferred | None:
        """Let a worker wait no longer; None if it does not wait."""
        waiting = self._waiting.get(activity_id, {})
        found = waiting.pop(poll, None)
        if not waiting:
            self._waiting.pop(activity_id, None)
        return None if found is None else found[0]

    def wake(self, call: Call, activity_id: int) -> None:
        """A task has come: give it to the worker who has waited longest, in a job of its own."""
        if activity_id in self._waiting:
            call.soon(lambda job: self._serve(job, activity_id))

    def _serve(self, call: Call, activity_id: int) -> None:
        while waiting := self._waiting.get(activity_id):
            poll, (_, worker_name) = next(iter(waiting.items()))
            answer = take_task(call, activity_id, worker_name)
            if answer is None:
                return
            deferred = self.take(activity_id, poll)
            assert deferred is not None, poll
            deferred.resolve(answer)


def take_task(call: Call, activity_id: int, worker_name: str) -> Shape | None:
    """The next task for a worker, which is then recorded as started; None if there is none."""
    while (task := call.tx.activities.take_task(activity_id)) is not None:
        event = TaskStarted(call.now, ids.make_entropy(), task.task_id, worker_name)
        if executor.feed(call, task.execution_id, event):
            return {"taskToken": task.token, "input": task.input_text}
    return None
