"""GetEventSourceMapping.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.event_source_mappings import get_mapping, shown


def get_event_source_mapping(call: Call, request: Shape) -> Shape:
    """Describe a mapping.

    Raises:
        ResourceNotFoundException: there is none.
    """
    return shown(get_mapping(call, request["UUID"]).document)
