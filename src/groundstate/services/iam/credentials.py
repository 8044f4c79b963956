"""Whose an access key is: a user's or a session's. The administrator's needs no asking.

The gateway asks at each request. A user's answer is remembered until IAM changes; a session's is
computed from its token.
"""

from __future__ import annotations

from groundstate.config import Config
from groundstate.operation import Principal
from groundstate.principals import Credentials
from groundstate.services.iam.model import User
from groundstate.session_tokens import read_session
from groundstate.store import Transaction

_NOBODY = Principal(arn="", account="")
_UNKNOWN = Credentials("", _NOBODY, "unknown")
_EXPIRED = Credentials("", _NOBODY, "expired")


def find_credentials(
    tx: Transaction, config: Config, access_key_id: str, session_token: str, now: float
) -> Credentials:
    """The credentials behind an access key id.

    Args:
        session_token: empty unless they are temporary.
        now: the runtime's time in epoch seconds, in which sessions end.
    """
    if not session_token:
        return tx.iam.remember(
            ("access key", access_key_id), _find_users, tx, config, access_key_id
        )
    session = read_session(tx.iam.session_key, access_key_id, session_token)
    if session is None:
        return _UNKNOWN
    if now >= session.expires_at:
        return _EXPIRED
    return Credentials(session.secret, session.principal)


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
