"""Function URLs: an HTTP request becomes an event, and the function's answer a response.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

import orjson

from groundstate.operation import Call, Shape, Stream
from groundstate.services.lambda_.model import Outcome

KIND = "url"
# Whoever calls an address needs both, since October 2025.
# AWS: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
RIGHTS = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
_AUTH_TYPE = "lambda:FunctionUrlAuthType"
SIGNED = {_AUTH_TYPE: "AWS_IAM", "lambda:InvokedViaFunctionUrl": "true"}
"""The condition keys of a request that is signed."""

_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml")
# Everybody who can reach this runtime is on this machine.
_SOURCE_IP = "127.0.0.1"
_FORM = "application/x-www-form-urlencoded"
# What the server itself says about a response; AWS gives a function's own under another name.
_REMAPPED = frozenset({"connection", "content-length", "date", "transfer-encoding"})
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# What stands between the head and the body of a streamed response.
_HEAD_END = bytes(8)
_HEAD_BYTES_MAX = 1024 * 1024
# What a function says that has written a head.
_HTTP_RESPONSE = "application/vnd.awslambda.http-integration-response"
_BYTES = "application/octet-stream"
_LINE_END = re.compile(r"[\r\n\0]")


class UrlResponse(NamedTuple):
    """What goes back over HTTP. Attributes: stream: the body bit by bit, in the place of `body`."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    stream: Stream | None = None


def url_of(call: Call, url_id: str) -> str:
    """The address. On AWS it is a host name of its own; here it must resolve on every machine."""
    return f"{call.runner.endpoint_url}/_groundstate/url/{url_id}/"


def refused() -> UrlResponse:
    """The answer to a request that may not invoke the function (observed)."""
    text = (
        "Forbidden. For troubleshooting Function URL authorization issues, see:"
        " https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
    )
    return _json_response(403, {"Message": text})


def not_found() -> UrlResponse:
    """The answer where there is no function."""
    return _json_response(404, {"Message": "Not Found"})


def make_url_event(call: Call, url_id: str, request: Shape, trace_id: str) -> bytes:
    """The event of an HTTP request, in format 2.0."""
    headers: dict[str, str] = request["Headers"]
    raw_path = "/" + request["Path"].lstrip("/")
    moment = datetime.fromtimestamp(call.now, UTC)
    host = headers.get("host", "")
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(raw_path),
        "rawQueryString": request["Query"],
        "headers": {
            **{name: value for name, value in headers.items() if name != "cookie"},
            "x-amzn-trace-id": trace_id.partition(";")[0],
            "x-forwarded-for": _SOURCE_IP,
            "x-forwarded-port": host.rpartition(":")[2] if ":" in host else "80",
            "x-forwarded-proto": "http",
        },
        "requestContext": {
            "accountId": "anonymous" if request["Anonymous"] else call.account,
            "apiId": url_id,
            "domainName": host,
            "domainPrefix": url_id,
            "http": {
                "method": request["Method"],
                "path": unquote(raw_path),
                "protocol": "HTTP/1.1",
                "sourceIp": _SOURCE_IP,
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": call.request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": moment.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "timeEpoch": int(call.now * 1000),
        },
        "isBase64Encoded": False,
    }
    if not request["Anonymous"]:
        caller = call.principal
        event["requestContext"]["authorizer"] = {
            "iam": {
                "accountId": caller.account,
                "callerId": caller.user_id,
                "userArn": caller.arn,
                "userId": caller.user_id,
            }
        }
    if "cookie" in headers:
        event["cookies"] = [part.strip() for part in headers["cookie"].split(";")]
    if request["Query"]:
        event["queryStringParameters"] = _parameters(request["Query"])
    if request["Body"]:
        event["isBase64Encoded"], event["body"] = _body(request["Body"], headers)
    return orjson.dumps(event)


def make_url_response(outcome: Outcome) -> UrlResponse:
    """The HTTP response that a function's answer stands for.

    An answer that stands for none is AWS's `502`, as an error of the function is.
    """
    if outcome.function_error:
        return _bad_gateway()
    try:
        answer = orjson.loads(outcome.payload)
        if not isinstance(answer, dict) or "statusCode" not in answer:
            content = answer.encode() if isinstance(answer, str) else outcome.payload
            return UrlResponse(200, [("Content-Type", "application/json")], content)
        return _parse_response(answer)
    except (ValueError, TypeError, AttributeError):
        return _bad_gateway()


class UrlStream:
    """Makes the HTTP response of an address that streams, from what the function writes.

    AWS: https://docs.aws.amazon.com/lambda/latest/dg/response-streaming-tutorial.html

    Args:
        respond: called with the response once its head is known.
    """

    def __init__(self, respond: Callable[[UrlResponse], None]) -> None:
        self._respond = respond
        self._body = Stream()
        # What came before the head's end; None: the response has begun.
        self._head: bytes | None = b""

    def begin(self, content_type: str) -> None:
        """The function begins to answer."""
        if content_type != _HTTP_RESPONSE:
            self._head = None
            self._respond(UrlResponse(200, [("Content-Type", _BYTES)], b"", self._body))

    def write(self, part: bytes) -> None:
        """The next part of its answer."""
        if self._head is None:
            self._body.write(part)
            return
        self._head += part
        head, separator, body = self._head.partition(_HEAD_END)
        if separator or len(head) > _HEAD_BYTES_MAX:
            self._head = None
            response = _parse_head(head) if separator else None
            if response is None:
                self._body.leave()
                self._respond(_bad_gateway())
            else:
                self._body.write(body)
                self._respond(response._replace(stream=self._body))

    def end(self, outcome: Outcome) -> None:
        """The function has ended, with or without an answer."""
        if self._head is None:
            self._body.end()
        elif outcome.function_error:
            self._respond(_bad_gateway())
        else:
            self._respond(_whole_response(self._head or outcome.payload))


def _whole_response(payload: bytes) -> UrlResponse:
    """The response of a function that did not stream, or that ended before its head did."""
    head, separator, body = payload.partition(_HEAD_END)
    if not separator:
        return UrlResponse(200, [("Content-Type", _BYTES)], payload)
    response = _parse_head(head)
    return _bad_gateway() if response is None else response._replace(body=body)


def _parse_head(head: bytes) -> UrlResponse | None:
    """Status and headers from what a function wrote before its answer; None if it is no head."""
    try:
        metadata = {"statusCode": 200, **orjson.loads(head), "body": None}
        headers = metadata.get("headers") or {}
        if all(name.lower() != "content-type" for name in headers):
            metadata["headers"] = {**headers, "Content-Type": _BYTES}
        return _parse_response(metadata)
    except (ValueError, TypeError, AttributeError):
        return None


def _parse_response(answer: Shape) -> UrlResponse:
    status = int(answer["statusCode"])
    if not 200 <= status <= 599:
        raise ValueError(f"{status} is no status of a response")
    headers = [_header(name, value) for name, value in (answer.get("headers") or {}).items()]
    headers += [_header("Set-Cookie", cookie) for cookie in answer.get("cookies") or ()]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "application/json"))
    body = answer.get("body")
    if body is None:
        content = b""
    else:
        content = body.encode() if isinstance(body, str) else orjson.dumps(body)
    if answer.get("isBase64Encoded"):
        content = b64decode(content)
    return UrlResponse(status, headers, content)


def _header(name: str, value: Any) -> tuple[str, str]:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if not _HEADER_NAME.fullmatch(name) or _LINE_END.search(text):
        raise ValueError(f"{name!r} is no header")
    return (f"x-amzn-Remapped-{name}" if name.lower() in _REMAPPED else name), text


def allows_everyone(policy: Shape | None) -> bool:
    """A resource policy lets anyone call the address, as `AuthType` NONE needs it."""
    statements = [] if policy is None else policy["Policy"]["Statement"]
    allowed = {
        statement["Action"]
        for statement in statements
        if statement["Effect"] == "Allow"
        and statement["Principal"] == "*"
        and statement.get("Condition", {}).get("StringEquals", {}).get(_AUTH_TYPE) != "AWS_IAM"
    }
    return not any(allowed.isdisjoint((right, "lambda:*")) for right in RIGHTS)


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name] = f"{found[name]},{value}" if name in found else value
    return found


def _body(body: bytes, headers: dict[str, str]) -> tuple[bool, str]:
    content_type = headers.get("content-type", "").lower()
    # AWS encodes forms as well (documented by example).
    if content_type.startswith(_TEXT_TYPES) and not content_type.startswith(_FORM):
        try:
            return False, body.decode()
        except UnicodeDecodeError:
            pass
    return True, b64encode(body).decode()


def _bad_gateway() -> UrlResponse:
    return _json_response(502, {"Message": "Internal Server Error"})


def _json_response(status: int, document: Shape) -> UrlResponse:
    return UrlResponse(status, [("Content-Type", "application/json")], orjson.dumps(document))
