"""AssumeRole: temporary credentials of a role.

AWS: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

import re
from dataclasses import replace

from groundstate.operation import Call, Shape
from groundstate.services.sts.errors import AccessDenied, PackedPolicyTooLarge, ValidationError
from groundstate.services.sts.sessions import issue_credentials, role_session

DEFAULT_DURATION_S = 3_600
# A role that is assumed with a role's credentials: at most an hour.
CHAINED_DURATION_S_MAX = 3_600
POLICY_SIZE_MAX = 2_048

_ROLE_ARN = re.compile(r"arn:[\w-]+:iam::[0-9]{12}:role/\S+\Z")


def assume_role(call: Call, request: Shape) -> Shape:
    """Give credentials of a role to a caller that the role trusts.

    Raises:
        AccessDenied: the role does not trust the caller, or there is none.
        ValidationError: the ARN is no role's, or the session would be too long.
        MalformedPolicyDocument: the session policy is not one.
        PackedPolicyTooLarge: it is too long.
    """
    _refuse_unsupported(request)
    role_arn = request["RoleArn"]
    if _ROLE_ARN.match(role_arn) is None:
        raise ValidationError(f"{role_arn} is invalid")
    tags = _read_tags(request)
    role = _find_role(call, request, tags)
    duration_s = int(request.get("DurationSeconds", DEFAULT_DURATION_S))
    if duration_s > CHAINED_DURATION_S_MAX and ":assumed-role/" in call.principal.arn:
        raise ValidationError(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by"
            " role chaining."
        )
    if duration_s > role["MaxSessionDuration"]:
        raise ValidationError(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    session = replace(
        role_session(role, request["RoleSessionName"]), session_tags=tuple(tags.items())
    )
    answer: Shape = {
        "Credentials": issue_credentials(call, session, duration_s),
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
    }
    packed = len(request.get("Policy", "")) + sum(len(key) + len(tags[key]) for key in tags)
    if packed:
        answer["PackedPolicySize"] = max(1, packed * 100 // POLICY_SIZE_MAX)
    return answer


def _find_role(call: Call, request: Shape, tags: dict[str, str]) -> Shape:
    context: Shape = {
        "sts:RoleSessionName": request["RoleSessionName"],
        **{f"aws:RequestTag/{key}": value for key, value in tags.items()},
    }
    if "ExternalId" in request:
        context["sts:ExternalId"] = request["ExternalId"]
    if tags:
        context["aws:TagKeys"] = list(tags)
        context["sts:TransitiveTagKeys"] = request.get("TransitiveTagKeys", [])
    wanted: Shape = {
        "RoleArn": request["RoleArn"],
        "Context": context,
        "PolicyArns": [policy["arn"] for policy in request.get("PolicyArns", ())],
    }
    if "Policy" in request:
        if len(request["Policy"]) > POLICY_SIZE_MAX:
            raise PackedPolicyTooLarge(
                f"Packed size of session policy consumes"
                f" {len(request['Policy']) * 100 // POLICY_SIZE_MAX}% of allotted space."
            )
        wanted["Policy"] = request["Policy"]
    role = call.invoke("iam", "GetTrustedRole", wanted)
    assert isinstance(role, dict), role
    if tags:
        # Who tags a session needs a trust to tag, too.
        call.invoke("iam", "GetTrustedRole", {**wanted, "Action": "sts:TagSession"})
    return role


def _read_tags(request: Shape) -> dict[str, str]:
    tags: dict[str, str] = {}
    for tag in request.get("Tags", ()):
        if tag["Key"].lower() in (key.lower() for key in tags):
            raise ValidationError(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive."
            )
        tags[tag["Key"]] = tag["Value"]
    return tags


def _refuse_unsupported(request: Shape) -> None:
    if "SerialNumber" in request or "TokenCode" in request:
        raise AccessDenied("MultiFactorAuthentication failed, unable to validate MFA code.")
    for member in ("SourceIdentity", "ProvidedContexts"):
        if request.get(member):
            raise ValidationError(
                f"{member} is not supported by Groundstate; see the README of sts."
            )
