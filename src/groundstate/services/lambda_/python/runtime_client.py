"""What AWS's Python client has a compiled part for: its requests to the Runtime API.

The compiled part is of one version of Python. A function on another one finds this in its place;
it imports nothing of Groundstate.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import os
from http.client import HTTPConnection

_PLACE = "/2018-06-01/runtime/invocation"
# The Runtime API says so of a result; the function goes on.
_TOO_LARGE = 413
_DEADLINE = "Lambda-Runtime-Deadline-Ms"
_agent = ""
_connection: HTTPConnection | None = None


def initialize_client(user_agent: str) -> None:
    """Say who asks."""
    global _agent  # noqa: PLW0603 - the compiled part has one client, too
    _agent = user_agent


def next() -> tuple[bytes, dict[str, str | int]]:  # noqa: A001 - its name there
    """Wait for an invocation; its payload, and its headers by their names, the deadline in ms."""
    body, headers = _ask("GET", f"{_PLACE}/next", None, {}, 200)
    return body, {**headers, _DEADLINE: int(headers[_DEADLINE])}


def post_invocation_result(
    request_id: str, result: bytes, content_type: str, invocation_id: str | None = None
) -> None:
    """Give an invocation's result."""
    _ask("POST", f"{_PLACE}/{request_id}/response", result, {"Content-Type": content_type}, 202)


def post_error(
    request_id: str, error: str, xray_cause: str, invocation_id: str | None = None
) -> None:
    """Say that an invocation failed: a JSON document."""
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Function-Error-Type": "Unhandled",
        "Lambda-Runtime-Function-XRay-Error-Cause": xray_cause.encode("ascii", "replace").decode(),
    }
    _ask("POST", f"{_PLACE}/{request_id}/error", error.encode("utf-8"), headers, 202)


def _ask(
    method: str, path: str, body: bytes | None, headers: dict[str, str], expected: int
) -> tuple[bytes, dict[str, str]]:
    global _connection  # noqa: PLW0603
    if _connection is None:
        _connection = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    _connection.request(method, path, body, {"User-Agent": _agent, **headers})
    answer = _connection.getresponse()
    content = answer.read()
    if answer.status not in (expected, _TOO_LARGE):
        raise RuntimeError(f"Failed to {method} {path}: {answer.status}")
    return content, dict(answer.getheaders())
