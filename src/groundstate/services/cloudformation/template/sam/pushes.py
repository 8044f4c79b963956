"""Events that other services send to a function: SNS, S3, IoT, CloudWatch Logs, Cognito, Alexa.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.event_target import Target, add_permission
from groundstate.services.cloudformation.template.sam.expansion import (
    NO_VALUE,
    Expansion,
    InvalidResource,
    check_properties,
)


def add_alexa(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Let Alexa invoke the function."""
    event_id = f"{target.logical_id}{name}"
    check_properties(event_id, "AlexaSkill", properties, ("SkillId",))
    token = {"EventSourceToken": properties["SkillId"]} if "SkillId" in properties else {}
    add_permission(expansion, target, f"{event_id}Permission", "alexa-appkit.amazon.com", **token)


def add_log_subscription(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Subscribe the function to a log group."""
    event_id = f"{target.logical_id}{name}"
    known = ("FilterPattern", "LogGroupName")
    check_properties(event_id, "CloudWatchLogs", properties, known, known)
    groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group"
    arn = f"{groups}:${{__LogGroupName__}}:*"
    source = {"Fn::Sub": [arn, {"__LogGroupName__": properties["LogGroupName"]}]}
    add_permission(
        expansion, target, f"{event_id}Permission", "logs.amazonaws.com", SourceArn=source
    )
    subscription = {**properties, "DestinationArn": target.arn}
    attributes = {**target.attributes, "DependsOn": [f"{event_id}Permission"]}
    expansion.add(event_id, "AWS::Logs::SubscriptionFilter", subscription, **attributes)


def add_cognito_trigger(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Make the function a trigger of a user pool of this template."""
    event_id = f"{target.logical_id}{name}"
    known = ("Trigger", "UserPool")
    check_properties(event_id, "Cognito", properties, known, known)
    pool = _referred(
        expansion,
        properties["UserPool"],
        "AWS::Cognito::UserPool",
        InvalidResource(
            target.logical_id,
            f"Event with id [{name}] is invalid. Cognito events must reference a Cognito UserPool"
            " in the same template.",
        ),
    )
    add_permission(
        expansion,
        target,
        f"{target.logical_id}CognitoPermission",
        "cognito-idp.amazonaws.com",
        SourceArn={"Fn::GetAtt": [pool, "Arn"]},
    )
    resource = expansion.resources[pool]
    triggers = properties["Trigger"]
    config = dict(resource.get("Properties", {}).get("LambdaConfig", {}))
    for trigger in triggers if isinstance(triggers, list) else [triggers]:
        config[trigger] = target.arn
    changed = {**resource.get("Properties", {}), "LambdaConfig": config}
    expansion.resources[pool] = {**resource, "Properties": changed}


def add_iot_rule(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Add a rule of IoT that invokes the function."""
    rule_id = f"{target.logical_id}{name}"
    check_properties(rule_id, "IoTRule", properties, ("AwsIotSqlVersion", "Sql"), ("Sql",))
    arn = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}"
    add_permission(
        expansion,
        target,
        f"{rule_id}Permission",
        "iot.amazonaws.com",
        SourceAccount={"Fn::Sub": "${AWS::AccountId}"},
        SourceArn={"Fn::Sub": [arn, {"RuleName": {"Ref": rule_id}}]},
    )
    actions = [{"Lambda": {"FunctionArn": target.arn}}]
    payload = {**properties, "RuleDisabled": False, "Actions": actions}
    rule = {"TopicRulePayload": payload}
    expansion.add(rule_id, "AWS::IoT::TopicRule", rule, **target.attributes)


def add_bucket_notification(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Make a bucket of this template notify the function."""
    event_id = f"{target.logical_id}{name}"
    required = ("Bucket", "Events")
    check_properties(event_id, "S3", properties, (*required, "Filter"), required)
    bucket = _referred(
        expansion,
        properties["Bucket"],
        "AWS::S3::Bucket",
        InvalidResource(
            target.logical_id,
            f"Event with id [{name}] is invalid. S3 events must reference an S3 bucket in the same"
            " template.",
        ),
    )
    permission_id = f"{event_id}Permission"
    add_permission(
        expansion,
        target,
        permission_id,
        "s3.amazonaws.com",
        SourceAccount={"Ref": "AWS::AccountId"},
    )
    resource = expansion.resources[bucket]
    own = resource.get("Properties", {})
    notification = dict(own.get("NotificationConfiguration", {}))
    events = properties["Events"]
    configured = [
        {"Function": target.arn, "Event": event, **_pick(properties, "Filter")}
        for event in (events if isinstance(events, list) else [events])
    ]
    before = notification.get("LambdaConfigurations", [])
    made = {**own, "NotificationConfiguration": notification}
    condition = target.attributes.get("Condition")
    # S3 asks for the permission when it is told of the function, so the bucket waits for it.
    if condition is None:
        notification["LambdaConfigurations"] = [*before, *configured]
        depends_on = resource.get("DependsOn", [])
        needed = [*([depends_on] if isinstance(depends_on, str) else depends_on), permission_id]
        expansion.resources[bucket] = {**resource, "DependsOn": needed, "Properties": made}
        return
    chosen = [{"Fn::If": [condition, one, NO_VALUE]} for one in configured]
    notification["LambdaConfigurations"] = [*before, *chosen]
    waits = {"Fn::If": [condition, {"Ref": permission_id}, "no dependency"]}
    tag = {"Key": f"sam:ConditionalDependsOn:{permission_id}", "Value": waits}
    made["Tags"] = [*own.get("Tags", []), tag]
    expansion.resources[bucket] = {**resource, "Properties": made}


def add_topic_subscription(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Subscribe the function to a topic, or a queue in between that it reads."""
    event_id = f"{target.logical_id}{name}"
    known = (
        "FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region", "SqsSubscription", "Topic",
    )  # fmt: skip
    check_properties(event_id, "SNS", properties, known, ("Topic",))
    subscription: dict[str, Any] = {"TopicArn": properties["Topic"]}
    for member in ("FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region"):
        subscription.update(_pick(properties, member))
    queue = properties.get("SqsSubscription")
    if queue:
        arn = _add_queue(expansion, target, event_id, queue, properties["Topic"])
        subscription.update(Protocol="sqs", Endpoint=arn)
    else:
        add_permission(
            expansion,
            target,
            f"{event_id}Permission",
            "sns.amazonaws.com",
            SourceArn=properties["Topic"],
        )
        subscription.update(Protocol="lambda", Endpoint=target.arn)
    expansion.add(event_id, "AWS::SNS::Subscription", subscription, **target.attributes)


def _add_queue(expansion: Expansion, target: Target, event_id: str, queue: Any, topic: Any) -> Any:
    """Add what stands between a topic and a function, or take the queue that is named; its ARN."""
    settings = queue if isinstance(queue, dict) else {}
    arn = settings.get("QueueArn")
    url = settings.get("QueueUrl")
    if arn is None:
        queue_id = f"{event_id}Queue"
        expansion.add(queue_id, "AWS::SQS::Queue", {}, **target.attributes)
        arn, url = {"Fn::GetAtt": [queue_id, "Arn"]}, {"Ref": queue_id}
    statement = {
        "Action": "sqs:SendMessage",
        "Effect": "Allow",
        "Principal": "*",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    policy_id = settings.get("QueuePolicyLogicalId") or f"{event_id}QueuePolicy"
    policy = {"PolicyDocument": document, "Queues": [url]}
    expansion.add(policy_id, "AWS::SQS::QueuePolicy", policy, **target.attributes)
    mapping = {
        "BatchSize": settings.get("BatchSize", 10),
        "Enabled": settings.get("Enabled", True),
        "EventSourceArn": arn,
        "FunctionName": target.name,
    }
    mapping_id = f"{event_id}EventSourceMapping"
    expansion.add(mapping_id, "AWS::Lambda::EventSourceMapping", mapping, **target.attributes)
    return arn


def _referred(expansion: Expansion, value: Any, kind: str, otherwise: InvalidResource) -> str:
    """The logical id of the resource that an event changes, which must be in the template."""
    name = value.get("Ref") if isinstance(value, dict) else None
    resource = expansion.resources.get(name) if isinstance(name, str) else None
    if resource is None or resource.get("Type") != kind:
        raise otherwise
    return str(name)


def _pick(properties: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {name: properties[name]} if name in properties else {}
