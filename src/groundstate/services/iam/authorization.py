"""Decides, by the caller's policies, about every call that is not the administrator's.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from groundstate.arn import parse_arn
from groundstate.operation import Call, Principal, Service, ServiceError, named_error
from groundstate.services.iam.identities import Identity, find_identity
from groundstate.services.iam.policy import (
    NO_POLICIES,
    Caller,
    Decision,
    PolicySet,
    Request,
    decide,
)
from groundstate.services.iam.usage import UsageLog

# For each identity. Somebody could ask about ever new resources.
DECISIONS_KEPT = 10_000
# Services of the query and XML protocols say AccessDenied, the others AccessDeniedException.
_ACCESS_DENIED = frozenset({"cloudformation", "iam", "sts", "s3"})
# Those of JSON 1.x answer 400 where the others answer 403.
_STATUS_400 = frozenset({"dynamodb", "dynamodbstreams", "stepfunctions", "logs", "ssm"})


ContextOf = Callable[[], Mapping[str, Any]]


class PolicyAuthorizer:
    """The runtime's authorizer. It keeps a log of what was asked, until the next commit."""

    def __init__(self) -> None:
        self.usage = UsageLog()

    def __call__(
        self,
        call: Call,
        service: Service,
        action: str,
        resource: str,
        context: ContextOf,
        resource_policy: str | None,
    ) -> None:
        """Let an action pass, or refuse it.

        Args:
            context: gives the condition keys of the request, beyond the global ones.
            resource_policy: the policy of the resource itself, as JSON text, or None.

        Raises:
            ServiceError: AccessDenied or AccessDeniedException, with AWS's text.
        """
        principal = call.principal
        decision = decide_for(call, principal, action, resource, context, resource_policy)
        self.usage.record(
            call.tx, call.now, principal.identity_arn, action, resource, decision.allowed
        )
        if not decision.allowed:
            raise denial(service.name, principal.arn, action, resource, decision)


def decide_for(
    call: Call,
    principal: Principal,
    action: str,
    resource: str,
    context: ContextOf,
    resource_policy: str | None,
) -> Decision:
    """Decide whether a principal may do something, by its own policies and the resource's.

    Args:
        context: gives the request's own condition keys; asked only if a policy has conditions.
    """
    identity = find_identity(call.tx, principal.identity_arn)
    if identity is not None and not _is_session_of(principal, identity):
        identity = None
    # Most roles ask the same again and again, and only their own policies have a say.
    known = (
        identity.decisions
        if identity is not None and resource_policy is None and not principal.session_policies
        else None
    )
    if known is not None:
        decision = known.get((action, resource))
        if decision is not None:
            return decision
    policies = NO_POLICIES if identity is None else identity.policies
    if principal.session_policies:
        policies = policies._replace(session=_compile(principal.session_policies))
    request = Request(
        action,
        resource,
        caller_of(principal),
        lambda: context_of(call, principal, identity, resource, context()),
    )
    resource_set = None if resource_policy is None else _compile_resource_policy(resource_policy)
    decision = decide(request, policies, resource_set)
    if known is not None and not request.used_context and len(known) < DECISIONS_KEPT:
        known[action, resource] = decision
    return decision


def denial(
    service: str, principal_arn: str, action: str, resource: str, decision: Decision
) -> ServiceError:
    """The error for a refused action, in the words of the service."""
    where = f" on resource: {resource}"
    if service == "s3":
        # S3 puts the resource into quotation marks, and says nothing of one that is none.
        where = "" if resource == "*" else f' on resource: "{resource}"'
    reason = decision.reason(action)
    message = f"User: {principal_arn} is not authorized to perform: {action}{where} {reason}"
    if service in _ACCESS_DENIED:
        return named_error("AccessDenied", message, 403)
    return named_error("AccessDeniedException", message, 400 if service in _STATUS_400 else 403)


@lru_cache(maxsize=4096)
def caller_of(principal: Principal) -> Caller:
    """A principal as the Principal element of a policy sees it."""
    if not principal.identity_arn and principal.source and not principal.administrator:
        return Caller(principal.arn, "", service=principal.source)
    return Caller(
        principal.arn, principal.account, principal.identity_arn or principal.arn, principal.user_id
    )


def context_of(
    call: Call,
    principal: Principal,
    identity: Identity | None,
    resource: str,
    context: Mapping[str, Any],
) -> dict[str, Any]:
    """The condition keys of a request: AWS's global ones, and those that the operation gives."""
    arn = parse_arn(resource)
    values: dict[str, Any] = {
        "aws:CurrentTime": datetime.fromtimestamp(call.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:EpochTime": int(call.now),
        "aws:RequestedRegion": call.region,
        # Whoever is authorized here came through the gateway on this machine, or from inside.
        # Loopback is as private as TLS, and bootstrap's bucket policy refuses what is not secure.
        "aws:SecureTransport": True,
        "aws:PrincipalIsAWSService": False,
        "aws:ViaAWSService": False,
        "aws:PrincipalAccount": principal.account,
        "aws:userid": principal.user_id,
    }
    if arn is not None:
        # The ARNs of S3 and of AWS's own policies name no account: what is here is this one's.
        values["aws:ResourceAccount"] = arn.account if arn.account.isdecimal() else call.account
        values["s3:ResourceAccount"] = values["aws:ResourceAccount"]
    if identity is None:
        values["aws:PrincipalArn"] = principal.identity_arn or principal.arn
        values["aws:PrincipalType"] = "Account"
    else:
        values["aws:PrincipalArn"] = identity.arn
        values.update((f"aws:PrincipalTag/{key}", tag) for key, tag in identity.tags.items())
        if identity.kind == "user":
            values["aws:PrincipalType"] = "User"
            values["aws:username"] = identity.name
        else:
            values["aws:PrincipalType"] = "AssumedRole"
            # A session's tags stand in for the role's of the same key.
            values.update((f"aws:PrincipalTag/{key}", tag) for key, tag in principal.session_tags)
    if not principal.source:
        values["aws:SourceIp"] = "127.0.0.1"
    values.update(context)
    return values


def _is_session_of(principal: Principal, identity: Identity) -> bool:
    """Whether a session belongs to this very role, not to one of its name that was deleted."""
    user_id = principal.user_id
    return not user_id.startswith("AROA") or user_id.partition(":")[0] == identity.entity_id


def _compile_resource_policy(document: str) -> PolicySet | None:
    try:
        return _compile((document,))
    except ValueError:
        # Services refuse such a policy when it is put; one from before says nothing.
        return None


@lru_cache(maxsize=4096)
def _compile(documents: tuple[str, ...]) -> PolicySet:
    return PolicySet(documents)
