"""Workers that wait for tasks of activities."""

from __future__ import annotations

from groundstate import ids
from groundstate.asl.interface import TaskStarted
from groundstate.operation import Call, Deferred, Shape
from groundstate.services.stepfunctions import executor


class Pollers:
    """GetActivityTask calls that found no task, by the activity's number, the oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[tuple[Deferred, str]]] = {}

    def add(self, activity_id: int, deferred: Deferred, worker_name: str) -> None:
        """Let a worker wait."""
        self._waiting.setdefault(activity_id, []).append((deferred, worker_name))

    def remove(self, activity_id: int, deferred: Deferred) -> None:
        """Forget a worker who has waited long enough."""
        waiting = [pair for pair in self._waiting.get(activity_id, ()) if pair[0] is not deferred]
        if waiting:
            self._waiting[activity_id] = waiting
        else:
            self._waiting.pop(activity_id, None)

    def wake(self, call: Call, activity_id: int) -> None:
        """A task has come: give it to the worker who has waited longest, in a job of its own."""
        if activity_id in self._waiting:
            call.soon(lambda job: self._serve(job, activity_id))

    def _serve(self, call: Call, activity_id: int) -> None:
        while waiting := self._waiting.get(activity_id):
            deferred, worker_name = waiting[0]
            if deferred.done:
                waiting.pop(0)
                continue
            answer = take_task(call, activity_id, worker_name)
            if answer is None:
                return
            waiting.pop(0)
            deferred.resolve(answer)
        self._waiting.pop(activity_id, None)


def take_task(call: Call, activity_id: int, worker_name: str) -> Shape | None:
    """The next task for a worker, which is then recorded as started; None if there is none."""
    while (task := call.tx.activities.take_task(activity_id)) is not None:
        event = TaskStarted(call.now, ids.make_entropy(), task.task_id, worker_name)
        if executor.feed(call, task.execution_id, event):
            return {"taskToken": task.token, "input": task.input_text}
    return None
