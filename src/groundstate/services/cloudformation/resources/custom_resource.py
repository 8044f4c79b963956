"""AWS::CloudFormation::CustomResource and `Custom::*`: a function that makes a resource.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-custom-resources.html

Theory. The function is invoked with a request and a URL; the resource is there when its answer has
been put to that URL, by the function itself or by whatever it started. The request's id is kept
with the step, so an answer to another request is refused, and after a crash the function is invoked
again with the same request. AWS invokes asynchronously and would wait an hour for a function that
fails; here it is invoked for its result, so that a failure is known at once. As AWS does, a failed
invocation is tried twice more.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from groundstate import ids
from groundstate.operation import Call, Deferred, Runner
from groundstate.services.cloudformation.resources.provision import (
    TIMER,
    Current,
    Made,
    Outcome,
    Pending,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.responses import make_response_url
from groundstate.services.cloudformation.template.values import is_scalar, to_text

TIMEOUT = "custom_resource_timeout"
TIMEOUT_S_DEFAULT = 3600
_ATTEMPTS_MAX = 3
_NAME_LENGTH_MAX = 128


def create_custom(provision: Provision, properties: Properties) -> Pending:
    """Ask the function to make the resource."""
    physical_id = provision.make_name(_NAME_LENGTH_MAX)
    return _ask(provision, "Create", physical_id, properties, None)


def update_custom(provision: Provision, current: Current, properties: Properties) -> Pending:
    """Ask the function to change the resource; it may answer with another physical id."""
    return _ask(provision, "Update", current.physical_id, properties, current.properties)


def delete_custom(provision: Provision, current: Current) -> Pending:
    """Ask the function to delete the resource."""
    return _ask(provision, "Delete", current.physical_id, current.properties, None)


def check_custom(provision: Provision, pending: Pending) -> Outcome | None:
    """Whether the answer has come.

    Raises:
        ProvisionFailed: it is a refusal, or none will come.
    """
    state = pending.state
    answer = state.get("answer")
    if answer is not None:
        return _read_answer(state, pending, answer)
    failed = state["failures"] >= _ATTEMPTS_MAX
    if failed or provision.call.now >= state["deadline"]:
        cause = f" The function failed: {state['error']}" if failed else ""
        raise ProvisionFailed(
            "CloudFormation did not receive a response from your Custom Resource. Please check your"
            f" logs for requestId [{state['request']['RequestId']}]. If you are using the Python"
            " cfn-response module, you may need to update your Lambda function code so that"
            f" CloudFormation can attach the updated version.{cause}"
        )
    if state.get("retry"):
        # The failure was told; this attempt is a new one.
        state["retry"] = False
        _invoke(provision, state)
    return pending


def recover_custom(provision: Provision, pending: Pending) -> None:
    """Invoke again: what became of the last invocation was lost with the process."""
    if pending.state.get("answer") is None:
        request = pending.state["request"]
        # The runtime may listen somewhere else than it did before.
        request["ResponseURL"] = make_response_url(provision, request["RequestId"])
        _invoke(provision, pending.state)


def _ask(
    provision: Provision,
    request_type: str,
    physical_id: str,
    properties: Properties,
    before: Properties | None,
) -> Pending:
    token = ids.make_uuid()
    resource_type = provision.resource_type
    request: dict[str, Any] = {
        "RequestType": request_type,
        "ServiceToken": properties["ServiceToken"],
        "ResponseURL": make_response_url(provision, token),
        "StackId": provision.stack_id,
        "RequestId": token,
        "LogicalResourceId": provision.logical_id,
        "ResourceType": resource_type,
        "ResourceProperties": _as_texts(properties),
    }
    if request_type != "Create":
        request["PhysicalResourceId"] = physical_id
    if before is not None:
        request["OldResourceProperties"] = _as_texts(before)
    timeout_s = int(properties.get("ServiceTimeout", TIMEOUT_S_DEFAULT))
    deadline = provision.call.now + timeout_s
    timer_id = provision.call.tx.timers.set(
        deadline, provision.call.service, TIMEOUT, provision.stack_id, region=provision.region
    )
    state = {
        "request": request,
        "deadline": deadline,
        TIMER: timer_id,
        "failures": 0,
        "error": "",
        "answer": None,
    }
    _invoke(provision, state)
    return Pending(physical_id, state)


def _invoke(provision: Provision, state: dict[str, Any]) -> None:
    request = state["request"]
    token = str(request["ServiceToken"])
    if ":lambda:" not in token:
        raise ProvisionFailed(
            f"Invalid service token: {token}. This runtime takes the ARN of a Lambda function."
        )
    answer = provision.invoke_later(
        "lambda",
        "Invoke",
        {
            "FunctionName": token,
            "InvocationType": "RequestResponse",
            "Payload": json.dumps(request).encode(),
        },
    )
    assert isinstance(answer, Deferred), "Invoke of Lambda answers later"
    call = provision.call
    answer.add_callback(
        partial(
            _take_result,
            call.runner,
            call.service,
            provision.region,
            provision.stack_id,
            provision.logical_id,
            request["RequestId"],
        )
    )


def _take_result(
    runner: Runner,
    service: str,
    region: str,
    stack_id: str,
    logical_id: str,
    token: str,
    result: Deferred,
) -> None:
    """Tell the engine of an invocation that failed. One that ended well may answer later."""
    error = ""
    if result.error is not None:
        error = f"{result.error.code}: {result.error.message}"
    elif result.result is not None and result.result.get("FunctionError"):
        error = bytes(result.result.get("Payload", b"")).decode("utf-8", "replace")
    if not error:
        return
    report = {
        "StackId": stack_id,
        "LogicalResourceId": logical_id,
        "Token": token,
        "Error": error[:1000],
    }

    def tell(call: Call) -> None:
        call.invoke("cloudformation", "TakeCustomResourceFailure", report)

    runner.soon(service, tell, region)


def _read_answer(state: dict[str, Any], pending: Pending, answer: dict[str, Any]) -> Outcome | None:
    request = state["request"]
    if answer.get("Status") != "SUCCESS":
        reason = answer.get("Reason") or "See the details in CloudWatch Log Stream"
        raise ProvisionFailed(
            f"Received response status [{answer.get('Status', 'FAILED')}] from custom resource."
            f" Message returned: {reason} (RequestId: {request['RequestId']})"
        )
    if request["RequestType"] == "Delete":
        return None
    physical_id = str(answer.get("PhysicalResourceId") or pending.physical_id)
    data = answer.get("Data") or {}
    if not isinstance(data, dict):
        raise ProvisionFailed("Invalid Response object: Data must be an object")
    return Made(physical_id, {str(key): value for key, value in data.items()})


def _as_texts(value: Any) -> Any:
    """The properties as functions get them: every scalar is text."""
    if isinstance(value, dict):
        return {key: _as_texts(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_as_texts(member) for member in value]
    return to_text(value) if is_scalar(value) else value


CUSTOM_RESOURCE = ResourceType(
    name="AWS::CloudFormation::CustomResource",
    shape={},
    any_property=True,
    required=("ServiceToken",),
    replaces=frozenset({"ServiceToken"}),
    attributes=None,
    create=create_custom,
    update=update_custom,
    delete=delete_custom,
    check=check_custom,
    recover=recover_custom,
)
