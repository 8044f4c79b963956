"""Tags of state machines and activities.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-tagging.html
"""

from __future__ import annotations

from collections.abc import Iterable

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.errors import (
    InvalidArn,
    ResourceNotFound,
    TooManyTags,
)

TAGS_MAX = 50


def read_tags(tags: Iterable[Shape]) -> dict[str, str]:
    """Tags from a request, by key.

    Raises:
        TooManyTags: more than AWS allows.
    """
    read = {tag.get("key", ""): tag.get("value", "") for tag in tags}
    if len(read) > TAGS_MAX:
        raise TooManyTags("Too many tags: a resource can have at most 50.")
    return read


def check_taggable(call: Call, arn: str) -> None:
    """Check that a resource exists that can carry tags: a state machine or an activity.

    Raises:
        InvalidArn, ResourceNotFound.
    """
    parts = arn.split(":")
    if len(parts) < 7 or parts[0] != "arn":
        raise InvalidArn(f"Invalid Arn: 'Invalid ARN prefix: {arn}'")
    if parts[5] == "stateMachine":
        found = call.tx.state_machines.find(arn) is not None
    elif parts[5] == "activity":
        found = call.tx.activities.find(arn) is not None
    else:
        raise InvalidArn(f"Invalid Arn: 'Resource type not valid in this context: {parts[5]}'")
    if not found:
        raise ResourceNotFound(f"Resource not found: '{arn}'")
