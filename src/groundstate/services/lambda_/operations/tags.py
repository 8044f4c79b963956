"""TagResource, UntagResource, ListTags: tags of functions and event source mappings.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from groundstate.arn import parse_arn
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.event_source_mappings import get_mapping
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.limits import TAGS_MAX
from groundstate.store.event_sources import EventSourceRow

_KINDS = ("function", "event-source-mapping")


def tag_resource(call: Call, request: Shape) -> Shape:
    """Add tags, over those that have their keys.

    Raises:
        ResourceNotFoundException: there is no such function or mapping.
        InvalidParameterValueException: it is neither, or would have more than 50 tags.
    """
    tagged = _tagged(call, request["Resource"])
    tags = {**tagged.tags, **request["Tags"]}
    if len(tags) > TAGS_MAX:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")
    tagged.set(tags)
    return {}


def untag_resource(call: Call, request: Shape) -> Shape:
    """Remove tags.

    Raises:
        ResourceNotFoundException: there is no such function or mapping.
        InvalidParameterValueException: it is neither.
    """
    tagged = _tagged(call, request["Resource"])
    keys = set(request["TagKeys"])
    tagged.set({key: value for key, value in tagged.tags.items() if key not in keys})
    return {}


def list_tags(call: Call, request: Shape) -> Shape:
    """Show the tags of a function or an event source mapping.

    Raises:
        ResourceNotFoundException: there is no such function or mapping.
        InvalidParameterValueException: it is neither.
    """
    return {"Tags": _tagged(call, request["Resource"]).tags}


def tagged_resource(call: Call, request: Shape) -> str:
    """What permissions on tags are about."""
    return str(request.get("Resource", "*"))


class _Tagged(NamedTuple):
    tags: dict[str, str]
    set: Callable[[dict[str, str]], None]


def _tagged(call: Call, resource: str) -> _Tagged:
    arn = parse_arn(resource)
    parts = arn.resource.split(":") if arn is not None else []
    if arn is None or arn.service != "lambda" or parts[0] not in _KINDS:
        raise InvalidParameterValueException(
            "Groundstate keeps tags of functions and event source mappings only;"
            f" {resource} is the ARN of neither."
        )
    if parts[0] == "event-source-mapping":
        return _tagged_mapping(call, get_mapping(call, parts[1]))
    if len(parts) > 2:
        raise InvalidParameterValueException(
            "Tags on function aliases and versions are not supported. Please specify a function"
            " ARN."
        )
    if arn.region != call.region:
        raise ResourceNotFoundException(f"Function not found: {resource}")
    function = get_function_row(call, parts[1])
    return _Tagged(
        function.tags, lambda tags: call.tx.functions.set_tags(function.function_id, tags)
    )


def _tagged_mapping(call: Call, row: EventSourceRow) -> _Tagged:
    def put(tags: dict[str, str]) -> None:
        call.tx.event_sources.put(row._replace(document={**row.document, "Tags": tags}))

    return _Tagged(row.document.get("Tags", {}), put)
