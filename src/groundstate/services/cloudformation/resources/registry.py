"""The table of all resource types."""

from __future__ import annotations

from groundstate.services.cloudformation.resources.cdk_metadata import METADATA
from groundstate.services.cloudformation.resources.custom_resource import CUSTOM_RESOURCE
from groundstate.services.cloudformation.resources.dynamodb_table import TABLE
from groundstate.services.cloudformation.resources.iam_managed_policy import MANAGED_POLICY
from groundstate.services.cloudformation.resources.iam_policy import POLICY
from groundstate.services.cloudformation.resources.iam_role import ROLE
from groundstate.services.cloudformation.resources.lambda_alias import ALIAS
from groundstate.services.cloudformation.resources.lambda_function import FUNCTION
from groundstate.services.cloudformation.resources.lambda_permission import PERMISSION
from groundstate.services.cloudformation.resources.lambda_version import VERSION
from groundstate.services.cloudformation.resources.logs_log_group import LOG_GROUP, LOG_STREAM
from groundstate.services.cloudformation.resources.nested_stack import NESTED_STACK
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.stepfunctions_state_machine import STATE_MACHINE
from groundstate.services.cloudformation.resources.wait_condition import HANDLE, WAIT_CONDITION

RESOURCE_TYPES: dict[str, ResourceType] = {
    "AWS::CDK::Metadata": METADATA,
    "AWS::CloudFormation::CustomResource": CUSTOM_RESOURCE,
    "AWS::CloudFormation::Stack": NESTED_STACK,
    "AWS::CloudFormation::WaitCondition": WAIT_CONDITION,
    "AWS::CloudFormation::WaitConditionHandle": HANDLE,
    "AWS::DynamoDB::Table": TABLE,
    "AWS::IAM::ManagedPolicy": MANAGED_POLICY,
    "AWS::IAM::Policy": POLICY,
    "AWS::IAM::Role": ROLE,
    "AWS::Lambda::Alias": ALIAS,
    "AWS::Lambda::Function": FUNCTION,
    "AWS::Lambda::Permission": PERMISSION,
    "AWS::Lambda::Version": VERSION,
    "AWS::Logs::LogGroup": LOG_GROUP,
    "AWS::Logs::LogStream": LOG_STREAM,
    "AWS::StepFunctions::StateMachine": STATE_MACHINE,
}


def find(name: str) -> ResourceType | None:
    """The resource type with this name; `Custom::*` types share one."""
    if name.startswith("Custom::"):
        name = "AWS::CloudFormation::CustomResource"
    return RESOURCE_TYPES.get(name)
