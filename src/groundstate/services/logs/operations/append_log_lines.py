"""AppendLogLines: what Lambda's own agent does with a function's output.

Internal: AWS's model does not have it, so no wire reaches it. It is PutLogEvents (and needs that
permission) for events that are known to be in order, of now, and within the limits: a function may
print a million lines.
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.groups import get_group, get_stream
from groundstate.services.logs.subscriptions import deliver


def append_log_lines(call: Call, request: Shape) -> Shape:
    """Write `events` ([milliseconds, message] in their order, `sizeBytes` in all) to a stream.

    Raises:
        ResourceNotFoundException: there is no such group or stream.
    """
    group = get_group(call, request["logGroupName"])
    stream = get_stream(call, group, request["logStreamName"])
    now_ms = int(call.now * 1000)
    call.tx.logs.append(stream, request["events"], request["sizeBytes"], now_ms)
    deliver(call, group, stream, request["events"])
    return {}
