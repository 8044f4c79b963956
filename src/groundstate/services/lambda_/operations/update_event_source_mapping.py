"""UpdateEventSourceMapping.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.event_source_mappings import (
    change_document,
    check_destination,
    check_source,
    function_role,
    get_mapping,
    shown,
)
from groundstate.services.lambda_.names import (
    function_arn,
    parse_function_name,
    split_function_name,
)


def update_event_source_mapping(call: Call, request: Shape) -> Shape:
    """Change a mapping; it goes on from where it has read.

    Raises:
        ResourceNotFoundException: there is no such mapping or function.
        InvalidParameterValueException: a setting cannot be, or the function's role lacks a right.
    """
    row = get_mapping(call, request["UUID"])
    document = row.document
    name = row.function_name
    if "FunctionName" in request:
        named = parse_function_name(call, request)
        role = function_role(call, named)
        name = named.name
        document["FunctionArn"] = function_arn(call, named.name, named.qualifier)
        check_source(call, row.source_arn, role)
    change_document(call, document, request)
    if "FunctionName" in request or "DestinationConfig" in request:
        role = function_role(call, split_function_name(document["FunctionArn"]))
        check_destination(call, document, role)
    call.tx.event_sources.put(row._replace(function_name=name, document=document))
    call.after_commit(call.host.reload_event_sources)
    return shown(document, "Updating")
