"""The lines that Lambda itself writes to a function's log, as text or as JSON.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
     https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from groundstate.services.lambda_.model import FunctionVersion

_LEVELS = {"DEBUG": 10, "INFO": 20, "WARN": 30}


class Listener(Protocol):
    """Who is told of the platform's events beside the log: the environment's telemetry."""

    is_heard: bool

    def add_event(self, event: dict[str, Any]) -> None:
        """An event of the platform."""


class Report:
    """Makes the platform's lines for one environment. A method gives "" for a line that is not
    written, as text or at the function's system log level.
    """

    def __init__(
        self, function: FunctionVersion, listener: Listener, initialization_type: str
    ) -> None:
        self._function = function
        self._listener = listener
        self._initialization_type = initialization_type
        self._is_json = function.log_format == "JSON"
        self._level = _LEVELS.get(function.system_log_level, 20)

    @property
    def _needs_events(self) -> bool:
        return self._is_json or self._listener.is_heard

    def init_start(self, now: float, runtime: str) -> str:
        """The environment starts; `runtime` is what it runs on."""
        arn = f"arn:aws:lambda:{self._function.region}::runtime:groundstate"
        text = f"INIT_START Runtime Version: {runtime}\tRuntime Version ARN: {arn}"
        record = {
            "initializationType": self._initialization_type,
            "phase": "init",
            "runtimeVersion": runtime,
            "runtimeVersionArn": arn,
            "functionName": self._function.name,
            "functionVersion": self._function.version,
        }
        return self._event("platform.initStart", now, record, "INFO", text)

    def init_runtime_done(self, now: float) -> str:
        """The runtime is ready."""
        record = {
            "initializationType": self._initialization_type,
            "phase": "init",
            "status": "success",
        }
        return self._event("platform.initRuntimeDone", now, record, "DEBUG", "")

    def init_report(self, now: float, duration_s: float, status: str, error_type: str) -> str:
        """The environment is ready, or did not become so: `status` is `error` or `timeout`."""
        text = (
            f"INIT_REPORT Init Duration: {duration_s * 1000:.2f} ms\tPhase: init\tStatus: {status}"
        )
        record: dict[str, Any] = {
            "initializationType": self._initialization_type,
            "phase": "init",
            "status": status,
            "metrics": {"durationMs": _round_ms(duration_s)},
        }
        if error_type:
            text = f"{text}\tError Type: {error_type}"
            record["errorType"] = error_type
        if status == "success":
            return self._event("platform.initReport", now, record, "DEBUG", "")
        return self._event("platform.initReport", now, record, "WARN", text)

    def extension(self, now: float, name: str, events: tuple[str, ...]) -> str:
        """An extension is ready."""
        text = f"EXTENSION\tName: {name}\tState: Ready\tEvents: [{', '.join(events)}]"
        record = {"name": name, "state": "Ready", "events": events}
        return self._event("platform.extension", now, record, "INFO", text)

    def subscription(self, now: float, name: str, api: str, types: list[str]) -> str:
        """An extension has subscribed to the Telemetry API or the Logs API."""
        kind = "telemetry" if api == "Telemetry" else "logs"
        text = f"{kind.upper()}\tName: {name}\tState: Subscribed\tTypes: [{', '.join(types)}]"
        record = {"name": name, "state": "Subscribed", "types": types}
        return self._event(f"platform.{kind}Subscription", now, record, "INFO", text)

    def start(self, now: float, request_id: str) -> str:
        """An invocation begins."""
        version = self._function.version
        text = f"START RequestId: {request_id} Version: {version}"
        if not self._needs_events:
            return text
        record = {"requestId": request_id, "version": version}
        return self._event("platform.start", now, record, "INFO", text)

    def end(self, now: float, request_id: str) -> str:
        """An invocation ended."""
        return "" if self._is_json else f"END RequestId: {request_id}"

    def runtime_done(
        self, now: float, request_id: str, duration_s: float, payload: bytes, status: str
    ) -> str:
        """The runtime has finished an invocation; `status` is `success`, `error` or `timeout`."""
        if not self._needs_events:
            return ""
        metrics = {"durationMs": _round_ms(duration_s), "producedBytes": len(payload)}
        record = {"requestId": request_id, "status": status, "metrics": metrics}
        level = "DEBUG" if status == "success" else "WARN"
        return self._event("platform.runtimeDone", now, record, level, "")

    def report(
        self,
        now: float,
        request_id: str,
        duration_s: float,
        *,
        init_s: float | None,
        memory_used_mb: int,
        status: str,
        error_type: str,
    ) -> str:
        """What an invocation used; `status` is `success`, `error` or `timeout`."""
        # What was initialized ahead is billed apart from the invocation (documented), though its
        # first REPORT tells how long that took (observed).
        is_ahead = self._initialization_type == "provisioned-concurrency"
        billed_s = duration_s if is_ahead else duration_s + (init_s or 0.0)
        billed_ms = max(1, math.ceil(round(billed_s * 1000, 2)))
        if self._needs_events:
            metrics: dict[str, Any] = {
                "durationMs": _round_ms(duration_s),
                "billedDurationMs": billed_ms,
                "memorySizeMB": self._function.memory_mb,
                "maxMemoryUsedMB": memory_used_mb,
            }
            if init_s is not None:
                metrics["initDurationMs"] = _round_ms(init_s)
            record: dict[str, Any] = {"requestId": request_id, "metrics": metrics, "status": status}
            if error_type:
                record["errorType"] = error_type
            level = "INFO" if status == "success" else "WARN"
            line = self._event("platform.report", now, record, level, "")
            if self._is_json:
                return line
        parts = [
            f"REPORT RequestId: {request_id}",
            f"Duration: {duration_s * 1000:.2f} ms",
            f"Billed Duration: {billed_ms} ms",
            f"Memory Size: {self._function.memory_mb} MB",
            f"Max Memory Used: {memory_used_mb} MB",
        ]
        if init_s is not None:
            parts.append(f"Init Duration: {init_s * 1000:.2f} ms")
        if status != "success":
            parts.append(f"Status: {status}")
        if error_type and status == "error":
            parts.append(f"Error Type: {error_type}")
        return "\t".join(parts) + "\t"

    def _event(self, kind: str, now: float, record: dict[str, Any], level: str, text: str) -> str:
        """Tell the listener of an event; its line in the log, which is `text` if not JSON."""
        if not self._needs_events:
            return text
        event = {"time": iso_time(now), "type": kind, "record": record}
        if self._listener.is_heard:
            self._listener.add_event(event)
        if not self._is_json:
            return text
        return orjson.dumps(event).decode() if _LEVELS[level] >= self._level else ""


def runtime_version(runtime: str, python: str) -> str:
    """What runs a function of this runtime here, as INIT_START names it.

    Args:
        python: the version of the Python that there is for it.
    """
    if runtime.startswith("python"):
        return f"python:{python}"
    return runtime.replace("nodejs", "nodejs:").removesuffix(".x")


def iso_time(now: float) -> str:
    """`2026-11-23T07:00:00.000Z`."""
    moment = datetime.fromtimestamp(now, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _round_ms(duration_s: float) -> float:
    return round(duration_s * 1000, 3)
