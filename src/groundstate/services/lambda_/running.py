"""Running what a caller wants to be run: one invocation, or an execution of a durable function."""

from __future__ import annotations

from collections.abc import Callable

from groundstate.operation import Call
from groundstate.services.lambda_.async_events import accept_event
from groundstate.services.lambda_.durable import executions
from groundstate.services.lambda_.durable.model import EVENT, SYNCHRONOUS
from groundstate.services.lambda_.invocations import Target, admit, make_trace_id
from groundstate.services.lambda_.model import Invocation, Outcome, ResponseStream


def run(
    call: Call,
    target: Target,
    payload: bytes,
    finish: Callable[[Call, Outcome], None],
    *,
    request_id: str,
    trace_id: str = "",
    headers: dict[str, str] | None = None,
    name: str = "",
    stream: ResponseStream | None = None,
) -> str:
    """Run a function for somebody who waits, once the call is on disk.

    Args:
        finish: called with how it went.
        request_id: of the invocation; an execution's invocations have ids of their own.
        trace_id: empty makes one up.
        headers: of the Runtime API, beside those that every invocation has.
        name: of the execution of a durable function.
        stream: takes the answer bit by bit if the function streams it.

    Returns:
        The ARN of the execution of a durable function, or an empty string.

    Raises:
        TooManyRequestsException: the function's concurrency is used up.
        InvalidParameterValueException, DurableExecutionAlreadyStartedException: a durable function
            cannot be started so.
    """
    if target.function.durable is not None:
        text = payload.decode("utf-8", "replace")
        started = executions.start(call, target, text, SYNCHRONOUS, name=name, finish=finish)
        return started.arn
    admit(call, target)
    invocation = Invocation(
        request_id=request_id,
        function=target.function,
        payload=payload,
        invoked_arn=target.invoked_arn,
        trace_id=trace_id or make_trace_id(call.now),
        finish=finish,
        headers=headers or {},
        stream=stream,
    )
    host = call.host
    call.after_commit(lambda: host.submit(invocation))
    return ""


def run_later(
    call: Call, target: Target, payload: bytes, headers: dict[str, str], name: str = ""
) -> str:
    """Run a function for nobody who waits. Arguments, answer and refusals are those of `run`."""
    if target.function.durable is not None:
        text = payload.decode("utf-8", "replace")
        return executions.start(call, target, text, EVENT, name=name).arn
    accept_event(call, target, payload, headers)
    return ""
