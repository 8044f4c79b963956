"""Services at an endpoint that the user names: another emulator, or AWS itself.

botocore makes the requests, in a thread. It is imported when the first one is made: the server does
without it.
"""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import orjson

from groundstate import ids
from groundstate.asl.interface import ScheduleTask
from groundstate.models import load_model
from groundstate.operation import Call, Deferred, Shape, named_error
from groundstate.services.stepfunctions import sdk_names
from groundstate.services.stepfunctions.integrations import sdk_v1, sdk_v2
from groundstate.services.stepfunctions.integrations.result import (
    Failed,
    Pending,
    Result,
    Submitted,
    Succeeded,
)
from groundstate.services.stepfunctions.outside import THREADS_MAX
from groundstate.services.stepfunctions.run import Run

# An optimised integration's name that is neither botocore's nor SDK 2's.
_MODELS = {"elasticmapreduce": "emr"}
_OPTIMISED = {
    "ecs": sdk_v1.SdkService("ecs", "ECS", "AmazonECS", "AmazonECSException"),
    "events": sdk_v1.SdkService("events", "EventBridge", "AmazonEventBridge", "AWSEventsException"),
    "sns": sdk_v1.SdkService("sns", "SNS", "AmazonSNS", "AmazonSNSException"),
    "sqs": sdk_v1.SdkService("sqs", "SQS", "AmazonSQS", "AmazonSQSException"),
}
# Text members for which optimised integrations take any JSON.
_JSON_TEXTS = {"sqs": ("MessageBody",), "sns": ("Message",)}


@lru_cache(maxsize=8)
def read_endpoints(setting: str) -> dict[str, str]:
    """The setting `endpoints` as a mapping from service to URL, or to `aws`."""
    pairs = (part.partition("=") for part in setting.split(",") if part.strip())
    return {name.strip().lower(): url.strip() for name, _, url in pairs}


def call_endpoint(call: Call, run: Run, command: ScheduleTask, endpoint: str) -> Result:
    """Make a task's request to a service elsewhere."""
    resource = command.resource
    if resource.pattern.startswith("sync"):
        return Failed(
            "States.Runtime",
            "Groundstate does not wait for jobs of services elsewhere:"
            f" {resource.arn}.{resource.pattern} is not supported."
            " See services/stepfunctions/README.md.",
        )
    model_name = sdk_names.find_model(_MODELS.get(resource.service, resource.service))
    operation = None
    if model_name is not None:
        operation = sdk_names.find_operation(load_model(model_name), resource.action)
    if model_name is None or operation is None:
        return Failed("States.Runtime", f"The resource {resource.arn} names no operation.")
    try:
        request = _request(model_name, operation, command)
    except sdk_v2.UnknownMemberError as error:
        return Failed(
            "States.Runtime",
            f"The Parameters '{command.parameters_text}' could not be used to start the Task:"
            f' [The field "{error}" is not supported by Step Functions]',
        )
    region, outside = run.machine.region, call.host.outside

    def work() -> Result:
        client = outside.keep(
            (model_name, region, endpoint), lambda: make_client(model_name, region, endpoint)
        )
        return _perform(command, model_name, operation, request, endpoint, client)

    return Pending(outside.call(call, work), _read, submits=bool(resource.pattern))


def _read(_: Call, deferred: Deferred) -> Result:
    assert deferred.result is not None
    result: Result = deferred.result["result"]
    return result


def _request(model_name: str, operation: str, command: ScheduleTask) -> Shape:
    model = load_model(model_name)
    shape = model.input_shape(operation)
    parameters: dict[str, Any] = dict(command.parameters)
    if command.resource.kind == "integration":
        for name in _JSON_TEXTS.get(command.resource.service, ()):
            if not isinstance(parameters.get(name), str | None):
                parameters[name] = orjson.dumps(parameters[name]).decode()
        if command.resource.service == "events":
            parameters["Entries"] = [_with_text(entry) for entry in parameters.get("Entries", ())]
    request = {} if shape is None else sdk_v2.to_request(model, shape, parameters)
    assert isinstance(request, dict), request
    return request


def _with_text(entry: Any) -> Any:
    if not isinstance(entry, dict) or isinstance(entry.get("Detail", ""), str):
        return entry
    return {**entry, "Detail": orjson.dumps(entry["Detail"]).decode()}


def make_client(model_name: str, region: str, endpoint: str) -> Any:
    """Botocore's client of a service: its making costs much more than a request."""
    import botocore.config
    import botocore.session

    session = botocore.session.get_session()
    if endpoint != "aws" and session.get_credentials() is None:
        session.set_credentials("test", "test")
    return session.create_client(
        model_name,
        region_name=region,
        endpoint_url=None if endpoint == "aws" else endpoint,
        # What is missing or wrong is the service's to say (observed).
        config=botocore.config.Config(parameter_validation=False, max_pool_connections=THREADS_MAX),
    )


def _perform(
    command: ScheduleTask,
    model_name: str,
    operation: str,
    request: Shape,
    endpoint: str,
    client: Any,
) -> Result:
    """In a thread: nothing here touches the runtime's state."""
    import botocore.exceptions

    resource = command.resource
    method = getattr(client, botocore.xform_name(operation))
    service = _OPTIMISED.get(resource.service) if resource.kind == "integration" else None
    host = _unknown_host(request) if resource.service == "sqs" and service else None
    if host is not None:
        return Failed(
            "SQS.SdkClientException",
            f"Unable to execute HTTP request: {host}: Name or service not known",
        )
    try:
        answer = method(**request)
    except (AttributeError, TypeError, ValueError) as error:
        # Parameters that botocore cannot even write: it was told not to look at them before.
        return Failed("States.Runtime", f"The Parameters of the Task are not valid: {error}")
    except botocore.exceptions.ClientError as error:
        return _refused(model_name, operation, service, error.response)
    except botocore.exceptions.BotoCoreError as error:
        prefix = service.prefix if service else sdk_names.service_name(load_model(model_name))
        host = urlsplit(endpoint).hostname
        return Failed(
            f"{prefix}.SdkClientException", f"Unable to execute HTTP request: {host}: {error}"
        )
    return _shown(command, model_name, operation, answer)


def _unknown_host(request: Shape) -> str | None:
    """The host of a QueueUrl, if there is none of this name: SDK 1 sends there (observed).

    AWS's own hosts stand for the endpoint, on machines too that have no network.
    """
    host = urlsplit(str(request.get("QueueUrl", ""))).hostname
    if host is None or host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return None
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return host
    return None


def _refused(
    model_name: str, operation: str, service: sdk_v1.SdkService | None, response: Shape
) -> Failed:
    details = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    error = named_error(details.get("Code", ""), details.get("Message", ""), status)
    if service is None:
        return sdk_v2.failed(load_model(model_name), operation, error)
    return sdk_v1.failed(service, error)


def _shown(command: ScheduleTask, model_name: str, operation: str, answer: Shape) -> Result:
    model, resource = load_model(model_name), command.resource
    metadata = answer.pop("ResponseMetadata", {})
    shape = model.output_shape(operation)
    plain = orjson.loads(orjson.dumps(answer, default=_to_json))
    spell = sdk_v1.member_name if resource.kind == "integration" else sdk_names.member_name
    output = {} if shape is None else sdk_v2.to_output(model, shape, plain, spell)
    if resource.kind == "integration":
        if output.get("FailedEntryCount"):
            return Failed("EventBridge.FailedEntry", orjson.dumps(output).decode())
        output |= _metadata(metadata)
    return Submitted(output) if resource.pattern else Succeeded(output)


def _metadata(metadata: Shape) -> Shape:
    headers = {str(name): str(value) for name, value in metadata.get("HTTPHeaders", {}).items()}
    request_id = metadata.get("RequestId") or ids.make_uuid()
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in headers.items()},
            "HttpHeaders": headers,
            "HttpStatusCode": metadata.get("HTTPStatusCode", 200),
        },
        "SdkResponseMetadata": {"RequestId": request_id},
    }


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.read().decode("utf-8", "replace") if hasattr(value, "read") else str(value)
