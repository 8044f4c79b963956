"""Make temporary credentials, and show them as STS's answers do."""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Call, Principal, Shape
from groundstate.session_tokens import issue_session


def issue_credentials(call: Call, principal: Principal, duration_s: int) -> Shape:
    """Credentials that are good for a principal for so long, as the member `Credentials`."""
    issued = issue_session(
        call.tx.iam.session_key,
        principal,
        issued_at=call.now,
        expires_at=call.now + duration_s,
        entropy=ids.make_entropy(),
    )
    return {
        "AccessKeyId": issued.access_key_id,
        "SecretAccessKey": issued.secret,
        "SessionToken": issued.token,
        "Expiration": issued.expires_at,
    }


def role_session(role: Shape, session_name: str, *, source: str = "") -> Principal:
    """The principal of a session of a role, given as GetTrustedRole answers it."""
    partition, account = role["Arn"].split(":")[1:5:3]
    return Principal(
        arn=f"arn:{partition}:sts::{account}:assumed-role/{role['RoleName']}/{session_name}",
        account=account,
        user_id=f"{role['RoleId']}:{session_name}",
        identity_arn=role["Arn"],
        session_policies=tuple(role["SessionPolicies"]),
        source=source,
    )
