"""GetActivityTask: a worker asks for a task, and waits for one for up to a minute.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetActivityTask.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Answer, Call, Deferred, Shape
from groundstate.services.stepfunctions.activities import get_activity
from groundstate.services.stepfunctions.activity_tasks import take_task

POLL_S = 60


def get_activity_task(call: Call, request: Shape) -> Answer:
    """Take the task that has waited longest; without one, wait, and answer nothing after 60 s.

    Raises:
        InvalidArn, ActivityDoesNotExist.
    """
    activity = get_activity(call, request["activityArn"])
    worker_name = request.get("workerName", "")
    answer = take_task(call, activity.activity_id, worker_name)
    if answer is not None:
        return answer
    deferred = Deferred()
    poll = ids.make_uuid()
    call.host.pollers.add(activity.activity_id, poll, deferred, worker_name)
    timer = call.tx.timers.set(
        call.now + POLL_S,
        "stepfunctions",
        "poll",
        str(activity.activity_id),
        poll.encode(),
        region=call.region,
    )
    timers = call.tx.timers
    deferred.add_callback(lambda _: timers.cancel(timer))
    return deferred


def end_poll(call: Call, subject: str, data: bytes) -> None:
    """A worker has waited long enough (`Service.timers`)."""
    deferred = call.host.pollers.take(int(subject), data.decode())
    if deferred is not None:
        deferred.resolve({})
