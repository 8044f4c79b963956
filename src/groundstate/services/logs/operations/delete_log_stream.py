"""DeleteLogStream.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.groups import get_group, get_stream


def delete_log_stream(call: Call, request: Shape) -> Shape:
    """Delete a log stream with its events.

    Raises:
        ResourceNotFoundException: there is no such group or stream.
    """
    group = get_group(call, request["logGroupName"])
    call.tx.logs.remove_stream(get_stream(call, group, request["logStreamName"]).stream_id)
    return {}
