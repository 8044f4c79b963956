"""AWS::Serverless::Connector, and Connectors of a resource: what one resource may do to another.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    passed_on,
)

NAME = "AWS::Serverless::Connector"

_FUNCTION = "AWS::Lambda::Function"
_STATE_MACHINE = "AWS::StepFunctions::StateMachine"
_TABLE = "AWS::DynamoDB::Table"
_BUCKET = "AWS::S3::Bucket"

# Actions by permission; the letter says on what: the thing itself, the thing and what is in it, a
# state machine's executions, or the rule with which Step Functions watches nested executions.
_Rights = Mapping[str, tuple[tuple[str, str], ...]]
_INVOKE: _Rights = {"Write": (("self", "lambda: InvokeAsync InvokeFunction"),)}
_USE_TABLE: _Rights = {
    "Read": (
        (
            "indexes",
            "dynamodb: GetItem Query Scan BatchGetItem ConditionCheckItem PartiQLSelect",
        ),
    ),
    "Write": (
        (
            "indexes",
            (
                "dynamodb: PutItem UpdateItem DeleteItem BatchWriteItem PartiQLDelete"
                " PartiQLInsert PartiQLUpdate"
            ),
        ),
    ),
}
_USE_BUCKET: _Rights = {
    "Read": (
        (
            "objects",
            (
                "s3: GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTorrent"
                " GetObjectVersion GetObjectVersionAcl GetObjectVersionForReplication"
                " GetObjectVersionTorrent ListBucket ListBucketMultipartUploads ListBucketVersions"
                " ListMultipartUploadParts"
            ),
        ),
    ),
    "Write": (
        (
            "objects",
            (
                "s3: AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject"
                " PutObjectLegalHold PutObjectRetention RestoreObject"
            ),
        ),
    ),
}
_PUBLISH: _Rights = {"Write": (("self", "sns: Publish"),)}
_PUT_EVENTS: _Rights = {"Write": (("self", "events: PutEvents"),)}
_RIGHTS: Mapping[tuple[str, str], _Rights] = {
    (_FUNCTION, _FUNCTION): _INVOKE,
    (_FUNCTION, _TABLE): _USE_TABLE,
    (_FUNCTION, _BUCKET): _USE_BUCKET,
    (_FUNCTION, _STATE_MACHINE): {
        "Read": (
            ("self", "states: DescribeStateMachine ListExecutions"),
            (
                "executions",
                "states: DescribeExecution DescribeStateMachineForExecution GetExecutionHistory",
            ),
        ),
        "Write": (
            ("self", "states: StartExecution StartSyncExecution"),
            ("executions", "states: StopExecution"),
        ),
    },
    (_FUNCTION, "AWS::Events::EventBus"): _PUT_EVENTS,
    (_FUNCTION, "AWS::SNS::Topic"): _PUBLISH,
    (_FUNCTION, "AWS::SQS::Queue"): {
        "Read": (("self", "sqs: ReceiveMessage GetQueueAttributes"),),
        "Write": (
            ("self", "sqs: DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue"),
        ),
    },
    (_STATE_MACHINE, _FUNCTION): _INVOKE,
    (_STATE_MACHINE, _TABLE): _USE_TABLE,
    (_STATE_MACHINE, _BUCKET): _USE_BUCKET,
    (_STATE_MACHINE, _STATE_MACHINE): {
        "Read": (("executions", "states: DescribeExecution"), ("rule", "events: DescribeRule")),
        "Write": (
            ("self", "states: StartExecution"),
            ("executions", "states: StopExecution"),
            ("rule", "events: PutTargets PutRule"),
        ),
    },
    (_STATE_MACHINE, "AWS::Events::EventBus"): _PUT_EVENTS,
    (_STATE_MACHINE, "AWS::SNS::Topic"): _PUBLISH,
    (_STATE_MACHINE, "AWS::SQS::Queue"): {"Write": (("self", "sqs: SendMessage"),)},
}  # fmt: skip
_ARN_BY_REF = (_STATE_MACHINE, "AWS::SNS::Topic")
_EXECUTIONS = (
    "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${DestinationName}:*"
)
_RULE = (
    "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"
    "StepFunctionsGetEventsForStepFunctionsExecutionRule"
)


def expand_connector(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add what a connector that is a resource of its own allows.

    Raises:
        InvalidResource: there is no such pair of resources, or no such permission.
    """
    properties = source.get("Properties", {})
    for name in ("Source", "Destination", "Permissions"):
        if name not in properties:
            raise InvalidResource(logical_id, f"Missing required property '{name}'.")
    _connect(expansion, logical_id, properties["Source"], properties, passed_on(source))


def expand_embedded(expansion: Expansion, logical_id: str, source: Any) -> None:
    """Add what the connectors allow that a resource has among its own members.

    Raises:
        InvalidResource: as for a connector of its own.
    """
    connectors = source.get("Connectors") if isinstance(source, dict) else None
    for name, connector in (connectors or {}).items():
        properties = connector.get("Properties", {})
        origin = {**properties.get("SourceReference", {}), "Id": logical_id}
        _connect(expansion, f"{logical_id}{name}", origin, properties, passed_on(source))
    kept = expansion.resources.get(logical_id)
    if connectors and kept is not None and "Connectors" in kept:
        left = {key: value for key, value in kept.items() if key != "Connectors"}
        expansion.resources[logical_id] = left


def _connect(
    expansion: Expansion,
    connector_id: str,
    origin: Mapping[str, Any],
    properties: Mapping[str, Any],
    attributes: Mapping[str, Any],
) -> None:
    """Add a policy to the role of the source for each destination."""
    destinations = properties.get("Destination", {})
    several = isinstance(destinations, list)
    source_kind = _kind(expansion, connector_id, origin)
    for index, destination in enumerate(destinations if several else [destinations]):
        kind = _kind(expansion, connector_id, destination)
        rights = _RIGHTS.get((source_kind, kind))
        if rights is None:
            raise InvalidResource(
                connector_id,
                f"Unable to create connector from {source_kind} to {kind}; it's not supported or"
                " the template is invalid.",
            )
        wanted = properties.get("Permissions", [])
        if any(permission not in rights for permission in wanted):
            raise InvalidResource(
                connector_id,
                f"Unsupported 'Permissions' provided for connector from {source_kind} to {kind};"
                f" valid values are: {', '.join(rights)}.",
            )
        statements = [
            {"Effect": "Allow", "Action": _actions(text), "Resource": _on(where, destination, kind)}
            for permission in wanted
            for where, text in rights[permission]
        ]
        policy = {
            "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
            "Roles": [_role(expansion, connector_id, origin)],
        }
        policy_id = f"{connector_id}Policy" + (f"Destination{index}" if several else "")
        ends = {
            "Source": {"Type": _written_kind(expansion, origin)},
            "Destination": {"Type": _written_kind(expansion, destination)},
        }
        metadata = {"aws:sam:connectors": {connector_id: ends}}
        kept = {**attributes, "Metadata": metadata}
        expansion.add(policy_id, "AWS::IAM::ManagedPolicy", policy, **kept)
        if (source_kind, kind) == (_STATE_MACHINE, _STATE_MACHINE):
            _depend(expansion, origin, policy_id)


def _kind(expansion: Expansion, connector_id: str, end: Mapping[str, Any]) -> str:
    """The plain type of what a connector begins or ends at: a resource, or one described."""
    if "Id" not in end and isinstance(end.get("Type"), str):
        kind: str = end["Type"]
        return kind
    logical_id = end.get("Id")
    resource = expansion.resources.get(logical_id) if isinstance(logical_id, str) else None
    if resource is None:
        raise InvalidResource(
            connector_id, f"Unable to find resource with logical ID '{logical_id}'."
        )
    return str(resource["Type"])


def _written_kind(expansion: Expansion, end: Mapping[str, Any]) -> Any:
    """The type of an end as the template has it: SAM's own, if it is one."""
    return expansion.sources.get(end.get("Id", ""), end).get("Type")


def _depend(expansion: Expansion, origin: Mapping[str, Any], policy_id: str) -> None:
    """Let a state machine wait for a policy without which it cannot be made."""
    resource = expansion.resources.get(origin.get("Id", ""))
    if resource is None:
        return
    before = resource.get("DependsOn", [])
    needed = [*([before] if isinstance(before, str) else before), policy_id]
    expansion.resources[origin["Id"]] = {**resource, "DependsOn": needed}


def _role(expansion: Expansion, connector_id: str, origin: Mapping[str, Any]) -> Any:
    """The name of the source's role: given, or of a role in the template."""
    if "RoleName" in origin:
        return origin["RoleName"]
    logical_id = origin.get("Id", "")
    properties = expansion.resources.get(logical_id, {}).get("Properties", {})
    role = properties.get("Role", properties.get("RoleArn"))
    attribute = role.get("Fn::GetAtt") if isinstance(role, dict) else None
    if isinstance(attribute, str):
        attribute = attribute.split(".")
    if not isinstance(attribute, list) or attribute[0] not in expansion.resources:
        raise InvalidResource(
            connector_id, f"Unable to get IAM role name from '{logical_id}' resource."
        )
    return {"Ref": attribute[0]}


def _actions(text: str) -> list[str]:
    service, *names = text.split()
    return [service + name for name in names]


def _on(where: str, destination: Mapping[str, Any], kind: str) -> list[Any]:
    logical_id = destination.get("Id")
    arn = destination.get("Arn")
    if arn is None:
        arn = {"Ref": logical_id} if kind in _ARN_BY_REF else {"Fn::GetAtt": [logical_id, "Arn"]}
    if where == "executions":
        name = destination.get("Name") or {"Fn::GetAtt": [logical_id, "Name"]}
        return [{"Fn::Sub": [_EXECUTIONS, {"DestinationName": name}]}]
    if where == "rule":
        return [{"Fn::Sub": _RULE}]
    if where == "self":
        return [arn]
    end = "/index/*" if where == "indexes" else "/*"
    return [arn, {"Fn::Sub": ["${DestinationArn}" + end, {"DestinationArn": arn}]}]
