"""The parameters that integrations take and need; others are refused by name.

AWS refuses them when a machine is created, where they stand in the definition, and else when the
task begins, before it is scheduled.
https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
"""

from __future__ import annotations

from typing import Any

from groundstate.asl.commands import Resource

_WRITES = frozenset(
    (
        "ConditionExpression",
        "ConditionalOperator",
        "Expected",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "ReturnConsumedCapacity",
        "ReturnItemCollectionMetrics",
        "ReturnValues",
        "ReturnValuesOnConditionCheckFailure",
        "TableName",
    )
)
_SUPPORTED: dict[tuple[str, str], frozenset[str]] = {
    ("dynamodb", "getItem"): frozenset(
        (
            "AttributesToGet",
            "ConsistentRead",
            "ExpressionAttributeNames",
            "Key",
            "ProjectionExpression",
            "ReturnConsumedCapacity",
            "TableName",
        )
    ),
    ("dynamodb", "putItem"): _WRITES | {"Item"},
    ("dynamodb", "deleteItem"): _WRITES | {"Key"},
    ("dynamodb", "updateItem"): _WRITES | {"AttributeUpdates", "Key", "UpdateExpression"},
    ("events", "putEvents"): frozenset(("EndpointId", "Entries")),
    ("lambda", "invoke"): frozenset(
        ("ClientContext", "FunctionName", "InvocationType", "LogType", "Payload", "Qualifier")
    ),
    ("sns", "publish"): frozenset(
        (
            "Message",
            "MessageAttributes",
            "MessageDeduplicationId",
            "MessageGroupId",
            "MessageStructure",
            "PhoneNumber",
            "Subject",
            "TargetArn",
            "TopicArn",
        )
    ),
    ("sqs", "sendMessage"): frozenset(
        (
            "DelaySeconds",
            "MessageAttributes",
            "MessageBody",
            "MessageDeduplicationId",
            "MessageGroupId",
            "QueueUrl",
        )
    ),
    ("states", "startExecution"): frozenset(("Input", "Name", "StateMachineArn", "TraceHeader")),
}

# Measured on AWS for the most; what moves an item needs its key as well.
_REQUIRED: dict[tuple[str, str], tuple[str, ...]] = {
    ("dynamodb", "deleteItem"): ("TableName", "Key"),
    ("dynamodb", "getItem"): ("TableName", "Key"),
    ("dynamodb", "putItem"): ("TableName", "Item"),
    ("dynamodb", "updateItem"): ("TableName", "Key"),
    ("ecs", "runTask"): ("TaskDefinition",),
    ("events", "putEvents"): ("Entries",),
    ("glue", "startJobRun"): ("JobName",),
    ("lambda", "invoke"): ("FunctionName",),
    ("sns", "publish"): ("Message",),
    ("sqs", "sendMessage"): ("QueueUrl", "MessageBody"),
    ("states", "startExecution"): ("StateMachineArn",),
}


def required_parameters(resource: Resource) -> tuple[str, ...]:
    """The names without which a machine is refused."""
    if resource.kind != "integration":
        return ()
    return _REQUIRED.get((resource.service, resource.action), ())


def supported_parameters(resource: Resource) -> frozenset[str] | None:
    """The names that a resource takes; None where they are not known here."""
    if resource.kind != "integration":
        return None
    return _SUPPORTED.get((resource.service, resource.action))


def not_supported(name: str) -> str:
    """AWS's text for a parameter that it does not take."""
    return f'The field "{name}" is not supported by Step Functions'


def find_unsupported(supported: frozenset[str] | None, parameters: Any) -> list[str]:
    """The names among these parameters that are not supported."""
    if supported is None or not isinstance(parameters, dict) or supported.issuperset(parameters):
        return []
    return [name for name in parameters if name not in supported]
