"""aws-sdk integrations: every operation of every service that the runtime has.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
"""

from __future__ import annotations

import base64
import zlib

from groundstate.asl.interface import ScheduleTask
from groundstate.models import ServiceModel, load_model
from groundstate.operation import Call, Deferred, ServiceError, Shape
from groundstate.services.stepfunctions import sdk_names
from groundstate.services.stepfunctions.integrations import sdk_v2
from groundstate.services.stepfunctions.integrations.missing import missing_service
from groundstate.services.stepfunctions.integrations.result import (
    Failed,
    Pending,
    Result,
    Submitted,
    Succeeded,
)
from groundstate.services.stepfunctions.integrations.role import principal_of
from groundstate.services.stepfunctions.run import Run


def perform(call: Call, run: Run, command: ScheduleTask) -> Result:
    """Call an operation with the task's parameters."""
    resource = command.resource
    model_name = sdk_names.find_model(resource.service)
    if model_name is None:
        return missing_service(call, run, command)
    model = load_model(model_name)
    operation = sdk_names.find_operation(model, resource.action)
    if operation is None:
        return Failed("States.Runtime", f"The resource {resource.arn} names no operation.")
    try:
        request = _request(model, operation, command)
    except sdk_v2.UnknownMemberError as error:
        return Failed(
            "States.Runtime",
            f"The Parameters '{command.parameters_text}' could not be used to start the Task:"
            f' [The field "{error}" is not supported by Step Functions]',
        )
    principal = principal_of(call, run, command)
    try:
        answer = call.invoke(model_name, operation, request, principal=principal)
    except ServiceError as error:
        if error.code == "UnknownOperationException":
            return missing_service(call, run, command)
        return sdk_v2.failed(model, operation, error)
    if not isinstance(answer, Deferred):
        return _read(model, operation, command, answer)

    def read(_: Call, deferred: Deferred) -> Result:
        if deferred.error is not None:
            return sdk_v2.failed(model, operation, deferred.error)
        assert deferred.result is not None
        return _read(model, operation, command, deferred.result)

    return read(call, answer) if answer.done else Pending(answer, read)


def _request(model: ServiceModel, operation: str, command: ScheduleTask) -> Shape:
    shape = model.input_shape(operation)
    if shape is None:
        return {}
    request = sdk_v2.to_request(model, shape, command.parameters, sdk_v2.blobs_of(model))
    if not isinstance(request, dict):
        return {}
    if model.name == "s3" and isinstance(request.get("Body"), bytes):
        # Recorded in 2025: the SDK adds a checksum and the type of text.
        checksum = zlib.crc32(request["Body"]).to_bytes(4, "big")
        request.setdefault("ContentType", "text/plain; charset=UTF-8")
        request.setdefault("ChecksumAlgorithm", "CRC32")
        if request["ChecksumAlgorithm"] == "CRC32":
            request.setdefault("ChecksumCRC32", base64.b64encode(checksum).decode())
    return request


def _read(model: ServiceModel, operation: str, command: ScheduleTask, answer: Shape) -> Result:
    shape = model.output_shape(operation)
    blobs = sdk_v2.blobs_of(model)
    output = {} if shape is None else sdk_v2.to_output(model, shape, answer, blobs=blobs)
    if command.resource.pattern == "waitForTaskToken":
        return Submitted(output)
    return Succeeded(output)
