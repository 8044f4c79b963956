"""Amazon CloudWatch Logs: log groups, streams, events.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.logs.groups import (
    all_groups_resource,
    group_resource,
    stream_resource,
    tagged_resource,
)
from groundstate.services.logs.operations.append_log_lines import append_log_lines
from groundstate.services.logs.operations.create_log_group import create_log_group
from groundstate.services.logs.operations.create_log_stream import create_log_stream
from groundstate.services.logs.operations.delete_log_group import (
    delete_log_group,
    put_log_group_deletion_protection,
)
from groundstate.services.logs.operations.delete_log_stream import delete_log_stream
from groundstate.services.logs.operations.describe_log_groups import describe_log_groups
from groundstate.services.logs.operations.describe_log_streams import describe_log_streams
from groundstate.services.logs.operations.filter_log_events import filter_log_events
from groundstate.services.logs.operations.get_log_events import get_log_events
from groundstate.services.logs.operations.list_log_groups import list_log_groups
from groundstate.services.logs.operations.metric_filters import (
    delete_metric_filter,
    describe_metric_filters,
    put_metric_filter,
    test_metric_filter,
)
from groundstate.services.logs.operations.put_log_events import put_log_events
from groundstate.services.logs.operations.resource_policies import (
    delete_resource_policy,
    describe_resource_policies,
    put_resource_policy,
)
from groundstate.services.logs.operations.retention_policy import (
    delete_retention_policy,
    put_retention_policy,
)
from groundstate.services.logs.operations.subscription_filters import (
    delete_subscription_filter,
    describe_subscription_filters,
    put_subscription_filter,
)
from groundstate.services.logs.operations.tags import (
    list_tags_for_resource,
    list_tags_log_group,
    tag_log_group,
    tag_resource,
    untag_log_group,
    untag_resource,
)
from groundstate.services.logs.retention import TIMER, serve_retention_timer

OPERATIONS = {
    # Internal: Lambda writes its functions' output with it.
    "AppendLogLines": Operation(
        append_log_lines, resource=stream_resource, action="logs:PutLogEvents"
    ),
    "CreateLogGroup": Operation(create_log_group, resource=group_resource),
    "CreateLogStream": Operation(create_log_stream, resource=group_resource),
    "DeleteLogGroup": Operation(delete_log_group, resource=group_resource),
    "DeleteLogStream": Operation(delete_log_stream, resource=stream_resource),
    "DeleteMetricFilter": Operation(delete_metric_filter, resource=group_resource),
    "DeleteResourcePolicy": Operation(delete_resource_policy),
    "DeleteRetentionPolicy": Operation(delete_retention_policy, resource=group_resource),
    "DeleteSubscriptionFilter": Operation(delete_subscription_filter, resource=group_resource),
    "DescribeLogGroups": Operation(describe_log_groups, resource=all_groups_resource, reads=True),
    "DescribeLogStreams": Operation(describe_log_streams, resource=group_resource, reads=True),
    "DescribeMetricFilters": Operation(
        describe_metric_filters, resource=group_resource, reads=True
    ),
    "DescribeResourcePolicies": Operation(describe_resource_policies, reads=True),
    "DescribeSubscriptionFilters": Operation(
        describe_subscription_filters, resource=group_resource, reads=True
    ),
    "FilterLogEvents": Operation(filter_log_events, resource=group_resource, reads=True),
    "GetLogEvents": Operation(get_log_events, resource=stream_resource, reads=True),
    "ListLogGroups": Operation(list_log_groups, resource=all_groups_resource, reads=True),
    "ListTagsForResource": Operation(list_tags_for_resource, resource=tagged_resource, reads=True),
    "ListTagsLogGroup": Operation(list_tags_log_group, resource=group_resource, reads=True),
    "PutLogEvents": Operation(put_log_events, resource=stream_resource),
    "PutMetricFilter": Operation(put_metric_filter, resource=group_resource),
    "PutResourcePolicy": Operation(put_resource_policy),
    "PutLogGroupDeletionProtection": Operation(
        put_log_group_deletion_protection, resource=group_resource
    ),
    "PutRetentionPolicy": Operation(put_retention_policy, resource=group_resource),
    "PutSubscriptionFilter": Operation(put_subscription_filter, resource=group_resource),
    "TagLogGroup": Operation(tag_log_group, resource=group_resource),
    "TagResource": Operation(tag_resource, resource=tagged_resource),
    "TestMetricFilter": Operation(test_metric_filter, reads=True),
    "UntagLogGroup": Operation(untag_log_group, resource=group_resource),
    "UntagResource": Operation(untag_resource, resource=tagged_resource),
}

SERVICE = Service(
    name="logs",
    operations=OPERATIONS,
    iam_prefix="logs",
    timers={TIMER: serve_retention_timer},
)
