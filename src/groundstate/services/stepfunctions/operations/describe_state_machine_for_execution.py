"""DescribeStateMachineForExecution: what an execution runs, whatever became of its machine.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineForExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.executions import get_execution
from groundstate.services.stepfunctions.machines import compiled, variable_references
from groundstate.services.stepfunctions.settings import describe_settings


def describe_state_machine_for_execution(call: Call, request: Shape) -> Shape:
    """Describe the revision that an execution began with.

    Raises:
        InvalidArn, ExecutionDoesNotExist.
    """
    machine, row = get_execution(call, request["executionArn"])
    revision = call.tx.state_machines.get_revision(row.revision)
    described: Shape = {
        "stateMachineArn": machine.arn,
        "name": machine.name,
        "definition": revision.definition,
        "roleArn": revision.role_arn,
        "updateDate": revision.updated_at,
        **describe_settings(revision.settings),
    }
    if request.get("includedData") == "METADATA_ONLY":
        described["definition"] = ""
    if revision.revision_id is not None:
        described["revisionId"] = revision.revision_id
    if row.map_run_id is not None:
        described["mapRunArn"] = call.tx.map_runs.get(row.map_run_id).arn
        described["label"] = machine.label
    return described | variable_references(compiled(call, machine, revision))
