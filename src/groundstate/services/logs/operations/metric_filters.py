"""PutMetricFilter, DescribeMetricFilters, DeleteMetricFilter, TestMetricFilter.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import ResourceNotFoundException
from groundstate.services.logs.filter_patterns import compile_pattern
from groundstate.services.logs.groups import get_group

KIND = "metric"
_GROUPS_MAX = 100_000


def put_metric_filter(call: Call, request: Shape) -> Shape:
    """Keep a metric filter. There are no metrics here that it could count in.

    Raises:
        ResourceNotFoundException: there is no such group.
        InvalidParameterException: a bad pattern.
    """
    group = get_group(call, request["logGroupName"])
    compile_pattern(request["filterPattern"])
    document: Shape = {
        "filterName": request["filterName"],
        "filterPattern": request["filterPattern"],
        "metricTransformations": request["metricTransformations"],
        "creationTime": int(call.now * 1000),
        "logGroupName": group.name,
    }
    call.tx.logs.put_filter(group.group_id, KIND, request["filterName"], document)
    return {}


def describe_metric_filters(call: Call, request: Shape) -> Shape:
    """List metric filters: of a group, by prefix, or of a metric.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    if "logGroupName" in request:
        groups = [get_group(call, request["logGroupName"])]
    else:
        groups = call.tx.logs.list_groups(call.region, "", "", _GROUPS_MAX)
    found = [entry for group in groups for entry in call.tx.logs.list_filters(group.group_id, KIND)]
    return {"metricFilters": [entry for entry in found if _is_wanted(entry, request)]}


def delete_metric_filter(call: Call, request: Shape) -> Shape:
    """Remove a metric filter.

    Raises:
        ResourceNotFoundException: there is no such group or filter.
    """
    group = get_group(call, request["logGroupName"])
    if not call.tx.logs.remove_filter(group.group_id, KIND, request["filterName"]):
        raise ResourceNotFoundException("The specified metric filter does not exist.")
    return {}


def test_metric_filter(call: Call, request: Shape) -> Shape:
    """Say which messages a pattern matches.

    Raises:
        InvalidParameterException: a bad pattern.
    """
    matches = compile_pattern(request["filterPattern"])
    return {
        "matches": [
            {"eventNumber": number, "eventMessage": message, "extractedValues": {}}
            for number, message in enumerate(request["logEventMessages"], 1)
            if matches(message)
        ]
    }


def _is_wanted(entry: Shape, request: Shape) -> bool:
    if not entry["filterName"].startswith(request.get("filterNamePrefix", "")):
        return False
    metrics = [
        (change["metricName"], change["metricNamespace"])
        for change in entry["metricTransformations"]
    ]
    wanted = request.get("metricName"), request.get("metricNamespace")
    return wanted[0] is None or wanted in metrics
