"""`http:invoke`: a request to any HTTP server.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import orjson

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call, Deferred, Shape
from groundstate.services.stepfunctions.integrations.result import (
    Failed,
    Pending,
    Result,
    Succeeded,
)
from groundstate.services.stepfunctions.run import Run

TIMEOUT_S = 60
# A run that has this member in its `extra` gets the exchange there (TestState's level TRACE).
TRACE = "trace_http"
_SCHEMES = ("http://", "https://")


def invoke(call: Call, run: Run, command: ScheduleTask) -> Result:
    """Make the request of an HTTP task. Its connection is not looked up: nothing signs it."""
    parameters = command.parameters
    if not isinstance(parameters, dict) or not str(parameters.get("ApiEndpoint", "")).startswith(
        _SCHEMES
    ):
        return Failed("States.Runtime", "The ApiEndpoint of an HTTP task must be a URL.")
    try:
        request = _make_request(parameters)
    except ValueError as error:
        return Failed("States.Runtime", f"The HTTP task has bad parameters: {error}")
    trace: Shape = {}
    if TRACE in run.extra:
        run.extra[TRACE] = trace
    deferred = call.host.outside.call(call, lambda: _perform(request, trace))
    return Pending(deferred, _read)


def _read(_: Call, deferred: Deferred) -> Result:
    assert deferred.result is not None
    result: Result = deferred.result["result"]
    return result


def _make_request(parameters: dict[str, Any]) -> urllib.request.Request:
    url = str(parameters["ApiEndpoint"])
    query = list(_pairs(parameters.get("QueryParameters") or {}))
    if query:
        url += ("&" if "?" in url else "?") + urlencode(query)
    headers = {str(name): str(value) for name, value in (parameters.get("Headers") or {}).items()}
    body = parameters.get("RequestBody")
    data = None
    if body is not None:
        lower = {name.lower(): value for name, value in headers.items()}
        if lower.get("content-type") == "application/x-www-form-urlencoded":
            data = urlencode(list(_pairs(body))).encode()
        else:
            data = body.encode() if isinstance(body, str) else orjson.dumps(body)
            if "content-type" not in lower:
                headers["Content-Type"] = "application/json"
    headers.setdefault("User-Agent", "Amazon|StepFunctions|HttpInvoke|us-east-1")
    method = str(parameters.get("Method", "GET"))
    # `invoke` lets only http and https through.
    return urllib.request.Request(url, data, headers, method=method)  # noqa: S310


def _perform(request: urllib.request.Request, trace: Shape) -> Result:
    """In a thread: nothing here touches the runtime's state."""
    sent = request.data.decode("utf-8", "replace") if isinstance(request.data, bytes) else ""
    trace["request"] = {
        "protocol": request.type,
        "method": request.get_method(),
        "url": request.full_url,
        "headers": str(dict(request.header_items())),
        "body": sent,
    }
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:  # noqa: S310
            body = response.read()
            trace["response"] = _traced(response.status, response.reason, response.headers, body)
            return _shown(response.status, response.reason, response.headers, body)
    except urllib.error.HTTPError as error:
        body = error.read()
        error.close()
        trace["response"] = _traced(error.code, error.reason, error.headers, body)
        return Failed(f"States.Http.StatusCode.{error.code}", body.decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        return Failed("States.Http.Socket", f"Unable to execute HTTP request: {reason}")


def _shown(status: int, reason: str, headers: Any, body: bytes) -> Succeeded:
    text = body.decode("utf-8", "replace")
    content: Any = text
    if "json" in (headers.get("Content-Type") or ""):
        try:
            content = orjson.loads(body)
        except orjson.JSONDecodeError:
            content = text
    return Succeeded(
        {
            "Headers": {name.lower(): headers.get_all(name) for name in headers},
            "ResponseBody": content,
            "StatusCode": status,
            "StatusText": reason,
        }
    )


def _traced(status: int, reason: str, headers: Any, body: bytes) -> Shape:
    return {
        "protocol": "http",
        "statusCode": str(status),
        "statusMessage": reason,
        "headers": str({name.lower(): headers.get_all(name) for name in headers}),
        "body": body.decode("utf-8", "replace"),
    }


def _pairs(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for each in value if isinstance(value, list) else [value]:
            yield name, each if isinstance(each, str) else orjson.dumps(each).decode()
