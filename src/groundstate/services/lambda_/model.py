"""What Lambda's host works with: a version of a function, an invocation, its outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from groundstate.operation import Call

LATEST = "$LATEST"


class DurableConfig(NamedTuple):
    """What makes a function durable.

    Attributes:
        timeout_s: how long an execution may take.
        retention_days: how long it is kept when it has ended.
    """

    timeout_s: int
    retention_days: int


class FunctionVersion(NamedTuple):
    """One configuration of a function. It never changes: a change makes another revision.

    Attributes:
        arn: the function's ARN, without a qualifier.
        version: `$LATEST` or a number.
        revision_id: what tells configurations apart; pools of environments are kept by it.
        code_sha256: of its zip file, in hexadecimal.
        layers: of the layers' zip files, in their order.
        foreign_layers: ARNs of layers that are other accounts' and hold nothing here.
        log_format: `Text` or `JSON`.
        log_level: the least level of the function's own lines with `JSON`; empty for all.
        system_log_level: the same for the lines of the platform.
        durable: what makes it a durable function, or None.
    """

    function_id: int
    region: str
    name: str
    arn: str
    version: str
    revision_id: str
    code_sha256: str
    layers: tuple[str, ...]
    foreign_layers: tuple[str, ...]
    runtime: str
    handler: str
    role: str
    timeout_s: int
    memory_mb: int
    tmp_mb: int
    variables: dict[str, str]
    log_group: str
    log_format: str
    log_level: str
    system_log_level: str
    durable: DurableConfig | None = None


class Outcome(NamedTuple):
    """How an invocation ended.

    Attributes:
        payload: what the function returned, or the error's document.
        function_error: `Unhandled`, or empty.
        log_tail: the end of its log, at most 4 KB.
    """

    payload: bytes
    function_error: str
    log_tail: bytes


class ResponseStream(Protocol):
    """What takes a function's answer bit by bit, while the function still runs."""

    def begin(self, content_type: str) -> None:
        """The function begins to answer."""

    def write(self, part: bytes) -> None:
        """The next part of its answer."""


class Invocation(NamedTuple):
    """An invocation that waits for an environment or runs in one.

    Attributes:
        invoked_arn: the ARN that was invoked, with its qualifier if it had one.
        finish: called once, in a job, with the outcome; its payload is empty if the function
            returned all that it did by the stream.
        headers: further headers for the runtime client (client context, cognito identity).
        stream: takes the answer if the function streams it; None: it is wanted as a whole.
    """

    request_id: str
    function: FunctionVersion
    payload: bytes
    invoked_arn: str
    trace_id: str
    finish: Callable[[Call, Outcome], None]
    headers: dict[str, str]
    stream: ResponseStream | None = None


def make_function_version(
    function_id: int,
    region: str,
    revision_id: str,
    code_sha256: str,
    layers: tuple[str, ...],
    document: dict[str, Any],
) -> FunctionVersion:
    """A function version from its FunctionConfiguration."""
    logging = document["LoggingConfig"]
    is_json = logging.get("LogFormat") == "JSON"
    durable = document.get("DurableConfig")
    return FunctionVersion(
        function_id=function_id,
        region=region,
        name=document["FunctionName"],
        arn=unqualified(document["FunctionArn"]),
        version=document["Version"],
        revision_id=revision_id,
        code_sha256=code_sha256,
        layers=layers,
        foreign_layers=tuple(
            layer["Arn"]
            for layer in document.get("Layers", ())
            if account_of(layer["Arn"]) != account_of(document["FunctionArn"])
        ),
        runtime=document.get("Runtime", ""),
        handler=document.get("Handler", ""),
        role=document["Role"],
        timeout_s=document["Timeout"],
        memory_mb=document["MemorySize"],
        tmp_mb=document["EphemeralStorage"]["Size"],
        variables=document.get("Environment", {}).get("Variables", {}),
        log_group=logging["LogGroup"],
        log_format=logging.get("LogFormat", "Text"),
        log_level=logging.get("ApplicationLogLevel", "") if is_json else "",
        system_log_level=logging.get("SystemLogLevel", "INFO") if is_json else "INFO",
        durable=None
        if durable is None
        else DurableConfig(durable["ExecutionTimeout"], durable["RetentionPeriodInDays"]),
    )


def account_of(arn: str) -> str:
    """The account that an ARN names."""
    return arn.split(":", 5)[4]


def unqualified(arn: str) -> str:
    """A function's ARN without the qualifier that may follow its name."""
    return ":".join(arn.split(":")[:7])
