"""GetTrustedRole: the role that somebody may assume. Internal: AWS's model does not have it.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html
and https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

from __future__ import annotations

from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.iam.authorization import caller_of, context_of, decide_for
from groundstate.services.iam.documents import check_session_policy
from groundstate.services.iam.errors import AccessDenied, InvalidInput
from groundstate.services.iam.identities import find_identity, find_policy_document
from groundstate.services.iam.model import Role
from groundstate.services.iam.policy import Caller, Named, PolicySet, Request, ask_resource


def get_trusted_role(call: Call, request: Shape) -> Shape:
    """Find the role that the caller, or an AWS service, is trusted to assume.

    The request has `RoleArn`; `Service` if a service asks for itself (`lambda.amazonaws.com`);
    `Action` (`sts:AssumeRole` by default); `Context`, condition keys; `Policy` and `PolicyArns`,
    which the session is to be limited by; `MayBeMissing`: nothing is answered of a role that does
    not exist. The answer has `Arn`, `RoleName`, `RoleId`,
    `MaxSessionDuration` and `SessionPolicies`, the documents.

    Raises:
        AccessDenied: there is no such role, or it does not trust whoever asks.
        MalformedPolicyDocument: the session policy is not one.
    """
    role_arn = request["RoleArn"]
    service = request.get("Service", "")
    action = request.get("Action", "sts:AssumeRole")
    row = call.tx.iam.find_entity_by_arn(role_arn)
    who = service or call.principal.arn
    refusal = AccessDenied(
        f"User: {who} is not authorized to perform: {action} on resource: {role_arn}"
    )
    if row is None and request.get("MayBeMissing"):
        return {}
    if row is None or row.kind != Role.kind:
        raise refusal
    role = Role.from_row(row)
    context = request.get("Context", {})
    if call.config.iam == "off":
        trusted = True
    elif service:
        trusted = _trusts_service(call, role, service, action, context)
    else:
        trusted = _trusts_caller(call, role, action, context)
    if not trusted:
        raise refusal
    return {
        "Arn": role.arn,
        "RoleName": role.name,
        "RoleId": role.entity_id,
        "MaxSessionDuration": role.max_session_s,
        "SessionPolicies": list(_session_policies(call, request)),
    }


def _trusts_service(call: Call, role: Role, service: str, action: str, context: Shape) -> bool:
    """Whether a role trusts a service, by its global name or by its name in the region."""
    name = service.partition(".")[0]
    values = {"aws:SourceAccount": call.account, "aws:PrincipalIsAWSService": True, **context}
    for principal in (service, f"{name}.{call.region}.amazonaws.com"):
        caller = Caller(principal, "", service=principal)
        named, denied = ask_resource(
            PolicySet((role.trust_document,)), Request(action, role.arn, caller, lambda: values)
        )
        if named is Named.CALLER and not denied:
            return True
    return False


def _trusts_caller(call: Call, role: Role, action: str, context: Shape) -> bool:
    principal = call.principal
    identity = find_identity(call.tx, principal.identity_arn)
    named, denied = ask_resource(
        PolicySet((role.trust_document,)),
        Request(
            action,
            role.arn,
            caller_of(principal),
            lambda: context_of(call, principal, identity, role.arn, context),
        ),
    )
    if denied or named is Named.NOT:
        return False
    if principal.administrator:
        # The administrator stands for the account: a role that trusts the account trusts it.
        return True
    if named is Named.ACCOUNT:
        return _is_granted(call, action, role.arn, context)
    return decide_for(
        call, principal, action, role.arn, lambda: context, role.trust_document
    ).allowed


def _is_granted(call: Call, action: str, role_arn: str, context: Shape) -> bool:
    """Whether the caller's policies grant it: a role that trusts the account leaves it to them."""
    try:
        call.authorize(action, role_arn, context)
    except ServiceError:
        return False
    return True


def _session_policies(call: Call, request: Shape) -> list[str]:
    documents = []
    if "Policy" in request:
        check_session_policy(request["Policy"])
        documents.append(request["Policy"])
    for policy_arn in request.get("PolicyArns", ()):
        document = find_policy_document(call.tx, policy_arn)
        if document is None:
            raise InvalidInput(f"PolicyArn {policy_arn} does not exist or is not attachable.")
        documents.append(document)
    return documents
