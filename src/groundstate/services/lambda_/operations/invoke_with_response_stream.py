"""InvokeWithResponseStream: run a function, and give what it writes as a stream of events.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html

What a function streams goes on as it comes; the answer of one that does not is one event.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

from groundstate.operation import Answer, Call, Deferred, Shape, Stream
from groundstate.services.lambda_.invocations import (
    find_target,
    read_client_context,
    read_payload,
)
from groundstate.services.lambda_.limits import REQUEST_BYTES_MAX
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.running import run


def invoke_with_response_stream(call: Call, request: Shape) -> Answer:
    """Run a function now (RequestResponse) or not at all (DryRun).

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidRequestContentException: the payload is not JSON.
        RequestTooLargeException: the payload is too big.
        TooManyRequestsException: the function's concurrency is used up.
    """
    payload = read_payload(request, REQUEST_BYTES_MAX)
    target = find_target(call, parse_function_name(call, request))
    if request.get("InvocationType") == "DryRun":
        return {"StatusCode": 204}
    headers = read_client_context(request)
    wants_log = request.get("LogType") == "Tail"
    answer = Deferred()
    events = Stream()

    def respond() -> None:
        version = target.function.version
        answer.resolve({"StatusCode": 200, "ExecutedVersion": version, "EventStream": events})

    def finish(job: Call, outcome: Outcome) -> None:
        def complete() -> None:
            if outcome.payload and not outcome.function_error:
                events.write({"PayloadChunk": {"Payload": outcome.payload}})
            events.write({"InvokeComplete": _complete(outcome, wants_log=wants_log)})
            events.end()

        respond()
        job.after_commit(complete)

    run(
        call,
        target,
        payload,
        finish,
        request_id=call.request_id,
        headers=headers,
        stream=_Events(events, respond),
    )
    return answer


class _Events:
    """Makes events of the parts of a function's answer."""

    def __init__(self, events: Stream, respond: Callable[[], None]) -> None:
        self._events = events
        self._respond = respond

    def begin(self, content_type: str) -> None:
        self._respond()

    def write(self, part: bytes) -> None:
        self._events.write({"PayloadChunk": {"Payload": part}})


def _complete(outcome: Outcome, *, wants_log: bool) -> dict[str, Any]:
    complete: dict[str, Any] = {}
    if outcome.function_error:
        complete["ErrorCode"] = outcome.function_error
        complete["ErrorDetails"] = outcome.payload.decode("utf-8", "replace")
    if wants_log:
        complete["LogResult"] = b64encode(outcome.log_tail).decode()
    return complete
