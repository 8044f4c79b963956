"""Temporary credentials: a session token that says whose they are, and the keys derived from it.

PURE. Nothing is stored for a session. Its token holds its claims in the clear; access key id and
secret are derived from the token with a secret of the database. So the credentials are good after a
restart, and a token that was tampered with has keys that nobody knows.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from functools import lru_cache
from typing import Any, NamedTuple

from groundstate.operation import Principal

_PREFIX = "IQoJ"


class SessionCredentials(NamedTuple):
    """Temporary credentials as STS hands them out; `expires_at` in epoch seconds."""

    access_key_id: str
    secret: str
    token: str
    expires_at: float


class Session(NamedTuple):
    """What a token says: who may use it, until when, and with which secret."""

    principal: Principal
    secret: str
    issued_at: float
    expires_at: float


def issue_session(
    key: bytes, principal: Principal, *, issued_at: float, expires_at: float, entropy: int
) -> SessionCredentials:
    """Make temporary credentials for a principal.

    Args:
        key: the database's secret.
        entropy: random bits, so that no two sessions have the same keys.
    """
    claims = [
        principal.arn,
        principal.account,
        principal.user_id,
        principal.identity_arn,
        principal.administrator,
        list(principal.session_policies),
        principal.source,
        list(principal.session_tags),
        issued_at,
        expires_at,
        f"{entropy:x}",
    ]
    text = json.dumps(claims, separators=(",", ":")).encode()
    token = _PREFIX + base64.urlsafe_b64encode(text).decode()
    access_key_id, secret = _derive(key, token)
    return SessionCredentials(access_key_id, secret, token, expires_at)


@lru_cache(maxsize=4096)
def read_session(key: bytes, access_key_id: str, token: str) -> Session | None:
    """The session that a token and an access key id belong to; None if they are not ours."""
    derived_id, secret = _derive(key, token)
    if not token.startswith(_PREFIX) or not hmac.compare_digest(
        derived_id.encode(), access_key_id.encode()
    ):
        return None
    try:
        claims: list[Any] = json.loads(base64.urlsafe_b64decode(token[len(_PREFIX) :]))
    except (binascii.Error, ValueError):
        return None
    arn, account, user_id, identity_arn, administrator = claims[:5]
    policies, source, tags, issued, expires, _ = claims[5:]
    principal = Principal(
        arn=arn,
        account=account,
        user_id=user_id,
        identity_arn=identity_arn,
        administrator=administrator,
        session_policies=tuple(policies),
        source=source,
        session_tags=tuple((key, value) for key, value in tags),
    )
    return Session(principal, secret, issued, expires)


def _derive(key: bytes, token: str) -> tuple[str, str]:
    text = token.encode("utf-8", "surrogateescape")
    identifier = base64.b32encode(hmac.digest(key, b"id:" + text, "sha256")[:10]).decode()
    secret = base64.b64encode(hmac.digest(key, b"secret:" + text, "sha256")[:30]).decode()
    return f"ASIA{identifier}", secret
