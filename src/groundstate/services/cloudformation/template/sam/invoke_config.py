"""EventInvokeConfig of a function: what becomes of events that it was given to do later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.event_target import Needs, Target
from groundstate.services.cloudformation.template.sam.expansion import (
    NO_VALUE,
    Expansion,
    InvalidResource,
    make_text_hash,
)
from groundstate.services.cloudformation.template.sam.policies import allow

# What a destination of each type has to be allowed.
_DESTINATIONS = {
    "EventBridge": "events:PutEvents",
    "Lambda": "lambda:InvokeFunction",
    "S3Bucket": "s3:PutObject",
    "SNS": "sns:publish",
    "SQS": "sqs:SendMessage",
}
# What is made when no destination is named, and the name by which a template may refer to it.
_MADE = {
    "SNS": ("Topic", "AWS::SNS::Topic", "DestinationTopic"),
    "SQS": ("Queue", "AWS::SQS::Queue", "DestinationQueue"),
}


def add_invoke_config(
    expansion: Expansion, target: Target, source: Mapping[str, Any], needs: Needs
) -> None:
    """Add the configuration of the function's asynchronous events, if the function has one.

    Raises:
        InvalidResource: a destination has to be named and is not.
    """
    config = source.get("Properties", {}).get("EventInvokeConfig")
    if config is None:
        return
    config_id = f"{target.logical_id}EventInvokeConfig"
    made: dict[str, Any] = {
        "FunctionName": {"Ref": target.logical_id},
        "Qualifier": target.qualifier,
    }
    for name in ("MaximumEventAgeInSeconds", "MaximumRetryAttempts"):
        if name in config:
            made[name] = config[name]
    destinations = {}
    for name, destination in config.get("DestinationConfig", {}).items():
        arn = _destination(expansion, target, f"{config_id}{name}", destination)
        destinations[name] = {"Destination": arn}
        kind = destination.get("Type")
        if kind in _DESTINATIONS:
            needs.inline.append(allow(f"{config_id}{name}{kind}Policy", _DESTINATIONS[kind], arn))
    made["DestinationConfig"] = destinations
    depends_on = [target.alias_id] if target.alias_id else None
    attributes = {**target.attributes, "DependsOn": depends_on}
    expansion.add(config_id, "AWS::Lambda::EventInvokeConfig", made, **attributes)


def _destination(
    expansion: Expansion, target: Target, prefix: str, destination: Mapping[str, Any]
) -> Any:
    """The ARN of a destination, made if it is not named."""
    kind, arn = destination.get("Type"), destination.get("Destination")
    if kind not in _MADE:
        if arn is None:
            raise InvalidResource(
                target.logical_id, f"Destination is required if Type is not {['SQS', 'SNS']}"
            )
        return arn
    condition, named = _when_made(expansion, target, arn)
    if arn is not None and condition is None:
        return arn
    end, type_name, alias = _MADE[kind]
    made_id = f"{prefix}{end}"
    attributes = dict(target.attributes)
    if condition is not None:
        attributes["Condition"] = _both(expansion, target, condition)
    expansion.add(made_id, type_name, {}, **attributes)
    expansion.names[f"{target.logical_id}.{alias}"] = made_id
    own = {"Ref": made_id} if kind == "SNS" else {"Fn::GetAtt": [made_id, "Arn"]}
    return own if condition is None else {"Fn::If": [condition, own, named]}


def _when_made(expansion: Expansion, target: Target, arn: Any) -> tuple[str | None, Any]:
    """The condition under which no destination is named, and the one that is named otherwise."""
    choice = arn.get("Fn::If") if isinstance(arn, dict) else None
    if not isinstance(choice, list) or len(choice) != 3 or choice[1] == choice[2]:
        return None, None
    condition, then, otherwise = choice
    if then == NO_VALUE:
        return condition, otherwise
    if otherwise != NO_VALUE:
        return None, None
    opposite = f"NOT{condition}{make_text_hash(f'{target.logical_id}EventInvokeConfig')}"
    expansion.conditions[opposite] = {"Fn::Not": [{"Condition": condition}]}
    return opposite, then


def _both(expansion: Expansion, target: Target, condition: str) -> str:
    """A condition that holds when this one does and the function is made."""
    own = target.attributes.get("Condition")
    if own is None:
        return condition
    name = f"{own}AND{condition}{make_text_hash(target.logical_id)}"
    expansion.conditions[name] = {"Fn::And": [{"Condition": own}, {"Condition": condition}]}
    return name
