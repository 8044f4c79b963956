"""What each kind of connector allows.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/reference-sam-connector.html
"""

from __future__ import annotations

from collections.abc import Mapping

BUCKET = "AWS::S3::Bucket"
EVENT_BUS = "AWS::Events::EventBus"
FUNCTION = "AWS::Lambda::Function"
HTTP_API = "AWS::ApiGatewayV2::Api"
QUEUE = "AWS::SQS::Queue"
REST_API = "AWS::ApiGateway::RestApi"
RULE = "AWS::Events::Rule"
STATE_MACHINE = "AWS::StepFunctions::StateMachine"
TABLE = "AWS::DynamoDB::Table"
TOPIC = "AWS::SNS::Topic"

# Actions by permission, with what they are on: the destination alone or with its indexes or its
# objects, a state machine's executions, the rule with which Step Functions watches nested
# executions, the source, or the streams of the source.
Rights = Mapping[str, tuple[tuple[str, str], ...]]
_INVOKE: Rights = {"Write": (("self", "lambda: InvokeAsync InvokeFunction"),)}
_USE_TABLE: Rights = {
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
_USE_BUCKET: Rights = {
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
_PUBLISH: Rights = {"Write": (("self", "sns: Publish"),)}
_PUT_EVENTS: Rights = {"Write": (("self", "events: PutEvents"),)}
RIGHTS: Mapping[tuple[str, str], Rights] = {
    (FUNCTION, FUNCTION): _INVOKE,
    (FUNCTION, TABLE): _USE_TABLE,
    (FUNCTION, BUCKET): _USE_BUCKET,
    (FUNCTION, STATE_MACHINE): {
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
    (FUNCTION, EVENT_BUS): _PUT_EVENTS,
    (FUNCTION, TOPIC): _PUBLISH,
    (FUNCTION, QUEUE): {
        "Read": (("self", "sqs: ReceiveMessage GetQueueAttributes"),),
        "Write": (
            ("self", "sqs: DeleteMessage SendMessage ChangeMessageVisibility PurgeQueue"),
        ),
    },
    (STATE_MACHINE, FUNCTION): _INVOKE,
    (STATE_MACHINE, TABLE): _USE_TABLE,
    (STATE_MACHINE, BUCKET): _USE_BUCKET,
    (STATE_MACHINE, STATE_MACHINE): {
        "Read": (("executions", "states: DescribeExecution"), ("rule", "events: DescribeRule")),
        "Write": (
            ("self", "states: StartExecution"),
            ("executions", "states: StopExecution"),
            ("rule", "events: PutTargets PutRule"),
        ),
    },
    (STATE_MACHINE, EVENT_BUS): _PUT_EVENTS,
    (STATE_MACHINE, TOPIC): _PUBLISH,
    (STATE_MACHINE, QUEUE): {"Write": (("self", "sqs: SendMessage"),)},
    (RULE, EVENT_BUS): _PUT_EVENTS,
    (RULE, STATE_MACHINE): {"Write": (("self", "states: StartExecution"),)},
    (QUEUE, FUNCTION): {
        "Write": (("source", "sqs: DeleteMessage"),),
        "Read": (("source", "sqs: ReceiveMessage GetQueueAttributes"),),
    },
    (TABLE, FUNCTION): {
        "Read": (
            ("streams", "dynamodb: DescribeStream GetRecords GetShardIterator ListStreams"),
        ),
    },
}  # fmt: skip
# What reads from its source: the rights are the destination's.
READERS = ((QUEUE, FUNCTION), (TABLE, FUNCTION))
# Permissions that only make sense together.
COMBINATIONS: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    (QUEUE, FUNCTION): (("Read", "Write"),),
    (STATE_MACHINE, STATE_MACHINE): (("Read",), ("Read", "Write")),
}
# What pushes to a function, a queue or a topic, by the name that the service has in policies.
PUSHERS: Mapping[tuple[str, str], str] = {
    (BUCKET, FUNCTION): "s3.amazonaws.com",
    (HTTP_API, FUNCTION): "apigateway.amazonaws.com",
    (REST_API, FUNCTION): "apigateway.amazonaws.com",
    (RULE, FUNCTION): "events.amazonaws.com",
    (RULE, QUEUE): "events.amazonaws.com",
    (RULE, TOPIC): "events.amazonaws.com",
    (TOPIC, FUNCTION): "sns.amazonaws.com",
    (TOPIC, QUEUE): "sns.amazonaws.com",
}
