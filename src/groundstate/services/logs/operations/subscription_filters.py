"""PutSubscriptionFilter, DescribeSubscriptionFilters, DeleteSubscriptionFilter.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
"""

from __future__ import annotations

from groundstate.arn import parse_arn
from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.logs.errors import (
    InvalidParameterException,
    LimitExceededException,
    ResourceNotFoundException,
)
from groundstate.services.logs.filter_patterns import compile_pattern
from groundstate.services.logs.groups import get_group
from groundstate.services.logs.subscriptions import FLAG, KIND
from groundstate.store.logs import LogGroupRow

_FILTERS_MAX = 2


def put_subscription_filter(call: Call, request: Shape) -> Shape:
    """Send a group's events that match to a Lambda function.

    Raises:
        ResourceNotFoundException: there is no such group.
        InvalidParameterException: a bad pattern, or a destination that cannot be invoked.
        LimitExceededException: a group takes two filters.
    """
    group = get_group(call, request["logGroupName"])
    compile_pattern(request["filterPattern"])
    _check_destination(call, request["destinationArn"])
    others = [
        found["filterName"]
        for found in call.tx.logs.list_filters(group.group_id, KIND)
        if found["filterName"] != request["filterName"]
    ]
    if len(others) >= _FILTERS_MAX:
        raise LimitExceededException("Resource limit exceeded.")
    document: Shape = {
        "filterName": request["filterName"],
        "logGroupName": group.name,
        "filterPattern": request["filterPattern"],
        "destinationArn": request["destinationArn"],
        "distribution": request.get("distribution", "ByLogStream"),
        "creationTime": int(call.now * 1000),
    }
    if "roleArn" in request:
        document["roleArn"] = request["roleArn"]
    call.tx.logs.put_filter(group.group_id, KIND, request["filterName"], document)
    _set_flag(call, group)
    return {}


def describe_subscription_filters(call: Call, request: Shape) -> Shape:
    """List a group's subscription filters.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    group = get_group(call, request["logGroupName"])
    prefix = request.get("filterNamePrefix", "")
    found = call.tx.logs.list_filters(group.group_id, KIND)
    return {
        "subscriptionFilters": [entry for entry in found if entry["filterName"].startswith(prefix)]
    }


def delete_subscription_filter(call: Call, request: Shape) -> Shape:
    """Remove a subscription filter.

    Raises:
        ResourceNotFoundException: there is no such group or filter.
    """
    group = get_group(call, request["logGroupName"])
    if not call.tx.logs.remove_filter(group.group_id, KIND, request["filterName"]):
        raise ResourceNotFoundException("The specified subscription filter does not exist.")
    _set_flag(call, group)
    return {}


def _set_flag(call: Call, group: LogGroupRow) -> None:
    subscribed = bool(call.tx.logs.list_filters(group.group_id, KIND))
    call.tx.logs.set_settings(group.group_id, {**group.settings, FLAG: subscribed})


def _check_destination(call: Call, destination: str) -> None:
    arn = parse_arn(destination)
    if arn is None or arn.service != "lambda":
        raise InvalidParameterException(
            f"Groundstate sends log events to Lambda functions only, not to {destination}."
        )
    request = {"FunctionName": destination}
    try:
        # The service itself looks, not the caller, who needs no permission for it.
        answer = call.runner.run(
            "logs", lambda itself: itself.invoke("lambda", "GetPolicy", request), call.region
        )
    except ServiceError:
        answer = {}
    policy = answer.get("Policy", "")
    if f"logs.{call.region}.amazonaws.com" not in policy and "logs.amazonaws.com" not in policy:
        raise InvalidParameterException(
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs"
            " permission to execute your function."
        )
