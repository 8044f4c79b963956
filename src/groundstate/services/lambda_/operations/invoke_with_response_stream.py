"""InvokeWithResponseStream: run a function, and give what it writes as a stream of events.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html

The stream begins when the function has ended: nothing here comes in parts.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from groundstate.operation import Answer, Call, Deferred, Shape
from groundstate.services.lambda_.invocations import (
    admit,
    find_target,
    read_client_context,
    read_payload,
    submit,
)
from groundstate.services.lambda_.limits import REQUEST_BYTES_MAX
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import parse_function_name


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
    admit(call, target)
    answer = Deferred()

    def finish(_: Call, outcome: Outcome) -> None:
        answer.resolve(
            {
                "StatusCode": 200,
                "ExecutedVersion": target.function.version,
                "EventStream": _events(outcome, wants_log=wants_log),
            }
        )

    submit(call, target, payload, headers, finish)
    return answer


def _events(outcome: Outcome, *, wants_log: bool) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    complete: dict[str, Any] = {}
    if outcome.function_error:
        complete["ErrorCode"] = outcome.function_error
        complete["ErrorDetails"] = outcome.payload.decode("utf-8", "replace")
    else:
        events.append({"PayloadChunk": {"Payload": outcome.payload}})
    if wants_log:
        complete["LogResult"] = b64encode(outcome.log_tail).decode()
    return [*events, {"InvokeComplete": complete}]
