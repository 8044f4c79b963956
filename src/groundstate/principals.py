"""Who calls: the administrator, or a service that acts with a role that was passed to it."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from typing import Any, NamedTuple

from groundstate.arn import parse_arn
from groundstate.operation import Call, Principal, ServiceError


class Credentials(NamedTuple):
    """What the gateway needs of an access key.

    Attributes:
        secret: the secret access key to check the signature with.
        principal: who calls.
        refusal: empty, or why nobody may call with it: `unknown` or `expired`.
    """

    secret: str
    principal: Principal
    refusal: str = ""


def administrator_principal(account: str) -> Principal:
    """The machine's own user: the account's root, for whom nothing is checked."""
    return Principal(
        arn=f"arn:aws:iam::{account}:root", account=account, user_id=account, administrator=True
    )


@lru_cache(maxsize=4096)
def role_principal(role_arn: str, session_name: str, source: str = "") -> Principal:
    """The principal of a role's session, e.g. of a state machine's execution.

    Args:
        role_arn: `arn:aws:iam::<account>:role/<path/><name>`; one that is no role's still makes a
            principal, which no policy allows anything.
        session_name: the last part of the assumed-role ARN.
        source: the AWS service that acts (`states.amazonaws.com`).
    """
    arn = parse_arn(role_arn)
    account = arn.account if arn is not None else ""
    name = role_arn.rsplit("/", 1)[-1]
    partition = arn.partition if arn is not None else "aws"
    return Principal(
        arn=f"arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}",
        account=account,
        user_id=f"{name}:{session_name}",
        identity_arn=role_arn,
        source=source,
    )


def has_rights(call: Call, role: Principal, resource: str, needed: str, *others: str) -> bool:
    """Whether a role may do what a service will need of it, which AWS asks before it begins.

    Args:
        needed: the action without which AWS refuses (`logs:CreateLogDelivery`).
        others: what its documentation asks for beside that. They count as used if the role has
            them, and as denied if not: nothing that runs here will ask for them later.
    """
    asking = call.acting_as(role)
    try:
        asking.authorize(needed, resource)
    except ServiceError:
        return False
    for action in others:
        with contextlib.suppress(ServiceError):
            asking.authorize(action, resource)
    return True


def dump_principal(principal: Principal) -> dict[str, Any]:
    """A principal as JSON values, to be kept with work that goes on in its name."""
    return {
        "arn": principal.arn,
        "account": principal.account,
        "user_id": principal.user_id,
        "identity_arn": principal.identity_arn,
        "administrator": principal.administrator,
        "session_policies": list(principal.session_policies),
        "source": principal.source,
        "session_tags": [list(tag) for tag in principal.session_tags],
    }


def load_principal(data: dict[str, Any]) -> Principal:
    """A principal that `dump_principal` kept."""
    policies = tuple(data["session_policies"])
    tags = tuple((key, value) for key, value in data.get("session_tags", ()))
    return Principal(**{**data, "session_policies": policies, "session_tags": tags})
