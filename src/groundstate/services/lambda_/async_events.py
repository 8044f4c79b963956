"""Asynchronous invocations: kept on disk until they are finished, tried again when they fail.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

An event is a row from the moment that Invoke answers 202. An attempt that fails sets a timer for
the next one; after the last one, or when the event is too old, the row goes, and the event to the
function's destination or dead-letter queue, if it has one. After a crash an attempt that was under
way is made again: like AWS's, these invocations happen at least once.
"""

from __future__ import annotations

from groundstate.operation import Call, ServiceError
from groundstate.services.lambda_.destinations import send_record
from groundstate.services.lambda_.errors import TooManyRequestsException
from groundstate.services.lambda_.invocations import Target, admit, find_target, make_trace_id
from groundstate.services.lambda_.limits import (
    EVENT_AGE_S_MAX,
    EVENT_RETRIES,
    EVENT_RETRY_WAITS_S,
)
from groundstate.services.lambda_.model import Invocation, Outcome
from groundstate.services.lambda_.names import FunctionName
from groundstate.store.async_events import EventRow

TIMER = "event"
# AWS tries throttled events again after 1 s, and then up to every 5 minutes (documented).
_THROTTLED_WAIT_S_MIN, _THROTTLED_WAIT_S_MAX = 1.0, 300.0


def accept_event(call: Call, target: Target, payload: bytes, headers: dict[str, str]) -> None:
    """Write an event, and try it once that is on disk."""
    event_id = call.tx.async_events.add(
        call.request_id,
        call.region,
        target.function.name,
        target.qualifier,
        payload,
        headers,
        call.now,
    )
    queue, region = call.host.events, call.region
    call.after_commit(lambda: queue.add(event_id, region, attempt_event))


def attempt_event(call: Call, event_id: int) -> bool:
    """Try an event; False if nothing came of it. A job."""
    event = call.tx.async_events.find(event_id)
    if event is None:
        return False
    try:
        target = find_target(call, FunctionName(event.function_name, event.qualifier))
    except ServiceError:
        # The function is gone, and with it what was to happen.
        call.tx.async_events.remove(event_id)
        return False
    if _is_too_old(call, event, target):
        _give_up(call, event, target, None, "EventAgeExceeded")
        return False
    try:
        admit(call, target)
    except TooManyRequestsException:
        age_s = call.now - event.accepted_at
        wait_s = min(max(age_s, _THROTTLED_WAIT_S_MIN), _THROTTLED_WAIT_S_MAX)
        _wait(call, event, event.attempts, wait_s)
        return False
    call.tx.async_events.set_attempts(event_id, event.attempts, None)
    invocation = Invocation(
        request_id=event.request_id,
        function=target.function,
        payload=event.payload,
        invoked_arn=target.invoked_arn,
        trace_id=make_trace_id(call.now),
        finish=lambda later, outcome: _finish(later, event_id, target, outcome),
        headers=event.headers,
    )
    host = call.host
    call.after_commit(lambda: host.submit(invocation))
    return True


def serve_event_timer(call: Call, subject: str, data: bytes) -> None:
    """The time of an event's next attempt has come."""
    event_id, queue, region = int(subject), call.host.events, call.region
    event = call.tx.async_events.find(event_id)
    if event is not None:
        call.tx.async_events.set_attempts(event_id, event.attempts, None)
        call.after_commit(lambda: queue.add(event_id, region, attempt_event))


def recover_events(call: Call) -> None:
    """Try again what was due or under way when the runtime ended."""
    queue = call.host.events
    ready = call.tx.async_events.list_ready()

    def add() -> None:
        for event_id, region in ready:
            queue.add(event_id, region, attempt_event)

    call.after_commit(add)


def _finish(call: Call, event_id: int, target: Target, outcome: Outcome) -> None:
    call.host.events.leave()
    event = call.tx.async_events.find(event_id)
    if event is None:
        return
    event = event._replace(attempts=event.attempts + 1)
    if not outcome.function_error:
        send_record(call, event, target, outcome, "Success")
        call.tx.async_events.remove(event_id)
        return
    settings = _settings(call, target)
    if event.attempts > settings.get("MaximumRetryAttempts", EVENT_RETRIES):
        _give_up(call, event, target, outcome, "RetriesExhausted")
        return
    wait_s = EVENT_RETRY_WAITS_S[min(event.attempts, len(EVENT_RETRY_WAITS_S)) - 1]
    _wait(call, event, event.attempts, wait_s)


def _give_up(
    call: Call, event: EventRow, target: Target, outcome: Outcome | None, condition: str
) -> None:
    send_record(call, event, target, outcome, condition)
    call.tx.async_events.remove(event.event_id)


def _wait(call: Call, event: EventRow, attempts: int, wait_s: float) -> None:
    timer_id = call.tx.timers.set(
        call.now + wait_s, "lambda", TIMER, str(event.event_id), region=event.region
    )
    call.tx.async_events.set_attempts(event.event_id, attempts, timer_id)


def _is_too_old(call: Call, event: EventRow, target: Target) -> bool:
    settings = _settings(call, target)
    age_s: float = settings.get("MaximumEventAgeInSeconds", EVENT_AGE_S_MAX)
    return call.now - event.accepted_at > age_s


def _settings(call: Call, target: Target) -> dict[str, int]:
    """The function's own settings for asynchronous invocations, for the qualifier that was used."""
    function_id = target.function.function_id
    qualifier = target.qualifier or "$LATEST"
    return call.tx.functions.find_setting(function_id, "event_invoke", qualifier) or {}
