"""ServeFunctionUrl: a request to a function's address.

Internal: AWS's model does not have it, so no API request reaches it; the gateway's page
`/_groundstate/url/` does.
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Deferred, ServiceError, Shape
from groundstate.services.lambda_.cors import is_preflight, preflight_headers, with_cors
from groundstate.services.lambda_.function_urls import (
    KIND,
    RIGHTS,
    SIGNED,
    UrlResponse,
    UrlStream,
    allows_everyone,
    make_url_event,
    make_url_response,
    not_found,
    refused,
)
from groundstate.services.lambda_.invocations import find_target, make_trace_id
from groundstate.services.lambda_.model import Outcome
from groundstate.services.lambda_.names import split_function_name
from groundstate.services.lambda_.policies import KIND as POLICY
from groundstate.services.lambda_.policies import function_policy
from groundstate.services.lambda_.running import run


def serve_function_url(call: Call, request: Shape) -> Answer:
    """Invoke the function behind an address.

    The request has `UrlId`, `Method`, `Path` (behind the address), `Query`, `Headers` (by name in
    lower case), `Body` (bytes) and `Anonymous` (it was not signed); the answer `StatusCode`,
    `Headers` (pairs) and `Body`, or `Stream` with its parts. Refusals are answers, not errors.
    """
    found = call.tx.functions.find_url(KIND, request["UrlId"])
    if found is None:
        return _answer(not_found())
    function_id, qualifier, kept = found
    cors = kept.get("Cors")
    if cors and is_preflight(request):
        return _answer(UrlResponse(200, preflight_headers(cors, request), b""))
    named = split_function_name(kept["FunctionArn"])
    if kept["AuthType"] == "NONE":
        policy = call.tx.functions.find_setting(function_id, POLICY, qualifier)
        if not allows_everyone(policy):
            return _answer(refused())
    elif request["Anonymous"]:
        return _answer(refused())
    try:
        if kept["AuthType"] != "NONE":
            own = function_policy(call, {"FunctionName": kept["FunctionArn"]})
            for right in RIGHTS:
                call.authorize(right, kept["FunctionArn"], SIGNED, own)
        target = find_target(call, named)
    except ServiceError:
        return _answer(refused())
    answer = Deferred()

    def respond(response: UrlResponse) -> None:
        headers = with_cors(cors, request, response.headers)
        answer.resolve(_answer(response._replace(headers=headers)))

    stream = UrlStream(respond) if kept.get("InvokeMode") == "RESPONSE_STREAM" else None

    def finish(job: Call, outcome: Outcome) -> None:
        if stream is None:
            respond(make_url_response(outcome))
        else:
            job.after_commit(lambda: stream.end(outcome))

    trace_id = make_trace_id(call.now)
    payload = make_url_event(call, request["UrlId"], request, trace_id)
    try:
        run(
            call,
            target,
            payload,
            finish,
            request_id=call.request_id,
            trace_id=trace_id,
            stream=stream,
        )
    except ServiceError:
        return _answer(refused())
    return answer


def _answer(response: UrlResponse) -> Shape:
    return {
        "StatusCode": response.status,
        "Headers": response.headers,
        "Body": response.body,
        "Stream": response.stream,
    }
