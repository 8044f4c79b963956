"""`http:invoke`: a request to any HTTP server.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
"""

from __future__ import annotations

import contextlib
import http.client
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import orjson

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call, Deferred, Shape
from groundstate.services.stepfunctions.integrations.connections import (
    ConnectionFailed,
    authorize,
    connection_arn,
    find_connection,
)
from groundstate.services.stepfunctions.integrations.http_request import (
    Added,
    BadHttpTask,
    HttpRequest,
    make_request,
)
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
# With this one, what the connection added is shown, too.
REVEALS = "reveals_secrets"

_NOT_TEXT = ("application/octet-stream", "image/", "video/", "audio/")


def invoke(call: Call, run: Run, command: ScheduleTask) -> Result:
    """Make the request of an HTTP task, with what its connection adds if connections are set up."""
    parameters, region = command.parameters, run.machine.region
    try:
        plain = make_request(parameters, Added(), region)
    except BadHttpTask as error:
        return Failed("States.Runtime", str(error))
    arn, path = connection_arn(parameters), call.config.connections
    trace: Shape = {}
    if TRACE in run.extra:
        run.extra[TRACE] = trace
    reveals = bool(run.extra.get(REVEALS))

    def work() -> Result:
        request = plain
        if arn and path:
            try:
                added = authorize(find_connection(path, arn))
                request = make_request(parameters, added, region)
            except ConnectionFailed as error:
                return Failed(error.error, error.cause)
            except BadHttpTask as error:
                return Failed("States.Runtime", str(error))
        trace["request"] = _traced_request(request if reveals else plain)
        return _perform(request, trace)

    return Pending(call.host.outside.call(call, work), _read)


def _read(_: Call, deferred: Deferred) -> Result:
    assert deferred.result is not None
    result: Result = deferred.result["result"]
    return result


def _perform(request: HttpRequest, trace: Shape) -> Result:
    """In a thread: nothing here touches the runtime's state."""
    headers = dict(request.headers)
    if request.content_type:
        headers["Content-Type"] = request.content_type
    # `make_request` lets only http and https through.
    sent = urllib.request.Request(  # noqa: S310
        request.url, request.body, headers, method=request.method
    )
    protocol = urlsplit(request.url).scheme
    try:
        with urllib.request.urlopen(sent, timeout=TIMEOUT_S) as response:  # noqa: S310
            status, reason, body = response.status, response.reason, response.read()
            answered = response.headers
    except urllib.error.HTTPError as error:
        status, reason, body, answered = error.code, error.reason, error.read(), error.headers
        error.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        why = getattr(error, "reason", error)
        return Failed("States.Http.Socket", f"Unable to execute HTTP request: {why}")
    text = body.decode("utf-8", "replace")
    trace["response"] = {
        "protocol": protocol,
        "statusCode": str(status),
        "statusMessage": reason,
        "headers": _listed((name.lower(), value) for name, value in answered.items()),
        "body": text,
    }
    if status >= 400:
        return Failed(f"States.Http.StatusCode.{status}", text)
    return _shown(status, reason, answered, body)


def _shown(status: int, reason: str, headers: Any, body: bytes) -> Result:
    content_type = (headers.get("Content-Type") or "").lower()
    try:
        content: Any = body.decode()
    except UnicodeDecodeError:
        content_type = "application/octet-stream"
    if content_type.startswith(_NOT_TEXT):
        return Failed("States.Runtime", "The response of the HTTP task is no text.")
    if "json" in content_type:
        with contextlib.suppress(orjson.JSONDecodeError):
            content = orjson.loads(body)
    return Succeeded(
        {
            "Headers": {name.lower(): headers.get_all(name) for name in headers},
            "ResponseBody": content,
            "StatusCode": status,
            "StatusText": reason,
        }
    )


def _traced_request(request: HttpRequest) -> Shape:
    return {
        "protocol": urlsplit(request.url).scheme,
        "method": request.method,
        "url": request.url,
        "headers": _listed(request.headers.items()),
        "body": (request.body or b"").decode("utf-8", "replace"),
    }


def _listed(headers: Any) -> str:
    """Headers as AWS shows them."""
    return f"[{', '.join(f'{name}: {value}' for name, value in headers)}]"
