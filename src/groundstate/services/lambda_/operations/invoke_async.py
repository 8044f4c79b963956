"""InvokeAsync: run a function later; Invoke with the type Event is what took its place.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeAsync.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.invocations import find_target, read_payload
from groundstate.services.lambda_.limits import EVENT_BYTES_MAX
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.running import run_later


def invoke_async(call: Call, request: Shape) -> Shape:
    """Accept an event for a function.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidRequestContentException: the event is not JSON.
        RequestTooLargeException: the event is too big.
    """
    payload = read_payload({"Payload": request.get("InvokeArgs", b"")}, EVENT_BYTES_MAX)
    target = find_target(call, parse_function_name(call, request))
    run_later(call, target, payload, {})
    return {"Status": 202}
