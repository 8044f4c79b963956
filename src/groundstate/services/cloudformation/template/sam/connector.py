"""AWS::Serverless::Connector, and Connectors of a resource: what one resource may do to another.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.connector_rights import (
    BUCKET,
    COMBINATIONS,
    FUNCTION,
    HTTP_API,
    PUSHERS,
    QUEUE,
    READERS,
    REST_API,
    RIGHTS,
    STATE_MACHINE,
    TABLE,
    TOPIC,
)
from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    passed_on,
)

NAME = "AWS::Serverless::Connector"

_ARN_BY_REF = (STATE_MACHINE, TOPIC)
# A connector may describe its ends by SAM's own types.
_PLAIN = {
    "AWS::Serverless::Api": REST_API,
    "AWS::Serverless::Function": FUNCTION,
    "AWS::Serverless::HttpApi": HTTP_API,
    "AWS::Serverless::SimpleTable": TABLE,
    "AWS::Serverless::StateMachine": STATE_MACHINE,
}
_CALLS = (
    "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:"
    "${SourceResourceId}/${SourceQualifier}"
)
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
    """Add what allows the source to use each destination, or to be read by it."""
    destinations = properties.get("Destination", {})
    several = isinstance(destinations, list)
    source_kind = _kind(expansion, connector_id, origin)
    for index, destination in enumerate(destinations if several else [destinations]):
        pair = source_kind, _kind(expansion, connector_id, destination)
        _check_permissions(connector_id, pair, properties.get("Permissions", []))
        ends = {
            "Source": {"Type": _written_kind(expansion, origin)},
            "Destination": {"Type": _written_kind(expansion, destination)},
        }
        metadata = {"aws:sam:connectors": {connector_id: ends}}
        suffix = f"Destination{index}" if several else ""
        if pair in PUSHERS:
            name, kind, made = _let_push(origin, destination, pair)
        else:
            name, kind = "Policy", "AWS::IAM::ManagedPolicy"
            statements = [
                {"Effect": "Allow", "Action": _actions(text), "Resource": on}
                for permission, rights in RIGHTS[pair].items()
                if permission in properties.get("Permissions", [])
                for where, text in rights
                for on in [_on(where, origin, destination, pair)]
            ]
            user, side = (destination, "Destination") if pair in READERS else (origin, "Source")
            made = {
                "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
                "Roles": [_role(expansion, connector_id, user, side)],
            }
        made_id = f"{connector_id}{name}{suffix}"
        expansion.add(made_id, kind, made, **{**attributes, "Metadata": metadata})
        expansion.connected.setdefault(connector_id, []).append(made_id)
        if pair == (STATE_MACHINE, STATE_MACHINE):
            _depend(expansion, origin.get("Id", ""), made_id)
        elif pair in READERS:
            for mapping_id in _mappings(expansion, origin, destination):
                _depend(expansion, mapping_id, made_id)


def _check_permissions(connector_id: str, pair: tuple[str, str], wanted: Any) -> None:
    between = f"from {pair[0]} to {pair[1]}"
    rights: Mapping[str, Any] | None = {"Write": ()} if pair in PUSHERS else RIGHTS.get(pair)
    if rights is None:
        raise InvalidResource(
            connector_id,
            f"Unable to create connector {between}; it's not supported or the template is invalid.",
        )
    problem = f"Unsupported 'Permissions' provided for connector {between}; valid"
    if any(permission not in rights for permission in wanted):
        raise InvalidResource(connector_id, f"{problem} values are: {', '.join(rights)}.")
    combinations = COMBINATIONS.get(pair, ())
    if combinations and tuple(sorted(wanted)) not in combinations:
        shown = ", ".join(" + ".join(combination) for combination in combinations)
        raise InvalidResource(connector_id, f"{problem} combinations are: {shown}.")


def _let_push(
    origin: Mapping[str, Any], destination: Mapping[str, Any], pair: tuple[str, str]
) -> tuple[str, str, dict[str, Any]]:
    """What lets a service push to a function, a queue or a topic: its id's end, type, properties.

    What is pushed to has a policy of its own; no role is needed.
    """
    service = PUSHERS[pair]
    source_kind, kind = pair
    arn = _arn(destination, kind)
    if kind == FUNCTION:
        permission = {
            "Action": "lambda:InvokeFunction",
            "FunctionName": arn,
            "Principal": service,
            "SourceArn": _pusher(origin, source_kind),
        }
        if source_kind == BUCKET:
            permission["SourceAccount"] = {"Fn::Sub": "${AWS::AccountId}"}
        return "WriteLambdaPermission", "AWS::Lambda::Permission", permission
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Resource": arn,
        "Action": "sqs:SendMessage" if kind == QUEUE else "sns:Publish",
        "Condition": {"ArnEquals": {"aws:SourceArn": _pusher(origin, source_kind)}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    if kind == QUEUE:
        url = destination.get("QueueUrl", {"Ref": destination.get("Id")})
        return "QueuePolicy", "AWS::SQS::QueuePolicy", {"PolicyDocument": document, "Queues": [url]}
    return "TopicPolicy", "AWS::SNS::TopicPolicy", {"PolicyDocument": document, "Topics": [arn]}


def _pusher(origin: Mapping[str, Any], kind: str) -> Any:
    """The ARN of what pushes; of an API, the ARN of its calls."""
    if kind not in (HTTP_API, REST_API):
        return _arn(origin, kind)
    names = {
        "SourceResourceId": origin.get("ResourceId", {"Ref": origin.get("Id")}),
        "SourceQualifier": origin.get("Qualifier", "*"),
    }
    return {"Fn::Sub": [_CALLS, names]}


def _kind(expansion: Expansion, connector_id: str, end: Mapping[str, Any]) -> str:
    """The plain type of what a connector begins or ends at: a resource, or one described."""
    if "Id" not in end and isinstance(end.get("Type"), str):
        written: str = end["Type"]
        return _PLAIN.get(written, written)
    if set(end) - {"Id", "Qualifier"}:
        raise InvalidResource(
            connector_id,
            "Must provide 'Id' (with optional 'Qualifier') or a supported combination of other"
            " properties.",
        )
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


def _depend(expansion: Expansion, logical_id: str, policy_id: str) -> None:
    """Let a resource wait for a policy without which it cannot be made."""
    resource = expansion.resources.get(logical_id)
    if resource is None:
        return
    before = resource.get("DependsOn", [])
    needed = [*([before] if isinstance(before, str) else before), policy_id]
    expansion.resources[logical_id] = {**resource, "DependsOn": needed}


def _mappings(
    expansion: Expansion, origin: Mapping[str, Any], destination: Mapping[str, Any]
) -> list[str]:
    """The mappings through which a function reads the source."""
    reads_from = [{"Fn::GetAtt": [origin.get("Id"), name]} for name in ("Arn", "StreamArn")]
    read_by = [{"Ref": destination.get("Id")}, {"Fn::GetAtt": [destination.get("Id"), "Arn"]}]
    return [
        name
        for name, resource in expansion.resources.items()
        if resource.get("Type") == "AWS::Lambda::EventSourceMapping"
        if resource.get("Properties", {}).get("EventSourceArn") in reads_from
        if resource["Properties"].get("FunctionName") in read_by
    ]


def _role(expansion: Expansion, connector_id: str, end: Mapping[str, Any], side: str) -> Any:
    """The name of the role of a function or a state machine: given, or of one in the template."""
    if "RoleName" in end:
        return end["RoleName"]
    resource = expansion.resources.get(end.get("Id", ""), {})
    member = {FUNCTION: "Role", STATE_MACHINE: "RoleArn"}.get(resource.get("Type", ""), "")
    role = resource.get("Properties", {}).get(member)
    attribute = role.get("Fn::GetAtt") if isinstance(role, dict) else None
    if isinstance(attribute, str):
        attribute = attribute.split(".")
    if not isinstance(attribute, list) or attribute[0] not in expansion.resources:
        raise InvalidResource(connector_id, f"Unable to get IAM role name from '{side}' resource.")
    return {"Ref": attribute[0]}


def _actions(text: str) -> list[str]:
    service, *names = text.split()
    return [service + name for name in names]


def _arn(end: Mapping[str, Any], kind: str) -> Any:
    logical_id = end.get("Id")
    made = {"Ref": logical_id} if kind in _ARN_BY_REF else {"Fn::GetAtt": [logical_id, "Arn"]}
    return end.get("Arn", made)


def _on(
    where: str, origin: Mapping[str, Any], destination: Mapping[str, Any], pair: tuple[str, str]
) -> list[Any]:
    if where == "executions":
        name = destination.get("Name") or {"Fn::GetAtt": [destination.get("Id"), "Name"]}
        return [{"Fn::Sub": [_EXECUTIONS, {"DestinationName": name}]}]
    if where == "rule":
        return [{"Fn::Sub": _RULE}]
    if where == "source":
        return [_arn(origin, pair[0])]
    if where == "streams":
        return [{"Fn::Sub": ["${SourceArn}/stream/*", {"SourceArn": _arn(origin, pair[0])}]}]
    arn = _arn(destination, pair[1])
    if where == "self":
        return [arn]
    end = "/index/*" if where == "indexes" else "/*"
    return [arn, {"Fn::Sub": ["${DestinationArn}" + end, {"DestinationArn": arn}]}]
