"""AWS CloudFormation.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.cloudformation.engine.deployments import CREATE_TIMEOUT
from groundstate.services.cloudformation.engine.run import end_create, look_again, recover
from groundstate.services.cloudformation.host import StackWaits
from groundstate.services.cloudformation.operations.account import (
    describe_account_limits,
    describe_change_set_hooks,
    list_hook_results,
    list_types,
)
from groundstate.services.cloudformation.operations.change_sets import (
    delete_change_set,
    list_change_sets,
)
from groundstate.services.cloudformation.operations.cloud_control import (
    create_resource,
    delete_resource,
    get_resource,
    get_resource_request_status,
    list_resources,
    update_resource,
)
from groundstate.services.cloudformation.operations.create_change_set import create_change_set
from groundstate.services.cloudformation.operations.create_stack import create_stack
from groundstate.services.cloudformation.operations.delete_stack import delete_stack
from groundstate.services.cloudformation.operations.deploy_processed_template import (
    deploy_processed_template,
)
from groundstate.services.cloudformation.operations.describe_change_set import describe_change_set
from groundstate.services.cloudformation.operations.describe_events import describe_events
from groundstate.services.cloudformation.operations.describe_stack_events import (
    describe_stack_events,
)
from groundstate.services.cloudformation.operations.describe_stacks import describe_stacks
from groundstate.services.cloudformation.operations.describe_type import describe_type
from groundstate.services.cloudformation.operations.drift import (
    describe_stack_drift_detection_status,
    describe_stack_resource_drifts,
    detect_stack_drift,
    detect_stack_resource_drift,
)
from groundstate.services.cloudformation.operations.execute_change_set import execute_change_set
from groundstate.services.cloudformation.operations.exports import list_exports, list_imports
from groundstate.services.cloudformation.operations.get_template import get_template
from groundstate.services.cloudformation.operations.get_template_summary import (
    get_template_summary,
    validate_template,
)
from groundstate.services.cloudformation.operations.list_stacks import list_stacks
from groundstate.services.cloudformation.operations.nested_stacks import (
    create_nested_stack,
    delete_nested_stack,
)
from groundstate.services.cloudformation.operations.rollbacks import (
    cancel_update_stack,
    continue_update_rollback,
    rollback_stack,
)
from groundstate.services.cloudformation.operations.signals import (
    signal_resource,
    take_custom_resource_failure,
    take_custom_resource_response,
)
from groundstate.services.cloudformation.operations.stack_resources import (
    describe_stack_resource,
    describe_stack_resources,
    list_stack_resources,
)
from groundstate.services.cloudformation.operations.stack_settings import (
    get_stack_policy,
    set_stack_policy,
    update_termination_protection,
)
from groundstate.services.cloudformation.operations.update_stack import update_stack
from groundstate.services.cloudformation.resources.custom_resource import (
    TIMEOUT as CUSTOM_RESOURCE_TIMEOUT,
)
from groundstate.services.cloudformation.resources.dynamodb_import import LOOK as TABLE_IMPORT
from groundstate.services.cloudformation.resources.wait_condition import (
    TIMEOUT as WAIT_CONDITION_TIMEOUT,
)
from groundstate.services.cloudformation.stacks import stack_arn

OPERATIONS = {
    "CancelUpdateStack": Operation(cancel_update_stack, resource=stack_arn),
    "ContinueUpdateRollback": Operation(continue_update_rollback, resource=stack_arn),
    "CreateChangeSet": Operation(create_change_set, resource=stack_arn),
    "CreateStack": Operation(create_stack, resource=stack_arn),
    "DeleteChangeSet": Operation(delete_change_set, resource=stack_arn),
    "DeleteStack": Operation(delete_stack, resource=stack_arn),
    "DescribeChangeSet": Operation(describe_change_set, resource=stack_arn, reads=True),
    "DescribeAccountLimits": Operation(describe_account_limits, reads=True),
    "DescribeChangeSetHooks": Operation(describe_change_set_hooks, resource=stack_arn, reads=True),
    "DescribeEvents": Operation(describe_events, resource=stack_arn, reads=True),
    "DescribeStackDriftDetectionStatus": Operation(
        describe_stack_drift_detection_status, reads=True
    ),
    "DescribeStackEvents": Operation(describe_stack_events, resource=stack_arn, reads=True),
    "DescribeStackResource": Operation(describe_stack_resource, resource=stack_arn, reads=True),
    "DescribeStackResourceDrifts": Operation(
        describe_stack_resource_drifts, resource=stack_arn, reads=True
    ),
    "DescribeStackResources": Operation(describe_stack_resources, resource=stack_arn, reads=True),
    "DescribeStacks": Operation(describe_stacks, resource=stack_arn),
    "DescribeType": Operation(describe_type, reads=True),
    "DetectStackDrift": Operation(detect_stack_drift, resource=stack_arn),
    "DetectStackResourceDrift": Operation(detect_stack_resource_drift, resource=stack_arn),
    "ExecuteChangeSet": Operation(execute_change_set, resource=stack_arn),
    "GetStackPolicy": Operation(get_stack_policy, resource=stack_arn, reads=True),
    "GetTemplate": Operation(get_template, resource=stack_arn, reads=True),
    "GetTemplateSummary": Operation(get_template_summary, resource=stack_arn, reads=True),
    "ListChangeSets": Operation(list_change_sets, resource=stack_arn, reads=True),
    "ListExports": Operation(list_exports, reads=True),
    "ListHookResults": Operation(list_hook_results, reads=True),
    "ListImports": Operation(list_imports, reads=True),
    "ListStackResources": Operation(list_stack_resources, resource=stack_arn, reads=True),
    "ListStacks": Operation(list_stacks, reads=True),
    "ListTypes": Operation(list_types, reads=True),
    "RollbackStack": Operation(rollback_stack, resource=stack_arn),
    "SignalResource": Operation(signal_resource, resource=stack_arn),
    "SetStackPolicy": Operation(set_stack_policy, resource=stack_arn),
    "UpdateStack": Operation(update_stack, resource=stack_arn),
    "UpdateTerminationProtection": Operation(update_termination_protection, resource=stack_arn),
    "ValidateTemplate": Operation(validate_template, reads=True),
    # What the runtime's own parts ask for. They are in no model, so nothing outside reaches them.
    "CloudControlCreateResource": Operation(create_resource, action=""),
    "CloudControlDeleteResource": Operation(delete_resource, action=""),
    "CloudControlGetResource": Operation(get_resource, action=""),
    "CloudControlGetResourceRequestStatus": Operation(get_resource_request_status, action=""),
    "CloudControlListResources": Operation(list_resources, action=""),
    "CloudControlUpdateResource": Operation(update_resource, action=""),
    "CreateNestedStack": Operation(
        create_nested_stack, resource=stack_arn, action="cloudformation:CreateStack"
    ),
    "DeleteNestedStack": Operation(
        delete_nested_stack, resource=stack_arn, action="cloudformation:DeleteStack"
    ),
    "DeployProcessedTemplate": Operation(deploy_processed_template, action=""),
    "TakeCustomResourceFailure": Operation(take_custom_resource_failure, action=""),
    "TakeCustomResourceResponse": Operation(take_custom_resource_response, action=""),
}

SERVICE = Service(
    name="cloudformation",
    operations=OPERATIONS,
    iam_prefix="cloudformation",
    timers={
        CREATE_TIMEOUT: end_create,
        CUSTOM_RESOURCE_TIMEOUT: look_again,
        TABLE_IMPORT: look_again,
        WAIT_CONDITION_TIMEOUT: look_again,
    },
    recover=recover,
    make_host=StackWaits,
)
