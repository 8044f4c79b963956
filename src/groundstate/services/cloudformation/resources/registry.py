"""The table of all resource types."""

from __future__ import annotations

from groundstate.services.cloudformation.resources.cdk_metadata import (
    METADATA,
)
from groundstate.services.cloudformation.resources.custom_resource import (
    CUSTOM_RESOURCE,
)
from groundstate.services.cloudformation.resources.dynamodb_global_table import (
    GLOBAL_TABLE,
)
from groundstate.services.cloudformation.resources.dynamodb_table import (
    TABLE,
)
from groundstate.services.cloudformation.resources.ecr_repository import (
    REPOSITORY,
)
from groundstate.services.cloudformation.resources.iam_inline_policies import (
    GROUP_POLICY,
    ROLE_POLICY,
    USER_POLICY,
)
from groundstate.services.cloudformation.resources.iam_instance_profile import (
    INSTANCE_PROFILE,
)
from groundstate.services.cloudformation.resources.iam_managed_policy import (
    MANAGED_POLICY,
)
from groundstate.services.cloudformation.resources.iam_oidc_provider import (
    OIDC_PROVIDER,
    SERVICE_LINKED_ROLE,
)
from groundstate.services.cloudformation.resources.iam_policy import (
    POLICY,
)
from groundstate.services.cloudformation.resources.iam_role import (
    ROLE,
)
from groundstate.services.cloudformation.resources.iam_user import (
    ACCESS_KEY,
    GROUP,
    USER,
    USER_TO_GROUP_ADDITION,
)
from groundstate.services.cloudformation.resources.lambda_alias import (
    ALIAS,
)
from groundstate.services.cloudformation.resources.lambda_event_invoke_config import (
    EVENT_INVOKE_CONFIG,
)
from groundstate.services.cloudformation.resources.lambda_event_source_mapping import (
    EVENT_SOURCE_MAPPING,
)
from groundstate.services.cloudformation.resources.lambda_function import (
    FUNCTION,
)
from groundstate.services.cloudformation.resources.lambda_layer_version import (
    LAYER_VERSION,
    LAYER_VERSION_PERMISSION,
)
from groundstate.services.cloudformation.resources.lambda_permission import (
    PERMISSION,
)
from groundstate.services.cloudformation.resources.lambda_url import (
    URL,
)
from groundstate.services.cloudformation.resources.lambda_version import (
    VERSION,
)
from groundstate.services.cloudformation.resources.logs_filters import (
    METRIC_FILTER,
    RESOURCE_POLICY,
    SUBSCRIPTION_FILTER,
)
from groundstate.services.cloudformation.resources.logs_log_group import (
    LOG_GROUP,
    LOG_STREAM,
)
from groundstate.services.cloudformation.resources.macro import (
    MACRO,
)
from groundstate.services.cloudformation.resources.nested_stack import (
    NESTED_STACK,
)
from groundstate.services.cloudformation.resources.own_records import (
    make_types,
)
from groundstate.services.cloudformation.resources.resource_type import (
    ResourceType,
)
from groundstate.services.cloudformation.resources.s3_bucket import (
    BUCKET,
    BUCKET_POLICY,
)
from groundstate.services.cloudformation.resources.ssm_parameter import (
    PARAMETER,
)
from groundstate.services.cloudformation.resources.stepfunctions_activity import (
    ACTIVITY,
)
from groundstate.services.cloudformation.resources.stepfunctions_state_machine import (
    STATE_MACHINE,
)
from groundstate.services.cloudformation.resources.stepfunctions_version import (
    STATE_MACHINE_ALIAS,
    STATE_MACHINE_VERSION,
)
from groundstate.services.cloudformation.resources.wait_condition import (
    HANDLE,
    WAIT_CONDITION,
)

RESOURCE_TYPES: dict[str, ResourceType] = {
    **make_types(),
    "AWS::CDK::Metadata": METADATA,
    "AWS::CloudFormation::CustomResource": CUSTOM_RESOURCE,
    "AWS::CloudFormation::Macro": MACRO,
    "AWS::CloudFormation::Stack": NESTED_STACK,
    "AWS::CloudFormation::WaitCondition": WAIT_CONDITION,
    "AWS::CloudFormation::WaitConditionHandle": HANDLE,
    "AWS::DynamoDB::GlobalTable": GLOBAL_TABLE,
    "AWS::DynamoDB::Table": TABLE,
    "AWS::ECR::Repository": REPOSITORY,
    "AWS::IAM::AccessKey": ACCESS_KEY,
    "AWS::IAM::Group": GROUP,
    "AWS::IAM::GroupPolicy": GROUP_POLICY,
    "AWS::IAM::InstanceProfile": INSTANCE_PROFILE,
    "AWS::IAM::ManagedPolicy": MANAGED_POLICY,
    "AWS::IAM::OIDCProvider": OIDC_PROVIDER,
    "AWS::IAM::Policy": POLICY,
    "AWS::IAM::Role": ROLE,
    "AWS::IAM::RolePolicy": ROLE_POLICY,
    "AWS::IAM::ServiceLinkedRole": SERVICE_LINKED_ROLE,
    "AWS::IAM::User": USER,
    "AWS::IAM::UserPolicy": USER_POLICY,
    "AWS::IAM::UserToGroupAddition": USER_TO_GROUP_ADDITION,
    "AWS::Lambda::Alias": ALIAS,
    "AWS::Lambda::EventInvokeConfig": EVENT_INVOKE_CONFIG,
    "AWS::Lambda::EventSourceMapping": EVENT_SOURCE_MAPPING,
    "AWS::Lambda::Function": FUNCTION,
    "AWS::Lambda::LayerVersion": LAYER_VERSION,
    "AWS::Lambda::LayerVersionPermission": LAYER_VERSION_PERMISSION,
    "AWS::Lambda::Permission": PERMISSION,
    "AWS::Lambda::Url": URL,
    "AWS::Lambda::Version": VERSION,
    "AWS::Logs::LogGroup": LOG_GROUP,
    "AWS::Logs::LogStream": LOG_STREAM,
    "AWS::Logs::MetricFilter": METRIC_FILTER,
    "AWS::Logs::ResourcePolicy": RESOURCE_POLICY,
    "AWS::Logs::SubscriptionFilter": SUBSCRIPTION_FILTER,
    "AWS::S3::Bucket": BUCKET,
    "AWS::S3::BucketPolicy": BUCKET_POLICY,
    "AWS::SSM::Parameter": PARAMETER,
    "AWS::StepFunctions::Activity": ACTIVITY,
    "AWS::StepFunctions::StateMachine": STATE_MACHINE,
    "AWS::StepFunctions::StateMachineAlias": STATE_MACHINE_ALIAS,
    "AWS::StepFunctions::StateMachineVersion": STATE_MACHINE_VERSION,
}


def find(name: str) -> ResourceType | None:
    """The resource type with this name; `Custom::*` types share one."""
    if name.startswith("Custom::"):
        name = "AWS::CloudFormation::CustomResource"
    return RESOURCE_TYPES.get(name)
