"""Invoke: run a function and give its answer, or run it later.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

from base64 import b64encode

from groundstate.operation import Answer, Call, Deferred, Shape
from groundstate.services.lambda_.async_events import accept_event
from groundstate.services.lambda_.invocations import (
    Target,
    admit,
    find_target,
    read_client_context,
    read_payload,
    submit,
)
from groundstate.services.lambda_.limits import EVENT_BYTES_MAX, REQUEST_BYTES_MAX
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import parse_function_name


def invoke(call: Call, request: Shape) -> Answer:
    """Run a function: now (RequestResponse), later (Event), or not at all (DryRun).

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidRequestContentException: the payload is not JSON.
        RequestTooLargeException: the payload is too big.
        TooManyRequestsException: the function's concurrency is used up.
    """
    kind = request.get("InvocationType", "RequestResponse")
    payload = read_payload(request, EVENT_BYTES_MAX if kind == "Event" else REQUEST_BYTES_MAX)
    target = find_target(call, parse_function_name(call, request))
    if kind == "DryRun":
        return {"StatusCode": 204}
    headers = read_client_context(request)
    if kind == "Event":
        accept_event(call, target, payload, headers)
        return {"StatusCode": 202}
    return _run(call, target, payload, headers, wants_log=request.get("LogType") == "Tail")


def _run(
    call: Call, target: Target, payload: bytes, headers: dict[str, str], *, wants_log: bool
) -> Deferred:
    admit(call, target)
    answer = Deferred()

    def finish(_: Call, outcome: Outcome) -> None:
        response: Shape = {
            "StatusCode": 200,
            "ExecutedVersion": target.function.version,
            "Payload": outcome.payload,
        }
        if outcome.function_error:
            response["FunctionError"] = outcome.function_error
        if wants_log:
            response["LogResult"] = b64encode(outcome.log_tail).decode()
        answer.resolve(response)

    submit(call, target, payload, headers, finish)
    return answer
