"""Events of EventBridge: rules, scheduled rules and schedules, of functions and state machines.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventbridgerule.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.event_target import Target, add_permission
from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    check_properties,
)
from groundstate.services.cloudformation.template.sam.policies import allow, trust

_RULE = (
    "DeadLetterConfig", "EventBusName", "Input", "InputPath", "InputTransformer", "Pattern",
    "RetryPolicy", "RoleArn", "RuleName", "State", "Target",
)  # fmt: skip
_SCHEDULE_RULE = (
    "DeadLetterConfig", "Description", "Enabled", "Input", "Name", "RetryPolicy", "RoleArn",
    "Schedule", "State", "Target",
)  # fmt: skip
_SCHEDULE = (
    "Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn", "Name",
    "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "State",
)  # fmt: skip
_SCHEDULE_TARGET = ("Input", "RetryPolicy")
_SCHEDULE_OTHERS = ("DeadLetterConfig", "OmitName", "PermissionsBoundary", "RoleArn")


def add_rule(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Add the rule of an EventBridgeRule or a CloudWatchEvent.

    Raises:
        InvalidResource: a property is not one of a rule's.
    """
    rule_id = f"{target.logical_id}{name}"
    check_properties(rule_id, "EventBridgeRule", properties, _RULE, ("Pattern",))
    rule: dict[str, Any] = {"EventPattern": properties["Pattern"]}
    for member, source in (("EventBusName", "EventBusName"), ("Name", "RuleName")):
        if source in properties:
            rule[member] = properties[source]
    if "State" in properties:
        rule["State"] = properties["State"]
    _finish_rule(expansion, target, rule_id, rule, properties)


def add_schedule_rule(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Add the rule of a Schedule.

    Raises:
        InvalidResource: a property is not one of a schedule's.
    """
    rule_id = f"{target.logical_id}{name}"
    check_properties(rule_id, "Schedule", properties, _SCHEDULE_RULE, ("Schedule",))
    rule: dict[str, Any] = {"ScheduleExpression": properties["Schedule"]}
    for member in ("Name", "Description", "State"):
        if member in properties:
            rule[member] = properties[member]
    if "Enabled" in properties:
        enabled = expansion.known(properties["Enabled"])
        rule["State"] = "ENABLED" if str(enabled).lower() == "true" else "DISABLED"
    _finish_rule(expansion, target, rule_id, rule, properties)


def add_schedule(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Add the schedule of EventBridge Scheduler that ScheduleV2 stands for, with its role.

    Raises:
        InvalidResource: a property is not one of a schedule's.
    """
    schedule_id = f"{target.logical_id}{name}"
    known = (*_SCHEDULE, *_SCHEDULE_TARGET, *_SCHEDULE_OTHERS)
    check_properties(schedule_id, "ScheduleV2", properties, known, ("ScheduleExpression",))
    schedule: dict[str, Any] = {"FlexibleTimeWindow": {"Mode": "OFF"}}
    if not properties.get("OmitName"):
        schedule["Name"] = schedule_id
    schedule.update((member, properties[member]) for member in _SCHEDULE if member in properties)
    sent: dict[str, Any] = {"Arn": target.arn}
    sent.update((name, properties[name]) for name in _SCHEDULE_TARGET if name in properties)
    inline = []
    letters = _dead_letters(expansion, target, schedule_id, properties)
    if letters is not None:
        sent["DeadLetterConfig"] = {"Arn": letters}
        inline.append(allow(f"{schedule_id}DLQPolicy", "sqs:SendMessage", letters))
    if target.kind == "Lambda":
        inline.insert(0, allow(f"{schedule_id}LambdaPolicy", "lambda:InvokeFunction", target.arn))
    else:
        policy_name = f"{schedule_id}StartExecutionPolicy"
        inline.insert(0, allow(policy_name, "states:StartExecution", target.arn))
    sent["RoleArn"] = properties.get("RoleArn") or {"Fn::GetAtt": [f"{schedule_id}Role", "Arn"]}
    schedule["Target"] = sent
    expansion.add(schedule_id, "AWS::Scheduler::Schedule", schedule, **target.attributes)
    if "RoleArn" not in properties:
        role = {"AssumeRolePolicyDocument": trust("scheduler.amazonaws.com"), "Policies": inline}
        if "PermissionsBoundary" in properties:
            role["PermissionsBoundary"] = properties["PermissionsBoundary"]
        expansion.add(f"{schedule_id}Role", "AWS::IAM::Role", role, **target.attributes)


def add_start_role(expansion: Expansion, target: Target, prefix: str, service: str) -> Any:
    """Add a role with which a service starts executions; its ARN."""
    role_id = f"{prefix}Role"
    policy = allow(f"{role_id}StartExecutionPolicy", "states:StartExecution", target.arn)
    role = {"AssumeRolePolicyDocument": trust(service), "Policies": [policy]}
    expansion.add(role_id, "AWS::IAM::Role", role, **target.attributes)
    return {"Fn::GetAtt": [role_id, "Arn"]}


def _finish_rule(
    expansion: Expansion,
    target: Target,
    rule_id: str,
    rule: dict[str, Any],
    properties: Mapping[str, Any],
) -> None:
    """Give a rule its target, and EventBridge the right to reach it."""
    target_id = properties.get("Target", {}).get("Id", f"{rule_id}{target.kind}Target")
    sent: dict[str, Any] = {"Arn": target.arn, "Id": target_id}
    for member in ("Input", "InputPath", "InputTransformer", "RetryPolicy"):
        if member in properties:
            sent[member] = properties[member]
    letters = _dead_letters(expansion, target, rule_id, properties)
    if letters is not None:
        sent["DeadLetterConfig"] = {"Arn": letters}
    if target.kind == "StepFunctions":
        sent["RoleArn"] = properties.get("RoleArn") or add_start_role(
            expansion, target, rule_id, "events.amazonaws.com"
        )
    rule["Targets"] = [sent]
    expansion.add(rule_id, "AWS::Events::Rule", rule, **target.attributes)
    if target.kind == "Lambda":
        arn = {"Fn::GetAtt": [rule_id, "Arn"]}
        add_permission(
            expansion, target, f"{rule_id}Permission", "events.amazonaws.com", SourceArn=arn
        )


def _dead_letters(
    expansion: Expansion, target: Target, rule_id: str, properties: Mapping[str, Any]
) -> Any:
    """The ARN of the queue for events that cannot be delivered, made if only its type is given."""
    config = properties.get("DeadLetterConfig")
    if config is None:
        return None
    if "Arn" in config:
        return config["Arn"]
    queue_id = config.get("QueueLogicalId") or f"{rule_id}Queue"
    expansion.add(queue_id, "AWS::SQS::Queue", {}, **target.attributes)
    arn = {"Fn::GetAtt": [queue_id, "Arn"]}
    statement = {
        "Action": "sqs:SendMessage",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule_id, "Arn"]}}},
    }
    policy = {
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "Queues": [{"Ref": queue_id}],
    }
    expansion.add(f"{rule_id}QueuePolicy", "AWS::SQS::QueuePolicy", policy, **target.attributes)
    return arn
