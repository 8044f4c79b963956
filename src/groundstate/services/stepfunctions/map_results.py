"""What a map run gives its parent: the children's outputs, or where the ResultWriter put them.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from groundstate.asl.context import iso_time
from groundstate.operation import Call, ServiceError, Shape
from groundstate.principals import role_principal
from groundstate.services.stepfunctions.arns import execution_arn_of
from groundstate.services.stepfunctions.integrations.role import SOURCE, session_of
from groundstate.services.stepfunctions.map_items import ItemsFailedError
from groundstate.store.executions import STATUSES
from groundstate.store.map_runs import (
    ABORTED,
    FAILED,
    PENDING,
    SUCCEEDED,
    TIMED_OUT,
    MapRun,
    MapRunResult,
)

# Which result file a child's result goes into.
_FILES = {
    SUCCEEDED: "SUCCEEDED",
    FAILED: "FAILED",
    TIMED_OUT: "FAILED",
    ABORTED: "FAILED",
    PENDING: "PENDING",
}
# How many results are put together before others get their turn.
_AT_ONCE = 200


class Results:
    """Puts the results of a map run together, some at a time.

    Iterate to do so; then `output` is the run's output.

    Raises:
        ItemsFailedError: while iterating, if they cannot be written.
    """

    def __init__(self, call: Call, map_run: MapRun) -> None:
        self.output: Any = None
        self._call = call
        self._map_run = map_run
        self._action, self._parameters, self._config = map_run.settings.get(
            "writer", ("", None, {})
        )
        machine = call.tx.state_machines.get(map_run.machine_id)
        self._machine_arn = machine.arn
        # Without a ResultWriter the outputs come alone, as COMPACT gives them.
        default = "NONE" if self._action else "COMPACT"
        self._transformation = self._config.get("Transformation", default)
        self._shown: dict[str, list[bytes]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}

    def __iter__(self) -> Iterator[None]:
        tables, last = self._call.tx.map_runs, -1
        while page := tables.read_results(self._map_run.map_run_id, after=last, limit=_AT_ONCE):
            for result in page:
                self._show(result)
            last = page[-1].number
            yield None
        if self._action:
            self.output = self._write()
        else:
            joined = b"[" + b",".join(self._shown["SUCCEEDED"]) + b"]"
            self.output = orjson.loads(joined)

    def _show(self, result: MapRunResult) -> None:
        kind = _FILES[result.status]
        shown = self._shown[kind]
        # Failed and pending children are always written whole (documented).
        if kind != "SUCCEEDED" or self._transformation == "NONE":
            shown.append(orjson.dumps(self._metadata(result)))
            return
        text = (result.result_text or "null").encode()
        if self._transformation == "FLATTEN" and text.startswith(b"["):
            shown.extend(orjson.dumps(each) for each in orjson.loads(text))
        else:
            shown.append(text)

    def _write(self) -> Shape:
        map_run = self._map_run
        # Expressions may have given anything.
        known = self._parameters if isinstance(self._parameters, dict) else {}
        bucket, folder = known.get("Bucket"), known.get("Prefix", "")
        if not isinstance(bucket, str):
            raise ItemsFailedError(
                "States.ResultWriterFailed", "The field 'Bucket' is required but was missing"
            )
        run_id = map_run.arn.rsplit(":", 1)[1]
        parts = (str(folder).strip("/"), run_id)
        prefix = "/".join(part for part in parts if part)
        lines = self._config.get("OutputType", "JSON") == "JSONL"
        files: dict[str, list[Shape]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
        for kind, shown in self._shown.items():
            if shown:
                body = b"\n".join(shown) if lines else b"[" + b",".join(shown) + b"]"
                key = f"{prefix}/{kind}_0.{'jsonl' if lines else 'json'}"
                self._put(bucket, key, body)
                files[kind].append({"Key": key, "Size": len(body)})
        manifest = {"DestinationBucket": bucket, "MapRunArn": map_run.arn, "ResultFiles": files}
        key = f"{prefix}/manifest.json"
        self._put(bucket, key, orjson.dumps(manifest))
        return {"MapRunArn": map_run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}

    def _put(self, bucket: str, key: str, body: bytes) -> None:
        call, revision = self._call, self._map_run.revision
        role_arn = call.tx.state_machines.get_revision(revision).role_arn
        principal = role_principal(role_arn, session_of(role_arn), SOURCE)
        request = {"Bucket": bucket, "Key": key, "Body": body, "ContentType": "application/json"}
        try:
            call.invoke("s3", "PutObject", request, principal=principal)
        except ServiceError as error:
            raise ItemsFailedError("States.ResultWriterFailed", error.message) from None

    def _metadata(self, result: MapRunResult) -> Shape:
        shown: Shape = {
            "Input": result.input_text,
            "InputDetails": {"Included": True},
            "StateMachineArn": self._machine_arn,
            "Status": STATUSES[result.status - 1] if result.status else "PENDING",
        }
        if result.name is not None:
            shown |= {
                "ExecutionArn": execution_arn_of(self._machine_arn, result.name),
                "Name": result.name,
                "RedriveCount": 0,
            }
            for name, moment in (
                ("StartDate", result.started_at),
                ("StopDate", result.stopped_at),
            ):
                if moment is not None:
                    shown[name] = iso_time(moment)
        if result.status == SUCCEEDED:
            shown |= {
                "Output": result.result_text,
                "OutputDetails": {"Included": True},
                "RedriveStatus": "NOT_REDRIVABLE",
                "RedriveStatusReason": "Execution is SUCCEEDED and cannot be redriven",
            }
        elif result.result_text is not None:
            failure = orjson.loads(result.result_text)
            shown |= {name: value for name, value in failure.items() if value is not None}
        return dict(sorted(shown.items()))
