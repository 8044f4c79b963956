"""TagResource, UntagResource, ListTagsForResource, and their older forms for log groups.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import TooManyTagsException
from groundstate.services.logs.groups import get_group, name_of
from groundstate.store.logs import LogGroupRow

_TAGS_MAX = 50


def tag_resource(call: Call, request: Shape) -> Shape:
    """Add tags to a group by its ARN, over those that have their keys.

    Raises:
        ResourceNotFoundException: there is no such group.
        TooManyTagsException: it would have more than 50.
    """
    return _tag(call, get_group(call, name_of(request["resourceArn"])), request["tags"])


def untag_resource(call: Call, request: Shape) -> Shape:
    """Remove tags from a group by its ARN.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    return _untag(call, get_group(call, name_of(request["resourceArn"])), request["tagKeys"])


def list_tags_for_resource(call: Call, request: Shape) -> Shape:
    """Show the tags of a group by its ARN.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    return {"tags": get_group(call, name_of(request["resourceArn"])).settings.get("tags", {})}


def tag_log_group(call: Call, request: Shape) -> Shape:
    """Add tags to a group by its name.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    return _tag(call, get_group(call, request["logGroupName"]), request["tags"])


def untag_log_group(call: Call, request: Shape) -> Shape:
    """Remove tags from a group by its name.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    return _untag(call, get_group(call, request["logGroupName"]), request["tags"])


def list_tags_log_group(call: Call, request: Shape) -> Shape:
    """Show the tags of a group by its name.

    Raises:
        ResourceNotFoundException: there is no such group.
    """
    return {"tags": get_group(call, request["logGroupName"]).settings.get("tags", {})}


def _tag(call: Call, group: LogGroupRow, tags: dict[str, str]) -> Shape:
    merged = {**group.settings.get("tags", {}), **tags}
    if len(merged) > _TAGS_MAX:
        raise TooManyTagsException(
            f"The number of tags exceeds the limit of {_TAGS_MAX} tags per resource."
        )
    call.tx.logs.set_settings(group.group_id, {**group.settings, "tags": merged})
    return {}


def _untag(call: Call, group: LogGroupRow, keys: list[str]) -> Shape:
    left = {key: tag for key, tag in group.settings.get("tags", {}).items() if key not in keys}
    call.tx.logs.set_settings(group.group_id, {**group.settings, "tags": left})
    return {}
