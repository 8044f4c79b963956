"""AWS::Logs::MetricFilter, AWS::Logs::SubscriptionFilter and AWS::Logs::ResourcePolicy.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_Logs.html
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import as_text
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import ANY, BOOLEAN, NUMBER, TEXT, Needed

_NAME_LENGTH_MAX = 512
# Where AWS sends log events beside functions, by the service in the ARN.
_OTHER_DESTINATIONS = {
    "firehose": "AWS::KinesisFirehose::DeliveryStream",
    "kinesis": "AWS::Kinesis::Stream",
    "logs": "AWS::Logs::Destination",
}


def create_metric_filter(provision: Provision, properties: Properties) -> Made:
    """Put the filter."""
    name = properties.get("FilterName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    return _put_metric_filter(provision, name, properties)


def update_metric_filter(provision: Provision, current: Current, properties: Properties) -> Made:
    """Put the filter anew under its name."""
    return _put_metric_filter(provision, current.physical_id, properties)


def delete_metric_filter(provision: Provision, current: Current) -> None:
    """Delete the filter; one that went with its group is as good."""
    with gone_is_fine():
        provision.invoke("logs", "DeleteMetricFilter", _place(current))


def create_subscription_filter(provision: Provision, properties: Properties) -> Made:
    """Put the filter; one that sends to what is a record here is a record as well."""
    name = properties.get("FilterName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    return _put_subscription_filter(provision, name, properties)


def update_subscription_filter(
    provision: Provision, current: Current, properties: Properties
) -> Made:
    """Put the filter anew under its name."""
    return _put_subscription_filter(provision, current.physical_id, properties)


def delete_subscription_filter(provision: Provision, current: Current) -> None:
    """Delete the filter; one that went with its group is as good."""
    with gone_is_fine():
        provision.invoke("logs", "DeleteSubscriptionFilter", _place(current))


def put_resource_policy(provision: Provision, properties: Properties) -> Made:
    """Put the policy."""
    name = properties["PolicyName"]
    request = {"policyName": name, "policyDocument": as_text(properties["PolicyDocument"])}
    provision.invoke("logs", "PutResourcePolicy", request)
    return Made(name)


def update_resource_policy(provision: Provision, current: Current, properties: Properties) -> Made:
    """Put the policy anew."""
    return put_resource_policy(provision, properties)


def delete_resource_policy(provision: Provision, current: Current) -> None:
    """Delete the policy."""
    with gone_is_fine():
        request = {"policyName": current.physical_id}
        provision.invoke("logs", "DeleteResourcePolicy", request)


def _place(current: Current) -> dict[str, str]:
    return {
        "logGroupName": current.properties["LogGroupName"],
        "filterName": current.physical_id,
    }


def _put_metric_filter(provision: Provision, name: str, properties: Properties) -> Made:
    request = {
        "logGroupName": properties["LogGroupName"],
        "filterName": name,
        "filterPattern": properties["FilterPattern"],
        "metricTransformations": [
            _as_api(transformation) for transformation in properties["MetricTransformations"]
        ],
        **_options(properties),
    }
    provision.invoke("logs", "PutMetricFilter", request)
    return Made(name)


def _put_subscription_filter(provision: Provision, name: str, properties: Properties) -> Made:
    destination = properties["DestinationArn"]
    if _is_record(provision, destination):
        return Made(name)
    request = {
        "logGroupName": properties["LogGroupName"],
        "filterName": name,
        "filterPattern": properties["FilterPattern"],
        "destinationArn": destination,
        **_options(properties),
    }
    provision.invoke("logs", "PutSubscriptionFilter", request)
    return Made(name)


def _is_record(provision: Provision, destination: str) -> bool:
    parts = destination.split(":")
    kind = _OTHER_DESTINATIONS.get(parts[2]) if len(parts) > 2 else None
    return kind is not None and provision.accepts_inert(kind)


def _options(properties: Properties) -> dict[str, Any]:
    names = (
        "ApplyOnTransformedLogs", "Distribution", "EmitSystemFieldDimensions", "EmitSystemFields",
        "FieldSelectionCriteria", "RoleArn",
    )  # fmt: skip
    return {
        f"{name[0].lower()}{name[1:]}": properties[name] for name in names if name in properties
    }


def _as_api(transformation: dict[str, Any]) -> dict[str, Any]:
    api = {f"{name[0].lower()}{name[1:]}": value for name, value in transformation.items()}
    if "dimensions" in api:
        api["dimensions"] = {entry["Key"]: entry["Value"] for entry in api["dimensions"]}
    return api


METRIC_FILTER = ResourceType(
    name="AWS::Logs::MetricFilter",
    shape={
        "ApplyOnTransformedLogs": BOOLEAN,
        "EmitSystemFieldDimensions": [TEXT],
        "FieldSelectionCriteria": TEXT,
        "FilterName": TEXT,
        "FilterPattern": TEXT,
        "LogGroupName": TEXT,
        "MetricTransformations": [
            {
                "DefaultValue": NUMBER,
                "Dimensions": [{"Key": Needed(TEXT), "Value": Needed(TEXT)}],
                "MetricName": Needed(TEXT),
                "MetricNamespace": Needed(TEXT),
                "MetricValue": Needed(TEXT),
                "Unit": TEXT,
            }
        ],
    },
    required=("FilterPattern", "LogGroupName", "MetricTransformations"),
    replaces=frozenset({"FilterName", "LogGroupName"}),
    name_property="FilterName",
    create=create_metric_filter,
    update=update_metric_filter,
    delete=delete_metric_filter,
)
SUBSCRIPTION_FILTER = ResourceType(
    name="AWS::Logs::SubscriptionFilter",
    shape={
        "ApplyOnTransformedLogs": BOOLEAN,
        "DestinationArn": TEXT,
        "Distribution": TEXT,
        "EmitSystemFields": [TEXT],
        "FieldSelectionCriteria": TEXT,
        "FilterName": TEXT,
        "FilterPattern": TEXT,
        "LogGroupName": TEXT,
        "RoleArn": TEXT,
    },
    required=("DestinationArn", "FilterPattern", "LogGroupName"),
    replaces=frozenset({"FilterName", "LogGroupName"}),
    name_property="FilterName",
    create=create_subscription_filter,
    update=update_subscription_filter,
    delete=delete_subscription_filter,
)
RESOURCE_POLICY = ResourceType(
    name="AWS::Logs::ResourcePolicy",
    # The document is text on AWS; templates write objects as well.
    shape={"PolicyDocument": ANY, "PolicyName": TEXT},
    required=("PolicyDocument", "PolicyName"),
    replaces=frozenset({"PolicyName"}),
    name_property="PolicyName",
    create=put_resource_policy,
    update=update_resource_policy,
    delete=delete_resource_policy,
)
