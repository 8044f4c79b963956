"""AWS Step Functions.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.arns import named
from groundstate.services.stepfunctions.host import StepFunctionsHost
from groundstate.services.stepfunctions.operations.create_activity import create_activity
from groundstate.services.stepfunctions.operations.create_state_machine import create_state_machine
from groundstate.services.stepfunctions.operations.create_state_machine_alias import (
    create_state_machine_alias,
)
from groundstate.services.stepfunctions.operations.delete_activity import delete_activity
from groundstate.services.stepfunctions.operations.delete_state_machine import delete_state_machine
from groundstate.services.stepfunctions.operations.delete_state_machine_alias import (
    delete_state_machine_alias,
)
from groundstate.services.stepfunctions.operations.delete_state_machine_version import (
    delete_state_machine_version,
)
from groundstate.services.stepfunctions.operations.describe_activity import describe_activity
from groundstate.services.stepfunctions.operations.describe_execution import describe_execution
from groundstate.services.stepfunctions.operations.describe_map_run import describe_map_run
from groundstate.services.stepfunctions.operations.describe_state_machine import (
    describe_state_machine,
)
from groundstate.services.stepfunctions.operations.describe_state_machine_alias import (
    describe_state_machine_alias,
)
from groundstate.services.stepfunctions.operations.describe_state_machine_for_execution import (
    describe_state_machine_for_execution,
)
from groundstate.services.stepfunctions.operations.get_activity_task import (
    end_poll,
    get_activity_task,
)
from groundstate.services.stepfunctions.operations.get_execution_history import (
    get_execution_history,
)
from groundstate.services.stepfunctions.operations.list_activities import list_activities
from groundstate.services.stepfunctions.operations.list_executions import list_executions
from groundstate.services.stepfunctions.operations.list_map_runs import list_map_runs
from groundstate.services.stepfunctions.operations.list_state_machine_aliases import (
    list_state_machine_aliases,
)
from groundstate.services.stepfunctions.operations.list_state_machine_versions import (
    list_state_machine_versions,
)
from groundstate.services.stepfunctions.operations.list_state_machines import list_state_machines
from groundstate.services.stepfunctions.operations.publish_state_machine_version import (
    publish_state_machine_version,
)
from groundstate.services.stepfunctions.operations.redrive_execution import redrive_execution
from groundstate.services.stepfunctions.operations.send_task_failure import send_task_failure
from groundstate.services.stepfunctions.operations.send_task_heartbeat import send_task_heartbeat
from groundstate.services.stepfunctions.operations.send_task_success import send_task_success
from groundstate.services.stepfunctions.operations.start_execution import start_execution
from groundstate.services.stepfunctions.operations.start_sync_execution import start_sync_execution
from groundstate.services.stepfunctions.operations.stop_execution import stop_execution
from groundstate.services.stepfunctions.operations.tag_resource import (
    list_tags_for_resource,
    tag_resource,
    untag_resource,
)
from groundstate.services.stepfunctions.operations.test_state import test_state
from groundstate.services.stepfunctions.operations.update_map_run import update_map_run
from groundstate.services.stepfunctions.operations.update_state_machine import update_state_machine
from groundstate.services.stepfunctions.operations.update_state_machine_alias import (
    update_state_machine_alias,
)
from groundstate.services.stepfunctions.operations.validate_state_machine_definition import (
    validate_state_machine_definition,
)
from groundstate.services.stepfunctions.permissions import (
    created,
    listed_owner,
    routed_machine,
    token_owner,
)
from groundstate.services.stepfunctions.recovery import recover

_machine = named("stateMachineArn")
_execution = named("executionArn")
_resource = named("resourceArn")
_map_run = named("mapRunArn")
_activity = named("activityArn")
_alias = named("stateMachineAliasArn")
_version = named("stateMachineVersionArn")

OPERATIONS = {
    "CreateActivity": Operation(create_activity, resource=created("activity")),
    "CreateStateMachine": Operation(create_state_machine, resource=created("stateMachine")),
    "CreateStateMachineAlias": Operation(create_state_machine_alias, resource=routed_machine),
    "DeleteActivity": Operation(delete_activity, resource=_activity),
    "DeleteStateMachine": Operation(delete_state_machine, resource=_machine),
    "DeleteStateMachineAlias": Operation(delete_state_machine_alias, resource=_alias),
    "DeleteStateMachineVersion": Operation(delete_state_machine_version, resource=_version),
    "DescribeActivity": Operation(describe_activity, resource=_activity, reads=True),
    "DescribeExecution": Operation(describe_execution, resource=_execution, reads=True),
    "DescribeMapRun": Operation(describe_map_run, resource=_map_run, reads=True),
    "DescribeStateMachine": Operation(describe_state_machine, resource=_machine, reads=True),
    "DescribeStateMachineAlias": Operation(
        describe_state_machine_alias, resource=_alias, reads=True
    ),
    "DescribeStateMachineForExecution": Operation(
        describe_state_machine_for_execution, resource=_execution, reads=True
    ),
    "GetActivityTask": Operation(get_activity_task, resource=_activity),
    "GetExecutionHistory": Operation(get_execution_history, resource=_execution, reads=True),
    "ListActivities": Operation(list_activities, reads=True),
    "ListExecutions": Operation(list_executions, resource=listed_owner, reads=True),
    "ListMapRuns": Operation(list_map_runs, resource=_execution, reads=True),
    "ListStateMachineAliases": Operation(list_state_machine_aliases, resource=_machine, reads=True),
    "ListStateMachineVersions": Operation(
        list_state_machine_versions, resource=_machine, reads=True
    ),
    "ListStateMachines": Operation(list_state_machines, reads=True),
    "ListTagsForResource": Operation(list_tags_for_resource, resource=_resource, reads=True),
    "PublishStateMachineVersion": Operation(publish_state_machine_version, resource=_machine),
    "RedriveExecution": Operation(redrive_execution, resource=_execution),
    "SendTaskFailure": Operation(send_task_failure, resource=token_owner),
    "SendTaskHeartbeat": Operation(send_task_heartbeat, resource=token_owner),
    "SendTaskSuccess": Operation(send_task_success, resource=token_owner),
    "StartExecution": Operation(start_execution, resource=_machine),
    "StartSyncExecution": Operation(start_sync_execution, resource=_machine),
    "StopExecution": Operation(stop_execution, resource=_execution),
    "TagResource": Operation(tag_resource, resource=_resource),
    "TestState": Operation(test_state),
    "UntagResource": Operation(untag_resource, resource=_resource),
    "UpdateMapRun": Operation(update_map_run, resource=_map_run),
    "UpdateStateMachine": Operation(update_state_machine, resource=_machine),
    "UpdateStateMachineAlias": Operation(update_state_machine_alias, resource=_alias),
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
        "poll": end_poll,
    },
    recover=recover,
    make_host=StepFunctionsHost,
)
