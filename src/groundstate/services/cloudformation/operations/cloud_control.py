"""What Cloud Control asks of the resource types: read, create, update, delete one resource.

AWS: https://docs.aws.amazon.com/cloudcontrolapi/latest/APIReference/Welcome.html

The service itself is `services/cloudcontrol`; it reaches these by operations that are in no model.
A resource's properties are those that its stack made it with, brought up to date where its type can
read them. The stack is not told of a change, so what a hot swap did is drift, as on AWS.
"""

from __future__ import annotations

import json
from typing import Any

from groundstate import ids
from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.cloudformation.errors import (
    InvalidRequestException,
    RequestTokenNotFoundException,
    ResourceNotFoundException,
    TypeNotFoundException,
    UnsupportedActionException,
)
from groundstate.services.cloudformation.json_patch import PatchError, apply_patch
from groundstate.services.cloudformation.resources import registry
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.store.cloudformation import StackResource


def get_resource(call: Call, request: Shape) -> Shape:
    """A resource's properties.

    Raises:
        TypeNotFoundException, ResourceNotFoundException: there is no such type or resource.
        UnsupportedActionException: its type cannot be read.
    """
    kind = _get_type(request)
    properties = _read(call, kind, request["Identifier"])
    return {
        "TypeName": kind.name,
        "ResourceDescription": {
            "Identifier": request["Identifier"],
            "Properties": json.dumps(properties),
        },
    }


def list_resources(call: Call, request: Shape) -> Shape:
    """The resources of a type that stacks have made.

    Raises:
        TypeNotFoundException: there is no such type.
    """
    kind = _get_type(request)
    rows = call.tx.stacks.list_by_type(call.region, kind.name)
    return {
        "TypeName": kind.name,
        "ResourceDescriptions": [
            {"Identifier": row.physical_id, "Properties": json.dumps(row.data["properties"])}
            for row in rows
        ],
    }


def create_resource(call: Call, request: Shape) -> Shape:
    """Make a resource outside of any stack.

    Raises:
        TypeNotFoundException: there is no such type.
        InvalidRequestException: the desired state is no JSON object.
    """
    kind = _get_type(request)
    desired = _load(request["DesiredState"])

    def create() -> str:
        properties = kind.read(desired, {})
        made = kind.create(_provision(call, kind, request), properties)
        if not isinstance(made, Made):
            raise ProvisionFailed(f"{kind.name} cannot be made by Cloud Control.")
        return made.physical_id

    return _perform(call, kind, "CREATE", "", create)


def update_resource(call: Call, request: Shape) -> Shape:
    """Change a resource by a JSON patch of its properties.

    Raises:
        TypeNotFoundException, ResourceNotFoundException: there is no such type or resource.
        InvalidRequestException: the patch does not fit.
        UnsupportedActionException: resources of the type cannot be changed in place.
    """
    kind = _get_type(request)
    if kind.update is None:
        raise UnsupportedActionException(
            f"Resource type {kind.name} does not support UPDATE action"
        )
    identifier = request["Identifier"]
    before = _read(call, kind, identifier)
    try:
        desired = apply_patch(before, json.loads(request["PatchDocument"]))
    except (PatchError, ValueError, TypeError, KeyError) as error:
        raise InvalidRequestException(f"Invalid patch document: {error}") from None
    update = kind.update

    def change() -> str:
        after = kind.read(desired, {})
        replaced_by = kind.replaced_by(before, after)
        if replaced_by:
            raise ProvisionFailed(
                f"createOnlyProperties [{', '.join(replaced_by)}] cannot be updated"
            )
        current = Current(identifier, before, _attributes(call, identifier))
        update(_provision(call, kind, request), current, after)
        return str(identifier)

    return _perform(call, kind, "UPDATE", identifier, change)


def delete_resource(call: Call, request: Shape) -> Shape:
    """Delete a resource.

    Raises:
        TypeNotFoundException, ResourceNotFoundException: there is no such type or resource.
    """
    kind = _get_type(request)
    identifier = request["Identifier"]
    current = Current(identifier, _read(call, kind, identifier), _attributes(call, identifier))

    def delete() -> str:
        kind.delete(_provision(call, kind, request), current)
        return str(identifier)

    return _perform(call, kind, "DELETE", identifier, delete)


def get_resource_request_status(call: Call, request: Shape) -> Shape:
    """How a request ended.

    Raises:
        RequestTokenNotFoundException: there was none with this token.
    """
    token = request["RequestToken"]
    found = call.tx.stacks.find_record(token)
    if found is None:
        raise RequestTokenNotFoundException(f"Request with token {token} was not found")
    return {"ProgressEvent": found}


def _perform(call: Call, kind: ResourceType, operation: str, identifier: str, work: Any) -> Shape:
    """Do the work now; a refusal is the request's outcome, not this operation's."""
    event: dict[str, Any] = {
        "TypeName": kind.name,
        "RequestToken": ids.make_uuid(),
        "Operation": operation,
        "EventTime": call.now,
    }
    if identifier:
        event["Identifier"] = identifier
    try:
        found = call.runner.run(call.service, lambda inner: work(), call.region)
        event.update(OperationStatus="SUCCESS", Identifier=found)
    except ServiceError as error:
        event.update(
            OperationStatus="FAILED",
            StatusMessage=error.message,
            ErrorCode="GeneralServiceException",
        )
    except ProvisionFailed as error:
        event.update(
            OperationStatus="FAILED", StatusMessage=error.reason, ErrorCode="InvalidRequest"
        )
    call.tx.stacks.save_record(event["RequestToken"], event)
    return {"ProgressEvent": event}


def _get_type(request: Shape) -> ResourceType:
    kind = registry.RESOURCE_TYPES.get(request["TypeName"])
    if kind is None:
        raise TypeNotFoundException(f"The type '{request['TypeName']}' cannot be found.")
    return kind


def _read(call: Call, kind: ResourceType, identifier: str) -> Properties:
    row = call.tx.stacks.find_by_physical_id(identifier)
    known: Properties = {} if row is None else dict(row.data.get("properties", {}))
    if kind.read_actual is not None:
        current = Current(identifier, known, {} if row is None else row.data.get("attributes", {}))
        provision = _provision(call, kind, {"Identifier": identifier})
        try:
            return {**known, **kind.read_actual(provision, current)}
        except ServiceError as error:
            raise ResourceNotFoundException(
                f"Resource of type '{kind.name}' with identifier '{identifier}' was not found."
                f" ({error.message})"
            ) from None
    if row is None:
        raise ResourceNotFoundException(
            f"Resource of type '{kind.name}' with identifier '{identifier}' was not found."
        )
    return known


def _attributes(call: Call, identifier: str) -> dict[str, Any]:
    row: StackResource | None = call.tx.stacks.find_by_physical_id(identifier)
    return {} if row is None else dict(row.data.get("attributes", {}))


def _provision(call: Call, kind: ResourceType, request: Shape) -> Provision:
    return Provision(
        call,
        stack_name="cloudcontrol",
        stack_id=f"arn:aws:cloudformation:{call.region}:{call.account}:stack/cloudcontrol/none",
        logical_id=kind.name.rsplit(":", 1)[-1],
        resource_type=kind.name,
        tags={},
        capabilities=[],
        principal=call.principal,
        role_arn=request.get("RoleArn", ""),
        token="",
    )


def _load(text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidRequestException(f"The desired state is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidRequestException("The desired state must be an object.")
    return document
