"""Invoke: run a function and give its answer, or run it later.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

from base64 import b64encode

from groundstate.operation import Answer, Call, Deferred, Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.invocations import (
    Target,
    find_target,
    read_client_context,
    read_payload,
)
from groundstate.services.lambda_.limits import EVENT_BYTES_MAX, REQUEST_BYTES_MAX
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.running import run, run_later


def invoke(call: Call, request: Shape) -> Answer:
    """Run a function: now (RequestResponse), later (Event), or not at all (DryRun).

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        InvalidRequestContentException: the payload is not JSON.
        RequestTooLargeException: the payload is too big.
        TooManyRequestsException: the function's concurrency is used up.
        InvalidParameterValueException: a durable function cannot be invoked so, or a name for an
            execution is given for one that is not durable.
        DurableExecutionAlreadyStartedException: one of this name had another payload.
    """
    kind = request.get("InvocationType", "RequestResponse")
    payload = read_payload(request, EVENT_BYTES_MAX if kind == "Event" else REQUEST_BYTES_MAX)
    target = find_target(call, parse_function_name(call, request))
    if "DurableExecutionName" in request and target.function.durable is None:
        raise InvalidParameterValueException(
            "DurableExecutionName can only be given for a durable function."
        )
    if kind == "DryRun":
        return {"StatusCode": 204}
    if kind == "Event":
        headers = read_client_context(request)
        name = request.get("DurableExecutionName", "")
        arn = run_later(call, target, payload, headers, name)
        return {"StatusCode": 202, **_tell_execution(arn)}
    return _run(call, target, payload, request)


def _run(call: Call, target: Target, payload: bytes, request: Shape) -> Deferred:
    answer = Deferred()
    wants_log = request.get("LogType") == "Tail"
    arn = ""

    def finish(_: Call, outcome: Outcome) -> None:
        response: Shape = {
            "StatusCode": 200,
            "ExecutedVersion": target.function.version,
            "Payload": outcome.payload,
            **_tell_execution(arn),
        }
        if outcome.function_error:
            response["FunctionError"] = outcome.function_error
        if wants_log:
            response["LogResult"] = b64encode(outcome.log_tail).decode()
        answer.resolve(response)

    arn = run(
        call,
        target,
        payload,
        finish,
        request_id=call.request_id,
        headers=read_client_context(request),
        name=request.get("DurableExecutionName", ""),
    )
    return answer


def _tell_execution(arn: str) -> Shape:
    return {"DurableExecutionArn": arn} if arn else {}
