"""AWS Lambda: functions that run as processes behind the real Runtime API.

AWS: https://docs.aws.amazon.com/lambda/latest/api/welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.lambda_.async_events import TIMER, serve_event_timer
from groundstate.services.lambda_.durable.timers import TIMER as DURABLE_TIMER
from groundstate.services.lambda_.durable.timers import serve_durable_timer
from groundstate.services.lambda_.event_source_mappings import mapping_resource
from groundstate.services.lambda_.host import LambdaHost
from groundstate.services.lambda_.layers import layer_resource, layer_version_resource
from groundstate.services.lambda_.names import (
    durable_execution_resource,
    function_resource,
    unqualified_resource,
)
from groundstate.services.lambda_.operations.add_permission import add_permission
from groundstate.services.lambda_.operations.checkpoint_durable_execution import (
    checkpoint_durable_execution,
)
from groundstate.services.lambda_.operations.create_alias import create_alias
from groundstate.services.lambda_.operations.create_event_source_mapping import (
    create_event_source_mapping,
)
from groundstate.services.lambda_.operations.create_function import create_function
from groundstate.services.lambda_.operations.delete_alias import delete_alias
from groundstate.services.lambda_.operations.delete_durable_execution import (
    delete_durable_execution,
)
from groundstate.services.lambda_.operations.delete_event_source_mapping import (
    delete_event_source_mapping,
)
from groundstate.services.lambda_.operations.delete_function import delete_function
from groundstate.services.lambda_.operations.delete_layer_version import delete_layer_version
from groundstate.services.lambda_.operations.function_concurrency import (
    delete_function_concurrency,
    get_function_concurrency,
    put_function_concurrency,
)
from groundstate.services.lambda_.operations.function_event_invoke_config import (
    delete_function_event_invoke_config,
    get_function_event_invoke_config,
    list_function_event_invoke_configs,
    put_function_event_invoke_config,
    update_function_event_invoke_config,
)
from groundstate.services.lambda_.operations.function_recursion_config import (
    get_function_recursion_config,
    put_function_recursion_config,
)
from groundstate.services.lambda_.operations.function_url_config import (
    create_function_url_config,
    delete_function_url_config,
    get_function_url_config,
    list_function_url_configs,
    update_function_url_config,
)
from groundstate.services.lambda_.operations.get_account_settings import get_account_settings
from groundstate.services.lambda_.operations.get_alias import get_alias
from groundstate.services.lambda_.operations.get_durable_execution import get_durable_execution
from groundstate.services.lambda_.operations.get_durable_execution_history import (
    get_durable_execution_history,
)
from groundstate.services.lambda_.operations.get_durable_execution_state import (
    get_durable_execution_state,
)
from groundstate.services.lambda_.operations.get_event_source_mapping import (
    get_event_source_mapping,
)
from groundstate.services.lambda_.operations.get_function import get_function
from groundstate.services.lambda_.operations.get_function_code_signing_config import (
    get_function_code_signing_config,
)
from groundstate.services.lambda_.operations.get_function_configuration import (
    get_function_configuration,
)
from groundstate.services.lambda_.operations.get_layer_version import (
    get_layer_version,
    get_layer_version_by_arn,
)
from groundstate.services.lambda_.operations.get_policy import get_policy
from groundstate.services.lambda_.operations.invoke import invoke
from groundstate.services.lambda_.operations.invoke_async import invoke_async
from groundstate.services.lambda_.operations.invoke_with_response_stream import (
    invoke_with_response_stream,
)
from groundstate.services.lambda_.operations.layer_version_permission import (
    add_layer_version_permission,
    get_layer_version_policy,
    remove_layer_version_permission,
)
from groundstate.services.lambda_.operations.list_aliases import list_aliases
from groundstate.services.lambda_.operations.list_durable_executions_by_function import (
    list_durable_executions_by_function,
)
from groundstate.services.lambda_.operations.list_event_source_mappings import (
    list_event_source_mappings,
)
from groundstate.services.lambda_.operations.list_functions import list_functions
from groundstate.services.lambda_.operations.list_layer_versions import list_layer_versions
from groundstate.services.lambda_.operations.list_layers import list_layers
from groundstate.services.lambda_.operations.list_versions_by_function import (
    list_versions_by_function,
)
from groundstate.services.lambda_.operations.pause_durable_execution import (
    pause_durable_execution,
    resume_durable_execution,
)
from groundstate.services.lambda_.operations.provisioned_concurrency_config import (
    delete_provisioned_concurrency_config,
    get_provisioned_concurrency_config,
    list_provisioned_concurrency_configs,
    put_provisioned_concurrency_config,
)
from groundstate.services.lambda_.operations.publish_layer_version import publish_layer_version
from groundstate.services.lambda_.operations.publish_version import publish_version
from groundstate.services.lambda_.operations.remove_permission import remove_permission
from groundstate.services.lambda_.operations.runtime_management_config import (
    get_runtime_management_config,
    put_runtime_management_config,
)
from groundstate.services.lambda_.operations.send_durable_execution_callback import (
    callback_resource,
    send_durable_execution_callback_failure,
    send_durable_execution_callback_heartbeat,
    send_durable_execution_callback_success,
)
from groundstate.services.lambda_.operations.serve_function_url import serve_function_url
from groundstate.services.lambda_.operations.stop_durable_execution import stop_durable_execution
from groundstate.services.lambda_.operations.tags import (
    list_tags,
    tag_resource,
    tagged_resource,
    untag_resource,
)
from groundstate.services.lambda_.operations.update_alias import update_alias
from groundstate.services.lambda_.operations.update_event_source_mapping import (
    update_event_source_mapping,
)
from groundstate.services.lambda_.operations.update_function_code import update_function_code
from groundstate.services.lambda_.operations.update_function_configuration import (
    update_function_configuration,
)
from groundstate.services.lambda_.policies import function_policy
from groundstate.services.lambda_.recovery import recover

OPERATIONS = {
    "AddLayerVersionPermission": Operation(
        add_layer_version_permission, resource=layer_version_resource
    ),
    "AddPermission": Operation(add_permission, resource=function_resource),
    "CheckpointDurableExecution": Operation(
        checkpoint_durable_execution, resource=durable_execution_resource
    ),
    "CreateAlias": Operation(create_alias, resource=unqualified_resource),
    "CreateEventSourceMapping": Operation(create_event_source_mapping),
    "CreateFunction": Operation(create_function, resource=unqualified_resource),
    "CreateFunctionUrlConfig": Operation(create_function_url_config, resource=function_resource),
    "DeleteAlias": Operation(delete_alias, resource=unqualified_resource),
    "DeleteDurableExecution": Operation(
        delete_durable_execution, resource=durable_execution_resource
    ),
    "DeleteEventSourceMapping": Operation(delete_event_source_mapping, resource=mapping_resource),
    "DeleteFunction": Operation(delete_function, resource=function_resource),
    "DeleteFunctionConcurrency": Operation(
        delete_function_concurrency, resource=unqualified_resource
    ),
    "DeleteFunctionEventInvokeConfig": Operation(
        delete_function_event_invoke_config, resource=function_resource
    ),
    "DeleteFunctionUrlConfig": Operation(delete_function_url_config, resource=function_resource),
    "DeleteLayerVersion": Operation(delete_layer_version, resource=layer_version_resource),
    "DeleteProvisionedConcurrencyConfig": Operation(
        delete_provisioned_concurrency_config, resource=function_resource
    ),
    "GetAccountSettings": Operation(get_account_settings, reads=True),
    "GetAlias": Operation(get_alias, resource=unqualified_resource, reads=True),
    "GetDurableExecution": Operation(
        get_durable_execution, resource=durable_execution_resource, reads=True
    ),
    "GetDurableExecutionHistory": Operation(
        get_durable_execution_history, resource=durable_execution_resource, reads=True
    ),
    "GetDurableExecutionState": Operation(
        get_durable_execution_state, resource=durable_execution_resource, reads=True
    ),
    "GetEventSourceMapping": Operation(
        get_event_source_mapping, resource=mapping_resource, reads=True
    ),
    "GetFunction": Operation(get_function, resource=function_resource, reads=True),
    "GetFunctionCodeSigningConfig": Operation(
        get_function_code_signing_config, resource=function_resource, reads=True
    ),
    "GetFunctionConcurrency": Operation(
        get_function_concurrency, resource=unqualified_resource, reads=True
    ),
    "GetFunctionConfiguration": Operation(
        get_function_configuration, resource=function_resource, reads=True
    ),
    "GetFunctionEventInvokeConfig": Operation(
        get_function_event_invoke_config, resource=function_resource, reads=True
    ),
    "GetFunctionRecursionConfig": Operation(
        get_function_recursion_config, resource=function_resource, reads=True
    ),
    "GetFunctionUrlConfig": Operation(
        get_function_url_config, resource=function_resource, reads=True
    ),
    "GetLayerVersion": Operation(get_layer_version, resource=layer_version_resource, reads=True),
    "GetLayerVersionByArn": Operation(
        get_layer_version_by_arn,
        resource=layer_version_resource,
        action="lambda:GetLayerVersion",
        reads=True,
    ),
    "GetLayerVersionPolicy": Operation(
        get_layer_version_policy, resource=layer_version_resource, reads=True
    ),
    "GetPolicy": Operation(get_policy, resource=function_resource, reads=True),
    "GetProvisionedConcurrencyConfig": Operation(
        get_provisioned_concurrency_config, resource=function_resource, reads=True
    ),
    "GetRuntimeManagementConfig": Operation(
        get_runtime_management_config, resource=function_resource, reads=True
    ),
    "Invoke": Operation(
        invoke,
        resource=function_resource,
        action="lambda:InvokeFunction",
        resource_policy=function_policy,
    ),
    "InvokeAsync": Operation(invoke_async, resource=function_resource),
    "InvokeWithResponseStream": Operation(
        invoke_with_response_stream,
        resource=function_resource,
        action="lambda:InvokeFunction",
        resource_policy=function_policy,
    ),
    "ListAliases": Operation(list_aliases, resource=unqualified_resource, reads=True),
    "ListDurableExecutionsByFunction": Operation(
        list_durable_executions_by_function, resource=function_resource, reads=True
    ),
    "ListFunctionEventInvokeConfigs": Operation(
        list_function_event_invoke_configs, resource=function_resource, reads=True
    ),
    "ListEventSourceMappings": Operation(list_event_source_mappings, reads=True),
    "ListFunctionUrlConfigs": Operation(
        list_function_url_configs, resource=function_resource, reads=True
    ),
    "ListFunctions": Operation(list_functions, reads=True),
    "ListLayerVersions": Operation(list_layer_versions, reads=True),
    "ListLayers": Operation(list_layers, reads=True),
    "ListProvisionedConcurrencyConfigs": Operation(
        list_provisioned_concurrency_configs, resource=function_resource, reads=True
    ),
    "ListTags": Operation(list_tags, resource=tagged_resource, reads=True),
    "ListVersionsByFunction": Operation(
        list_versions_by_function, resource=unqualified_resource, reads=True
    ),
    "PauseDurableExecution": Operation(
        pause_durable_execution, resource=durable_execution_resource
    ),
    "PublishLayerVersion": Operation(publish_layer_version, resource=layer_resource),
    "PublishVersion": Operation(publish_version, resource=unqualified_resource),
    "PutFunctionConcurrency": Operation(put_function_concurrency, resource=unqualified_resource),
    "PutFunctionEventInvokeConfig": Operation(
        put_function_event_invoke_config, resource=function_resource
    ),
    "PutFunctionRecursionConfig": Operation(
        put_function_recursion_config, resource=unqualified_resource
    ),
    "PutProvisionedConcurrencyConfig": Operation(
        put_provisioned_concurrency_config, resource=function_resource
    ),
    "PutRuntimeManagementConfig": Operation(
        put_runtime_management_config, resource=function_resource
    ),
    "RemoveLayerVersionPermission": Operation(
        remove_layer_version_permission, resource=layer_version_resource
    ),
    "RemovePermission": Operation(remove_permission, resource=function_resource),
    "ResumeDurableExecution": Operation(
        resume_durable_execution, resource=durable_execution_resource
    ),
    "SendDurableExecutionCallbackFailure": Operation(
        send_durable_execution_callback_failure, resource=callback_resource
    ),
    "SendDurableExecutionCallbackHeartbeat": Operation(
        send_durable_execution_callback_heartbeat, resource=callback_resource
    ),
    "SendDurableExecutionCallbackSuccess": Operation(
        send_durable_execution_callback_success, resource=callback_resource
    ),
    # Internal: the page of function URLs; who may call is decided inside.
    "ServeFunctionUrl": Operation(serve_function_url, action=""),
    "StopDurableExecution": Operation(stop_durable_execution, resource=durable_execution_resource),
    "TagResource": Operation(tag_resource, resource=tagged_resource),
    "UntagResource": Operation(untag_resource, resource=tagged_resource),
    "UpdateAlias": Operation(update_alias, resource=unqualified_resource),
    "UpdateEventSourceMapping": Operation(update_event_source_mapping, resource=mapping_resource),
    "UpdateFunctionCode": Operation(update_function_code, resource=unqualified_resource),
    "UpdateFunctionConfiguration": Operation(
        update_function_configuration, resource=unqualified_resource
    ),
    "UpdateFunctionEventInvokeConfig": Operation(
        update_function_event_invoke_config, resource=function_resource
    ),
    "UpdateFunctionUrlConfig": Operation(update_function_url_config, resource=function_resource),
}

SERVICE = Service(
    name="lambda",
    operations=OPERATIONS,
    iam_prefix="lambda",
    timers={TIMER: serve_event_timer, DURABLE_TIMER: serve_durable_timer},
    recover=recover,
    make_host=LambdaHost,
)
