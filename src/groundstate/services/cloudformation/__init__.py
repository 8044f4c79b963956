"""AWS CloudFormation.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.cloudformation.engine.run import recover
from groundstate.services.cloudformation.host import StackWaits
from groundstate.services.cloudformation.operations.change_sets import (
    delete_change_set,
    list_change_sets,
)
from groundstate.services.cloudformation.operations.create_change_set import create_change_set
from groundstate.services.cloudformation.operations.create_stack import create_stack
from groundstate.services.cloudformation.operations.delete_stack import delete_stack
from groundstate.services.cloudformation.operations.describe_change_set import describe_change_set
from groundstate.services.cloudformation.operations.describe_stack_events import (
    describe_stack_events,
)
from groundstate.services.cloudformation.operations.describe_stacks import (
    HOLD,
    describe_stacks,
    end_hold,
)
from groundstate.services.cloudformation.operations.execute_change_set import execute_change_set
from groundstate.services.cloudformation.operations.get_template import get_template
from groundstate.services.cloudformation.operations.list_stacks import list_stacks
from groundstate.services.cloudformation.operations.stack_resources import (
    describe_stack_resource,
    describe_stack_resources,
    list_stack_resources,
)
from groundstate.services.cloudformation.operations.update_stack import update_stack
from groundstate.services.cloudformation.stacks import stack_arn

OPERATIONS = {
    "CreateChangeSet": Operation(create_change_set, resource=stack_arn),
    "CreateStack": Operation(create_stack, resource=stack_arn),
    "DeleteChangeSet": Operation(delete_change_set, resource=stack_arn),
    "DeleteStack": Operation(delete_stack, resource=stack_arn),
    "DescribeChangeSet": Operation(describe_change_set, resource=stack_arn, reads=True),
    "DescribeStackEvents": Operation(describe_stack_events, resource=stack_arn, reads=True),
    "DescribeStackResource": Operation(describe_stack_resource, resource=stack_arn, reads=True),
    "DescribeStackResources": Operation(describe_stack_resources, resource=stack_arn, reads=True),
    "DescribeStacks": Operation(describe_stacks, resource=stack_arn),
    "ExecuteChangeSet": Operation(execute_change_set, resource=stack_arn),
    "GetTemplate": Operation(get_template, resource=stack_arn, reads=True),
    "ListChangeSets": Operation(list_change_sets, resource=stack_arn, reads=True),
    "ListStackResources": Operation(list_stack_resources, resource=stack_arn, reads=True),
    "ListStacks": Operation(list_stacks, reads=True),
    "UpdateStack": Operation(update_stack, resource=stack_arn),
}

SERVICE = Service(
    name="cloudformation",
    operations=OPERATIONS,
    iam_prefix="cloudformation",
    timers={HOLD: end_hold},
    recover=recover,
    make_host=StackWaits,
)
