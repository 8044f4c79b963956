"""ListEventSourceMappings.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ListEventSourceMappings.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.event_source_mappings import shown
from groundstate.services.lambda_.names import split_function_name
from groundstate.services.lambda_.paging import make_page


def list_event_source_mappings(call: Call, request: Shape) -> Shape:
    """List mappings: all, those of a function, those of a source."""
    source = request.get("EventSourceArn")
    function = request.get("FunctionName")
    name = None if function is None else split_function_name(function).name
    found = [
        shown(row.document)
        for row in call.tx.event_sources.list_region(call.region)
        if (source is None or row.source_arn == source)
        and (name is None or row.function_name == name)
    ]
    return make_page(found, request, lambda mapping: str(mapping["UUID"]), "EventSourceMappings")
