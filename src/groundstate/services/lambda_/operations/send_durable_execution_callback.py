"""SendDurableExecutionCallbackSuccess, -Failure and -Heartbeat: answer a callback.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackSuccess.html
     https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackFailure.html
     https://docs.aws.amazon.com/lambda/latest/api/API_SendDurableExecutionCallbackHeartbeat.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.durable.callbacks import beat, complete, find_arn


def send_durable_execution_callback_success(call: Call, request: Shape) -> Shape:
    """Complete a callback with a result.

    Raises:
        ResourceNotFoundException: there is no such callback.
        CallbackTimeoutException: it has an answer already, or waits no longer.
    """
    result: bytes | None = request.get("Result")
    details = {"Result": result.decode("utf-8", "replace")} if result else {}
    complete(call, request["CallbackId"], "SUCCEEDED", details)
    return {}


def send_durable_execution_callback_failure(call: Call, request: Shape) -> Shape:
    """Complete a callback with an error.

    Raises:
        ResourceNotFoundException: there is no such callback.
        CallbackTimeoutException: it has an answer already, or waits no longer.
    """
    complete(call, request["CallbackId"], "FAILED", {"Error": request.get("Error", {})})
    return {}


def send_durable_execution_callback_heartbeat(call: Call, request: Shape) -> Shape:
    """Begin the time anew within which the next heartbeat is expected.

    Raises:
        ResourceNotFoundException: there is no such callback.
        CallbackTimeoutException: it has an answer already, or waits no longer.
    """
    beat(call, request["CallbackId"])
    return {}


def callback_resource(call: Call, request: Shape) -> str:
    """What the permission is about: the execution that waits."""
    return find_arn(call, str(request.get("CallbackId", "")))
