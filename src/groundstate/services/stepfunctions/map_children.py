"""The child executions of a map run."""

from __future__ import annotations

from typing import Any

from groundstate import ids
from groundstate.asl.interface import StartMapRun, Stopped
from groundstate.operation import Call
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.run import Run, make_run
from groundstate.store.executions import RUNNING, ExecutionRow
from groundstate.store.map_runs import MapRun, MapRunItem
from groundstate.store.state_machines import StateMachine

# How many children of an aborted run are stopped in one job.
_STOPPED_AT_ONCE = 50


def hidden_machine(call: Call, run: Run, command: StartMapRun) -> StateMachine:
    """The machine that the children of a Map state run, `<machine>/<label>`."""
    tables = call.tx.state_machines
    arn = f"{run.machine.arn}/{command.label}"
    definition = run.program.processor(command.state_name).definition
    role_arn = run.revision.role_arn
    # The children's program is a part of their parent's, which the parent's revision tells.
    settings = {**run.revision.settings, "parent": [run.row.revision, command.state_name]}
    machine = tables.find(arn)
    if machine is None:
        return tables.create(
            arn,
            region=run.machine.region,
            name=f"{run.machine.name}/{command.label}",
            type=command.execution_type,
            label=command.label,
            definition=definition,
            role_arn=role_arn,
            settings=settings,
            now=call.now,
        )
    revision = tables.get_revision(machine.revision)
    if (revision.definition, revision.role_arn, revision.settings) != (
        definition,
        role_arn,
        settings,
    ):
        tables.revise(
            machine.machine_id,
            revision_id=run.revision.revision_id,
            definition=definition,
            role_arn=role_arn,
            settings=settings,
            now=call.now,
        )
    return tables.get(machine.machine_id)


def start_child(call: Call, map_run: MapRun, item: MapRunItem) -> None:
    """Start the execution that works on an item or a batch."""
    machine = call.tx.state_machines.get(map_run.machine_id)
    revision = call.tx.state_machines.get_revision(map_run.revision)
    execution_id = call.tx.executions.make_id()
    name = call.tx.executions.make_name(execution_id)
    extra: dict[str, Any] = {"item": [item.number, item.item_count]}
    if "mocks" in map_run.settings:
        extra["mocks"] = map_run.settings["mocks"]
        extra["mock_root"] = map_run.settings["mock_root"]
    if machine.type == "EXPRESS":
        extra["run"] = ids.make_uuid()
        name = f"{name}:{extra['run']}"
    row = ExecutionRow(
        execution_id=execution_id,
        machine_id=machine.machine_id,
        name=name,
        named=False,
        status=RUNNING,
        revision=revision.revision,
        started_at=call.now,
        map_run_id=map_run.map_run_id,
    )
    call.tx.map_runs.start_item(map_run.map_run_id, item.number, row.execution_id)
    executor.start(call, make_run(call, row, machine, revision, extra, item.input_text))


def abort_children(call: Call, map_run_id: int) -> None:
    """Stop the children of a run that has ended, some in each turn."""
    machine_id = call.tx.map_runs.get(map_run_id).machine_id
    found = call.tx.executions.list_page(
        machine_id, before=1 << 62, limit=_STOPPED_AT_ONCE, status=RUNNING, map_run_id=map_run_id
    )
    for row in found:
        executor.stop(call, row.execution_id, Stopped(call.now, ids.make_entropy()))
    if found:
        call.soon(lambda job: abort_children(job, map_run_id))
