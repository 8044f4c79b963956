"""The events of a function: where each type goes.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam import (
    event_mappings,
    http_api,
    pushes,
    rest_api,
    rules,
)
from groundstate.services.cloudformation.template.sam.event_target import Needs, Target
from groundstate.services.cloudformation.template.sam.expansion import Expansion, InvalidResource

AddEvent = Callable[[Expansion, Target, str, Mapping[str, Any]], None]


def add_events(expansion: Expansion, target: Target, events: Any) -> Needs:
    """Add what the events of a function are made of; what its role needs for them.

    Raises:
        InvalidResource: an event is not as SAM wants it.
    """
    needs = Needs()
    for name, kind, properties in read_events(target.logical_id, events):
        if kind in event_mappings.SOURCES:
            event_mappings.add_mapping(expansion, target, name, kind, properties, needs)
        elif kind in _PUSHES:
            _PUSHES[kind](expansion, target, name, properties)
        else:
            raise invalid_type(target.logical_id, name, kind)
    return needs


def read_events(logical_id: str, events: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """The name, the type and the properties of each event.

    Raises:
        InvalidResource: one has no type.
    """
    if not isinstance(events, dict):
        raise InvalidResource(logical_id, "Type of property 'Events' is invalid.")
    for name, event in sorted(events.items()):
        kind = event.get("Type") if isinstance(event, dict) else None
        if not isinstance(kind, str):
            raise invalid_type(logical_id, name, kind)
        properties = event.get("Properties", {})
        if not isinstance(properties, dict):
            raise InvalidResource(
                logical_id, f"Event with id [{name}] is invalid. Properties must be an object."
            )
        yield name, kind, properties


def invalid_type(logical_id: str, name: str, kind: Any) -> InvalidResource:
    """The error for an event of a type that there is not."""
    return InvalidResource(
        logical_id,
        f"Event with id [{name}] is invalid. Resource dict has missing or invalid value for key"
        f" Type. Event Type is: {kind}.",
    )


_PUSHES: Mapping[str, AddEvent] = {
    "AlexaSkill": pushes.add_alexa,
    "Api": rest_api.add_function_event,
    "CloudWatchEvent": rules.add_rule,
    "CloudWatchLogs": pushes.add_log_subscription,
    "Cognito": pushes.add_cognito_trigger,
    "EventBridgeRule": rules.add_rule,
    "HttpApi": http_api.add_function_event,
    "IoTRule": pushes.add_iot_rule,
    "S3": pushes.add_bucket_notification,
    "SNS": pushes.add_topic_subscription,
    "Schedule": rules.add_schedule_rule,
    "ScheduleV2": rules.add_schedule,
}
