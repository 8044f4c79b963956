"""The lines that Lambda itself writes to a function's log, as text or as JSON.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
     https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
"""

from __future__ import annotations

import math
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

from groundstate.services.lambda_.model import FunctionVersion

_LEVELS = {"DEBUG": 10, "INFO": 20, "WARN": 30}


class Report:
    """Makes the platform's lines for one environment. A method gives "" for a line that is not
    written at the function's system log level.
    """

    def __init__(self, function: FunctionVersion) -> None:
        self._function = function
        self._is_json = function.log_format == "JSON"
        self._level = _LEVELS.get(function.system_log_level, 20)

    def init_start(self, now: float) -> str:
        """The environment starts."""
        runtime = runtime_version(self._function.runtime)
        arn = f"arn:aws:lambda:{self._function.region}::runtime:groundstate"
        if self._is_json:
            record = {
                "initializationType": "on-demand",
                "phase": "init",
                "runtimeVersion": runtime,
                "runtimeVersionArn": arn,
                "functionName": self._function.name,
                "functionVersion": self._function.version,
            }
            return self._event("platform.initStart", now, record, "INFO")
        return f"INIT_START Runtime Version: {runtime}\tRuntime Version ARN: {arn}"

    def init_report(self, now: float, duration_s: float, status: str, error_type: str) -> str:
        """The environment did not become ready: `status` is `error` or `timeout`."""
        if self._is_json:
            record = {
                "initializationType": "on-demand",
                "phase": "init",
                "status": status,
                "metrics": {"durationMs": _round_ms(duration_s)},
            }
            if error_type:
                record["errorType"] = error_type
            return self._event("platform.initReport", now, record, "ERROR")
        text = (
            f"INIT_REPORT Init Duration: {duration_s * 1000:.2f} ms\tPhase: init\tStatus: {status}"
        )
        return f"{text}\tError Type: {error_type}" if error_type else text

    def extension(self, now: float, name: str, events: tuple[str, ...]) -> str:
        """An extension is ready."""
        if self._is_json:
            record = {"name": name, "state": "Ready", "events": events}
            return self._event("platform.extension", now, record, "INFO")
        return f"EXTENSION\tName: {name}\tState: Ready\tEvents: [{', '.join(events)}]"

    def start(self, now: float, request_id: str) -> str:
        """An invocation begins."""
        version = self._function.version
        if self._is_json:
            record = {"requestId": request_id, "version": version}
            return self._event("platform.start", now, record, "INFO")
        return f"START RequestId: {request_id} Version: {version}"

    def end(self, now: float, request_id: str) -> str:
        """An invocation ended."""
        return "" if self._is_json else f"END RequestId: {request_id}"

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
        billed_ms = max(1, math.ceil(round(duration_s * 1000 + (init_s or 0.0) * 1000, 2)))
        if self._is_json:
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
            return self._event("platform.report", now, record, "INFO")
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

    def _event(self, kind: str, now: float, record: dict[str, Any], level: str) -> str:
        if _LEVELS.get(level, 40) < self._level:
            return ""
        return orjson.dumps({"time": iso_time(now), "type": kind, "record": record}).decode()


def runtime_version(runtime: str) -> str:
    """What runs a function of this runtime here, as INIT_START names it."""
    if runtime.startswith("python"):
        return "python:" + ".".join(map(str, sys.version_info[:3]))
    return runtime.replace("nodejs", "nodejs:").removesuffix(".x")


def iso_time(now: float) -> str:
    """`2026-11-23T07:00:00.000Z`."""
    moment = datetime.fromtimestamp(now, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _round_ms(duration_s: float) -> float:
    return round(duration_s * 1000, 3)
