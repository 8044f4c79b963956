"""CreateLogStream.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import ResourceAlreadyExistsException
from groundstate.services.logs.groups import get_group


def create_log_stream(call: Call, request: Shape) -> Shape:
    """Make a log stream in a group.

    Raises:
        ResourceNotFoundException: there is no such group.
        ResourceAlreadyExistsException: the name is taken.
    """
    group = get_group(call, request["logGroupName"])
    if call.tx.logs.find_stream(group.group_id, request["logStreamName"]) is not None:
        raise ResourceAlreadyExistsException("The specified log stream already exists")
    call.tx.logs.add_stream(group.group_id, request["logStreamName"], call.now)
    return {}
