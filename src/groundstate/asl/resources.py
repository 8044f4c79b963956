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
