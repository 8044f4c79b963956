"""DeleteEventSourceMapping.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteEventSourceMapping.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.event_source_mappings import get_mapping, shown


def delete_event_source_mapping(call: Call, request: Shape) -> Shape:
    """Delete a mapping. A batch under way is finished.

    Raises:
        ResourceNotFoundException: there is none.
    """
    row = get_mapping(call, request["UUID"])
    call.tx.event_sources.remove(row.uuid)
    call.after_commit(call.host.reload_event_sources)
    return shown(row.document, "Deleting")
