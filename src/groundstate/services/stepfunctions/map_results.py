"""What a map run gives its parent: the children's outputs, or where the ResultWriter put them.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate.operation import Call, ServiceError, Shape
from groundstate.principals import role_principal
from groundstate.services.stepfunctions.arns import execution_arn_of
from groundstate.services.stepfunctions.integrations.role import SOURCE, session_of
from groundstate.store.executions import STATUSES
from groundstate.store.map_runs import ABORTED, FAILED, SUCCEEDED, TIMED_OUT, MapRun

# Which result file a child's result goes into.
_FILES = {SUCCEEDED: "SUCCEEDED", FAILED: "FAILED", TIMED_OUT: "FAILED", ABORTED: "FAILED"}

Result = tuple[int, int, int | None, str, str | None]


def write_results(call: Call, map_run: MapRun) -> Any:
    """The output of a map run whose children have ended; a pair of error and cause if it fails."""
    results = call.tx.map_runs.read_results(map_run.map_run_id)
    action, parameters, config = map_run.settings.get("writer", ("", None, {}))
    if not action:
        shown = [_shown(call, map_run, result, config) for result in _succeeded(results)]
        return _flatten(shown) if config.get("Transformation") == "FLATTEN" else shown
    try:
        return _write_files(call, map_run, results, parameters, config)
    except ServiceError as error:
        return "States.ResultWriterFailed", error.message


def _succeeded(results: list[Result]) -> list[Result]:
    return [result for result in results if result[1] == SUCCEEDED]


def _shown(call: Call, map_run: MapRun, result: Result, config: dict[str, Any]) -> Any:
    output = orjson.loads(result[4] or "null")
    # Without a ResultWriter the outputs come alone, as COMPACT gives them.
    if config.get("Transformation", "COMPACT") != "NONE":
        return output
    return _metadata(call, map_run, result)


def _flatten(outputs: list[Any]) -> list[Any]:
    flat: list[Any] = []
    for output in outputs:
        flat.extend(output if isinstance(output, list) else [output])
    return flat


def _write_files(
    call: Call,
    map_run: MapRun,
    results: list[Result],
    parameters: Shape,
    config: dict[str, Any],
) -> Shape:
    bucket = parameters["Bucket"]
    run_id = map_run.arn.rsplit(":", 1)[1]
    prefix = "/".join(part for part in (parameters.get("Prefix", "").strip("/"), run_id) if part)
    transformation = config.get("Transformation", "NONE")
    lines = config.get("OutputType", "JSON") == "JSONL"
    files: dict[str, list[Shape]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    for name, written in files.items():
        chosen = [result for result in results if _FILES.get(result[1], "PENDING") == name]
        if not chosen:
            continue
        # Failed and pending children are always written whole (documented).
        if name != "SUCCEEDED" or transformation == "NONE":
            shown = [_metadata(call, map_run, result) for result in chosen]
        else:
            shown = [orjson.loads(result[4] or "null") for result in chosen]
            shown = _flatten(shown) if transformation == "FLATTEN" else shown
        body = b"\n".join(map(orjson.dumps, shown)) if lines else orjson.dumps(shown)
        key = f"{prefix}/{name}_0.{'jsonl' if lines else 'json'}"
        _put(call, map_run, bucket, key, body)
        written.append({"Key": key, "Size": len(body)})
    manifest = {"DestinationBucket": bucket, "MapRunArn": map_run.arn, "ResultFiles": files}
    key = f"{prefix}/manifest.json"
    _put(call, map_run, bucket, key, orjson.dumps(manifest))
    return {"MapRunArn": map_run.arn, "ResultWriterDetails": {"Bucket": bucket, "Key": key}}


def _put(call: Call, map_run: MapRun, bucket: str, key: str, body: bytes) -> None:
    role_arn = call.tx.state_machines.get_revision(map_run.revision).role_arn
    call.invoke(
        "s3",
        "PutObject",
        {"Bucket": bucket, "Key": key, "Body": body, "ContentType": "application/json"},
        principal=role_principal(role_arn, session_of(role_arn), SOURCE),
    )


def _metadata(call: Call, map_run: MapRun, result: Result) -> Shape:
    _, status, execution_id, input_text, result_text = result
    shown: Shape = {}
    row = call.tx.executions.find(execution_id) if execution_id is not None else None
    machine = call.tx.state_machines.get(map_run.machine_id)
    if row is not None:
        shown = {
            "ExecutionArn": execution_arn_of(machine.arn, row.name),
            "Name": row.name,
            "RedriveCount": 0,
            "StartDate": row.started_at,
            "StopDate": row.stopped_at,
        }
    shown |= {
        "Input": input_text,
        "InputDetails": {"Included": True},
        "StateMachineArn": machine.arn,
        "Status": STATUSES[status - 1] if status else "PENDING",
    }
    if status == SUCCEEDED:
        shown |= {"Output": result_text, "OutputDetails": {"Included": True}}
    elif result_text is not None:
        failure = orjson.loads(result_text)
        shown |= {name: value for name, value in failure.items() if value is not None}
    return dict(sorted(shown.items()))
