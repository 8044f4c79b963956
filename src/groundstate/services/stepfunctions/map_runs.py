"""Distributed Map: a map run, its children and its end.

Theory. A map run is a row; what its children are to work on are rows, too, one for each child. It
goes through two phases, each carried on by jobs that do a little and ask for the next one:

* READING: the items are found (in the parent's state, or by the ItemReader), put through the
  ItemSelector, put into batches, and written as rows. A start begins this phase anew.
* RUNNING: children are started until as many run as may. A child that ends notes its result in its
  row; when none is left, or too many failed, the run ends and the parent is told.

The children are executions of a hidden state machine, `<machine>/<label>`, whose definition is the
Map state's ItemProcessor. Their histories are their own.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

import time
from typing import Any

import orjson

from groundstate import ids
from groundstate.asl.interface import (
    MapRunFailed,
    MapRunSucceeded,
    RedriveMapRun,
    StartMapRun,
)
from groundstate.operation import Call, ServiceError
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.faults import end_on_fault
from groundstate.services.stepfunctions.integrations import sdk_v1
from groundstate.services.stepfunctions.integrations.result import Failed
from groundstate.services.stepfunctions.item_reader import role_of
from groundstate.services.stepfunctions.map_children import (
    abort_children,
    hidden_machine,
    start_child,
)
from groundstate.services.stepfunctions.map_items import ItemsFailedError, read_items
from groundstate.services.stepfunctions.map_results import Results
from groundstate.services.stepfunctions.mocks import mock_root
from groundstate.services.stepfunctions.run import Run, load_run
from groundstate.services.stepfunctions.settings import role_is_there
from groundstate.store.map_runs import (
    ABORTED,
    FAILED,
    PENDING,
    STARTED,
    SUCCEEDED,
    TIMED_OUT,
    MapRun,
)

# How many children run at once where the state sets no lower limit.
CONCURRENCY_MAX = 1000
# How long one job may keep the loop from everybody else.
SLICE_S = 0.004

_ENDS = {"SUCCEEDED": SUCCEEDED, "FAILED": FAILED, "TIMED_OUT": TIMED_OUT, "ABORTED": ABORTED}


def start_map_run(call: Call, run: Run, command: StartMapRun) -> None:
    """Begin a map run: write it down; jobs do the rest."""
    machine = hidden_machine(call, run, command)
    settings: dict[str, Any] = {
        "phase": "READING",
        "maxConcurrency": command.max_concurrency,
        "toleratedFailureCount": command.tolerated_failure_count or 0,
        "toleratedFailurePercentage": command.tolerated_failure_percentage or 0.0,
        "tolerates": command.tolerated_failure_count is not None
        or command.tolerated_failure_percentage is not None,
        "state": command.state_name,
        "executions": [0] * 6,
        "items": [0] * 6,
        "source": None if command.items is None else {"items": command.items},
    }
    if "mocks" in run.extra:
        settings["mocks"] = run.extra["mocks"]
        settings["mock_root"] = mock_root(run)
    if command.item_reader is not None:
        reader = command.item_reader
        settings["reader"] = [reader.resource.action, reader.parameters, reader.config]
    if command.item_batcher is not None:
        batcher = command.item_batcher
        settings["batcher"] = [batcher.max_items, batcher.max_input_bytes]
        if batcher.has_batch_input:
            settings["batcher"].append(batcher.batch_input)
    if command.result_writer is not None:
        writer = command.result_writer
        action = "" if writer.resource is None else writer.resource.action
        settings["writer"] = [action, writer.parameters, writer.config]
    map_run_id = call.tx.map_runs.create(
        command.map_run_arn,
        parent_id=run.row.execution_id,
        task_id=command.task_id,
        machine_id=machine.machine_id,
        revision=machine.revision,
        now=call.now,
        settings=settings,
    )
    _soon(call, map_run_id)


def continue_map_run(call: Call, map_run_id: int) -> None:
    """Do the next piece of a map run's work."""
    map_run = call.tx.map_runs.get(map_run_id)
    if map_run.status != "RUNNING":
        return
    try:
        if map_run.settings["phase"] == "READING":
            _read(call, map_run)
        else:
            _start_children(call, map_run)
    except Exception as error:
        end_on_fault(call, map_run.parent_id, error)
        raise


def child_ended(call: Call, run: Run) -> None:
    """Note how a child ended, and go on (called in the child's last burst)."""
    finish, map_run_id = run.finish, run.row.map_run_id
    assert finish is not None, run.row.execution_id
    assert map_run_id is not None, run.row.execution_id
    status = _ENDS[finish.status]
    result = finish.output
    if result is None:
        result = orjson.dumps({"Error": finish.error, "Cause": finish.cause}).decode()
    number, item_count = run.extra["item"]
    call.tx.map_runs.end_item(map_run_id, number, status, result)
    map_run = call.tx.map_runs.get(map_run_id)
    _count(map_run, STARTED, status, item_count)
    call.tx.map_runs.update(map_run)
    if map_run.status == "RUNNING" and map_run_id not in call.host.busy_map_runs:
        _soon(call, map_run_id)


def redrive_map_run(call: Call, command: RedriveMapRun) -> None:
    """Run the children again that did not succeed, under the run's own ARN."""
    map_run = call.tx.map_runs.find(command.map_run_arn)
    assert map_run is not None, command.map_run_arn
    settings = map_run.settings
    for counts in (settings["executions"], settings["items"]):
        counts[PENDING] += counts[FAILED] + counts[TIMED_OUT] + counts[ABORTED]
        counts[FAILED] = counts[TIMED_OUT] = counts[ABORTED] = 0
    call.tx.map_runs.reset_items(map_run.map_run_id)
    settings["redrives"] = command.redrive_count
    settings["redriven_at"] = call.now
    map_run.task_id = command.task_id
    map_run.status, map_run.stopped_at = "RUNNING", None
    call.tx.map_runs.update(map_run)
    _soon(call, map_run.map_run_id)


def cancel_map_run(call: Call, run: Run, task_id: int) -> None:
    """Abort the map run that a parent no longer waits for."""
    for map_run in call.tx.map_runs.list_of(run.row.execution_id, 0, -1):
        if map_run.task_id == task_id and map_run.status == "RUNNING":
            _end(call, map_run, "ABORTED")


def _read(call: Call, map_run: MapRun) -> None:
    """Read some items, and ask for the next turn if there are more."""
    map_run_id, readings = map_run.map_run_id, call.host.readings
    if map_run_id not in readings:
        parent = load_run(call, map_run.parent_id)
        if parent is None or map_run.task_id not in parent.execution.tasks:
            _end(call, map_run, "ABORTED")
            return
        call.tx.map_runs.delete_items(map_run_id)
        map_run.settings["executions"], map_run.settings["items"] = [0] * 6, [0] * 6
        readings[map_run_id] = read_items(call, parent, map_run)
    call.tx.on_undo(lambda: readings.pop(map_run_id, None))
    began_at = time.perf_counter()
    settings = map_run.settings
    try:
        for chunk in readings[map_run_id]:
            call.tx.map_runs.add_items(map_run_id, chunk)
            settings["executions"][PENDING] += len(chunk)
            settings["items"][PENDING] += sum(item.item_count for item in chunk)
            if time.perf_counter() - began_at > SLICE_S:
                call.tx.map_runs.update(map_run)
                _soon(call, map_run_id)
                return
    except ItemsFailedError as error:
        readings.pop(map_run_id, None)
        _fail(call, map_run, error.error, error.cause)
        return
    readings.pop(map_run_id, None)
    settings["phase"] = "RUNNING"
    settings["source"] = None
    call.tx.map_runs.update(map_run)
    refusal = _find_refusal(call, map_run) if settings["executions"][PENDING] else None
    if refusal is not None:
        _fail(call, map_run, str(refusal.error), refusal.cause)
    else:
        _start_children(call, map_run)


def _find_refusal(call: Call, map_run: MapRun) -> Failed | None:
    """Why children cannot be started: the machine's role must be allowed to start the machine.

    https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
    """
    parent = load_run(call, map_run.parent_id)
    if parent is None or not role_is_there(call, parent.revision.role_arn):
        return None
    try:
        call.acting_as(role_of(parent)).authorize("states:StartExecution", parent.machine.arn)
    except ServiceError as error:
        return sdk_v1.failed(sdk_v1.STATES, error)
    return None


def _start_children(call: Call, map_run: MapRun) -> None:
    began_at = time.perf_counter()
    map_run_id, busy = map_run.map_run_id, call.host.busy_map_runs
    busy.add(map_run_id)
    try:
        while True:
            map_run = call.tx.map_runs.get(map_run_id)
            if map_run.status != "RUNNING" or _end_if_done(call, map_run):
                return
            executions = map_run.settings["executions"]
            limit = min(map_run.settings["maxConcurrency"] or CONCURRENCY_MAX, CONCURRENCY_MAX)
            if executions[PENDING] == 0 or executions[STARTED] >= limit:
                return
            if time.perf_counter() - began_at > SLICE_S:
                _soon(call, map_run_id)
                return
            (item,) = call.tx.map_runs.next_items(map_run_id, 1)
            _count(map_run, PENDING, STARTED, item.item_count)
            call.tx.map_runs.update(map_run)
            start_child(call, map_run, item)
    finally:
        busy.discard(map_run_id)


def _end_if_done(call: Call, map_run: MapRun) -> bool:
    """End a run with no children left or too many failed ones; True if nothing is to start."""
    settings = map_run.settings
    executions = settings["executions"]
    failed = executions[FAILED] + executions[TIMED_OUT] + executions[ABORTED]
    if failed and _intolerable(settings):
        _fail(
            call,
            map_run,
            "States.ExceedToleratedFailureThreshold",
            "The specified tolerated failure threshold was exceeded",
        )
        return True
    if executions[PENDING] or executions[STARTED]:
        return False
    _put_together(call, map_run)
    return True


def _put_together(call: Call, map_run: MapRun) -> None:
    """Put some results together, and ask for the next turn if there are more."""
    map_run_id, gatherings = map_run.map_run_id, call.host.gatherings
    if map_run_id not in gatherings:
        results = Results(call, map_run)
        gatherings[map_run_id] = (results, iter(results))
    call.tx.on_undo(lambda: gatherings.pop(map_run_id, None))
    results, steps = gatherings[map_run_id]
    began_at = time.perf_counter()
    try:
        for _ in steps:
            if time.perf_counter() - began_at > SLICE_S:
                _soon(call, map_run_id)
                return
    except ItemsFailedError as error:
        gatherings.pop(map_run_id, None)
        _fail(call, map_run, error.error, error.cause)
        return
    gatherings.pop(map_run_id, None)
    _end(call, map_run, "SUCCEEDED")
    _tell(call, map_run, MapRunSucceeded(call.now, ids.make_entropy(), 0, results.output))
    call.tx.map_runs.drop_items(map_run_id)


def _fail(call: Call, map_run: MapRun, error: str, cause: str | None) -> None:
    _end(call, map_run, "FAILED")
    _tell(call, map_run, MapRunFailed(call.now, ids.make_entropy(), 0, error, cause))


def _intolerable(settings: dict[str, Any]) -> bool:
    items = settings["items"]
    failed = items[FAILED] + items[TIMED_OUT] + items[ABORTED]
    if failed <= settings["toleratedFailureCount"]:
        return False
    percentage = settings["toleratedFailurePercentage"]
    return not (percentage and failed * 100 <= percentage * sum(items))


def _end(call: Call, map_run: MapRun, status: str) -> None:
    call.host.readings.pop(map_run.map_run_id, None)
    call.host.gatherings.pop(map_run.map_run_id, None)
    map_run.status = status
    map_run.stopped_at = call.now
    call.tx.map_runs.update(map_run)
    if map_run.settings["executions"][STARTED]:
        map_run_id = map_run.map_run_id
        call.soon(lambda job: abort_children(job, map_run_id))


def _tell(call: Call, map_run: MapRun, event: MapRunFailed | MapRunSucceeded) -> None:
    event.task_id = map_run.task_id
    executor.feed(call, map_run.parent_id, event)


def _count(map_run: MapRun, before: int, after: int, items: int) -> None:
    for counts, number in ((map_run.settings["executions"], 1), (map_run.settings["items"], items)):
        counts[before] -= number
        counts[after] += number


def _soon(call: Call, map_run_id: int) -> None:
    call.soon(lambda job: continue_map_run(job, map_run_id))
