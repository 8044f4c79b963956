"""The Resource of a Task taken apart.

https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
"""

from __future__ import annotations

import re
from typing import cast

from groundstate.asl.interface import Pattern, Resource

_LAMBDA = re.compile(r"arn:[\w-]+:lambda:[^:]*:[^:]*:function:.+")
_ACTIVITY = re.compile(r"arn:[\w-]+:states:[^:]*:[^:]*:activity:.+")
_SDK = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:aws-sdk:([\w-]+):(\w+)((?:\.[\w:]+)?)")
_OPTIMISED = re.compile(r"arn:[\w-]+:states:[\w-]*:\d*:([\w-]+):(\w+)((?:\.[\w:]+)?)")

# The optimised integrations that AWS has; None: more actions than are listed here.
# https://docs.aws.amazon.com/step-functions/latest/dg/integrate-optimized.html
_INTEGRATIONS: dict[str, frozenset[str] | None] = {
    "apigateway": frozenset(("invoke",)),
    "athena": frozenset(
        ("getQueryExecution", "getQueryResults", "startQueryExecution", "stopQueryExecution")
    ),
    "batch": frozenset(("submitJob",)),
    "bedrock": frozenset(("createModelCustomizationJob", "invokeModel")),
    "codebuild": None,
    "databrew": frozenset(("startJobRun",)),
    "dynamodb": frozenset(("deleteItem", "getItem", "putItem", "updateItem")),
    "ecs": frozenset(("runTask",)),
    "eks": None,
    "elasticmapreduce": None,
    "emr-containers": None,
    "emr-serverless": None,
    "events": frozenset(("putEvents",)),
    "glue": frozenset(("startJobRun",)),
    "http": frozenset(("invoke",)),
    "lambda": frozenset(("invoke",)),
    "mediaconvert": frozenset(("createJob",)),
    "sagemaker": None,
    "sns": frozenset(("publish",)),
    "sqs": frozenset(("sendMessage",)),
    "states": frozenset(("startExecution",)),
}

PATTERNS = ("", ".sync", ".sync:2", ".waitForTaskToken")


def parse_resource(arn: str) -> Resource | None:
    """Take a Resource apart; None if it is no resource that a Task may have."""
    if _LAMBDA.fullmatch(arn):
        return Resource("lambda", arn, "lambda", "invoke", "", arn, "lambda")
    if _ACTIVITY.fullmatch(arn):
        return Resource("activity", arn, "activity", "", "", arn, "activity")
    if match := _SDK.fullmatch(arn):
        service, action, suffix = match.groups()
        if suffix not in PATTERNS:
            return None
        bare = arn[: len(arn) - len(suffix)]
        pattern = cast("Pattern", suffix[1:])
        return Resource(
            "aws-sdk", bare, service, action, pattern, action + suffix, f"aws-sdk:{service}"
        )
    if match := _OPTIMISED.fullmatch(arn):
        service, action, suffix = match.groups()
        if suffix not in PATTERNS:
            return None
        bare = arn[: len(arn) - len(suffix)]
        pattern = cast("Pattern", suffix[1:])
        return Resource("integration", bare, service, action, pattern, action + suffix, service)
    return None


def is_integration(resource: Resource) -> bool:
    """Whether AWS has this optimised integration, or has others in its place."""
    if resource.kind != "integration":
        return True
    actions = _INTEGRATIONS.get(resource.service, frozenset())
    return actions is None or resource.action in actions
