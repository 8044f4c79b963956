"""Whose an access key is: the administrator's, a user's, or a session's.

The gateway asks at each request. The administrator's answer is ready; a user's is remembered until
IAM changes; a session's is computed from its token.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from groundstate.config import Config
from groundstate.operation import Principal
from groundstate.services.iam.model import User
from groundstate.session_tokens import read_session
from groundstate.store import Transaction


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


_NOBODY = Principal(arn="", account="")
_UNKNOWN = Credentials("", _NOBODY, "unknown")
_EXPIRED = Credentials("", _NOBODY, "expired")


def find_credentials(
    tx: Transaction, config: Config, access_key_id: str, session_token: str, now: float
) -> Credentials:
    """The credentials behind an access key id.

    Args:
        session_token: empty unless they are temporary. The administrator's key may come with any:
            many environments set one.
        now: the runtime's time in epoch seconds, in which sessions end.
    """
    if access_key_id == config.access_key_id:
        return administrator_credentials(config.account, access_key_id, config.secret_access_key)
    if not session_token:
        return tx.iam.remember(
            ("access key", access_key_id), lambda: _find_users(tx, config, access_key_id)
        )
    session = read_session(tx.iam.session_key, access_key_id, session_token)
    if session is None:
        return _UNKNOWN
    if now >= session.expires_at:
        return _EXPIRED
    return Credentials(session.secret, session.principal)


@lru_cache(maxsize=64)
def administrator_credentials(account: str, access_key_id: str, secret: str) -> Credentials:
    """The machine's own user: the account's root, for whom nothing is checked."""
    principal = Principal(
        arn=f"arn:aws:iam::{account}:root", account=account, user_id=account, administrator=True
    )
    return Credentials(secret, principal)


def _find_users(tx: Transaction, config: Config, access_key_id: str) -> Credentials:
    key = tx.iam.find_access_key(access_key_id)
    if key is None or key.status != "Active":
        return _UNKNOWN
    row = tx.iam.find_entity_by_id(key.user_id)
    assert row is not None, (access_key_id, key.user_id)
    assert row.kind == User.kind, (access_key_id, row.kind)
    principal = Principal(
        arn=row.arn, account=config.account, user_id=row.entity_id, identity_arn=row.arn
    )
    return Credentials(key.secret, principal)
