"""AWS Step Functions.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.arns import named
from groundstate.services.stepfunctions.host import StepFunctionsHost
from groundstate.services.stepfunctions.operations.create_state_machine import create_state_machine
from groundstate.services.stepfunctions.operations.delete_state_machine import delete_state_machine
from groundstate.services.stepfunctions.operations.describe_execution import describe_execution
from groundstate.services.stepfunctions.operations.describe_state_machine import (
    describe_state_machine,
)
from groundstate.services.stepfunctions.operations.describe_state_machine_for_execution import (
    describe_state_machine_for_execution,
)
from groundstate.services.stepfunctions.operations.get_execution_history import (
    get_execution_history,
)
from groundstate.services.stepfunctions.operations.list_executions import list_executions
from groundstate.services.stepfunctions.operations.list_state_machines import list_state_machines
from groundstate.services.stepfunctions.operations.start_execution import start_execution
from groundstate.services.stepfunctions.operations.stop_execution import stop_execution
from groundstate.services.stepfunctions.operations.tag_resource import (
    list_tags_for_resource,
    tag_resource,
    untag_resource,
)
from groundstate.services.stepfunctions.operations.update_state_machine import update_state_machine
from groundstate.services.stepfunctions.operations.validate_state_machine_definition import (
    validate_state_machine_definition,
)
from groundstate.services.stepfunctions.recovery import recover

_machine = named("stateMachineArn")
_execution = named("executionArn")
_resource = named("resourceArn")

OPERATIONS = {
    "CreateStateMachine": Operation(create_state_machine),
    "DeleteStateMachine": Operation(delete_state_machine, resource=_machine),
    "DescribeExecution": Operation(describe_execution, resource=_execution, reads=True),
    "DescribeStateMachine": Operation(describe_state_machine, resource=_machine, reads=True),
    "DescribeStateMachineForExecution": Operation(
        describe_state_machine_for_execution, resource=_execution, reads=True
    ),
    "GetExecutionHistory": Operation(get_execution_history, resource=_execution, reads=True),
    "ListExecutions": Operation(list_executions, resource=_machine, reads=True),
    "ListStateMachines": Operation(list_state_machines, reads=True),
    "ListTagsForResource": Operation(list_tags_for_resource, resource=_resource, reads=True),
    "StartExecution": Operation(start_execution, resource=_machine),
    "StopExecution": Operation(stop_execution, resource=_execution),
    "TagResource": Operation(tag_resource, resource=_resource),
    "UntagResource": Operation(untag_resource, resource=_resource),
    "UpdateStateMachine": Operation(update_state_machine, resource=_machine),
    "ValidateStateMachineDefinition": Operation(validate_state_machine_definition, reads=True),
}

SERVICE = Service(
    name="stepfunctions",
    operations=OPERATIONS,
    iam_prefix="states",
    timers={
        "wait": executor.fire_timer,
        "task": executor.fire_timeout,
        "heartbeat": executor.fire_heartbeat,
    },
    recover=recover,
    make_host=StepFunctionsHost,
)
