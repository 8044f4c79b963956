"""AWS's own managed policies: those that CDK apps of these services attach, with their documents.

AWS: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any, NamedTuple

_ACCOUNT_PREFIXES = (
    "arn:aws:iam::aws:policy/",
    "arn:aws-cn:iam::aws:policy/",
    "arn:aws-us-gov:iam::aws:policy/",
)


class AwsPolicy(NamedTuple):
    """One of AWS's policies.

    Attributes:
        path_and_name: `service-role/AWSLambdaBasicExecutionRole`: the ARN's end.
        policy_id: its unique id.
        document: JSON text.
    """

    path_and_name: str
    policy_id: str
    document: str

    @property
    def arn(self) -> str:
        """Its ARN in the partition `aws`."""
        return _ACCOUNT_PREFIXES[0] + self.path_and_name

    @property
    def name(self) -> str:
        """Its name, without the path."""
        return self.path_and_name.rpartition("/")[2]

    @property
    def path(self) -> str:
        """Its path, with a slash at both ends."""
        head = self.path_and_name.rpartition("/")[0]
        return f"/{head}/" if head else "/"


def _allow(*actions: str, resource: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


_LOG_WRITES = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_XRAY_WRITES = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
)

_STATEMENTS: dict[str, list[dict[str, Any]]] = {
    "AdministratorAccess": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    "AWSXRayDaemonWriteAccess": [_allow(*_XRAY_WRITES)],
    "AWSXrayWriteOnlyAccess": [_allow(*_XRAY_WRITES)],
    "service-role/AWSLambdaBasicExecutionRole": [_allow(*_LOG_WRITES)],
    "service-role/AWSLambdaDynamoDBExecutionRole": [
        _allow(
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
            *_LOG_WRITES,
        )
    ],
    "service-role/AWSLambdaKinesisExecutionRole": [
        _allow(
            "kinesis:DescribeStream",
            "kinesis:DescribeStreamSummary",
            "kinesis:GetRecords",
            "kinesis:GetShardIterator",
            "kinesis:ListShards",
            "kinesis:ListStreams",
            "kinesis:SubscribeToShard",
            *_LOG_WRITES,
        )
    ],
    "service-role/AWSLambdaSQSQueueExecutionRole": [
        _allow("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", *_LOG_WRITES)
    ],
    "service-role/AWSLambdaVPCAccessExecutionRole": [
        _allow(
            *_LOG_WRITES,
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        )
    ],
    "service-role/AWSLambdaRole": [_allow("lambda:InvokeFunction", resource=["*"])],
}


def find_aws_policy(arn: str) -> AwsPolicy | None:
    """One of AWS's policies by its ARN; None if it is not one that we carry."""
    for prefix in _ACCOUNT_PREFIXES:
        if arn.startswith(prefix):
            return _policies().get(arn[len(prefix) :])
    return None


def find_aws_document(arn: str) -> str | None:
    """The document of one of AWS's policies; None if it is not one that we carry."""
    policy = find_aws_policy(arn)
    return None if policy is None else policy.document


def is_aws_policy(arn: str) -> bool:
    """Whether an ARN is one that only AWS gives."""
    return arn.startswith(_ACCOUNT_PREFIXES)


def list_aws_policies() -> list[AwsPolicy]:
    """AWS's policies that we carry, by name."""
    return sorted(_policies().values(), key=lambda policy: policy.name.lower())


@lru_cache(maxsize=1)
def _policies() -> dict[str, AwsPolicy]:
    return {
        name: AwsPolicy(name, _make_id(name), _make_document(statements))
        for name, statements in _STATEMENTS.items()
    }


def _make_document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def _make_id(name: str) -> str:
    return "ANPA" + base64.b32encode(hashlib.sha256(name.encode()).digest()[:10]).decode()
