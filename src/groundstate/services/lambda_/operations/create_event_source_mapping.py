"""CreateEventSourceMapping: let a function read a DynamoDB stream.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceConflictException,
)
from groundstate.services.lambda_.event_source_mappings import (
    check_destination,
    check_source,
    function_role,
    new_document,
    shown,
)
from groundstate.services.lambda_.limits import TAGS_MAX
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.stream_reading import newest_place
from groundstate.store.event_sources import EventSourceRow


def create_event_source_mapping(call: Call, request: Shape) -> Shape:
    """Make a mapping; it reads from now on.

    Raises:
        ResourceNotFoundException: there is no such function.
        ResourceConflictException: the function reads this source already.
        InvalidParameterValueException: the source cannot be read, or a setting cannot be.
    """
    named = parse_function_name(call, request)
    role = function_role(call, named)
    source = request.get("EventSourceArn")
    if not source:
        raise InvalidParameterValueException("Unrecognized event source.")
    if not request.get("StartingPosition"):
        raise InvalidParameterValueException(
            "1 validation error detected: Value null at 'startingPosition' failed to satisfy"
            " constraint: Member must not be null."
        )
    check_source(call, source, role)
    if request["StartingPosition"] == "AT_TIMESTAMP":
        raise InvalidParameterValueException(
            f"Unsupported starting position for arn type: {source}"
        )
    document = new_document(call, ids.make_uuid(), named, request)
    check_destination(call, document, role)
    document["Tags"] = request.get("Tags", {})
    if len(document["Tags"]) > TAGS_MAX:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")
    for other in call.tx.event_sources.list_region(call.region):
        if (other.source_arn, other.document["FunctionArn"]) == (source, document["FunctionArn"]):
            raise ResourceConflictException(
                f'The event source arn (" {source} ") and function (" {named.name} ") provided'
                " mapping already exists. Please update or delete the existing mapping with UUID"
                f" {other.uuid}"
            )
    is_latest = document["StartingPosition"] == "LATEST"
    progress = newest_place(call, source, role) if is_latest else {}
    row = EventSourceRow(document["UUID"], call.region, named.name, source, document, progress)
    call.tx.event_sources.put(row)
    call.after_commit(call.host.reload_event_sources)
    return shown(document, "Creating")
