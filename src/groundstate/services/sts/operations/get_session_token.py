"""GetSessionToken: temporary credentials of the caller itself.

AWS: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.sts.errors import AccessDenied
from groundstate.services.sts.sessions import issue_credentials

DEFAULT_DURATION_S = 43_200
# Credentials of the account's root last an hour at most; AWS shortens them without a word.
ROOT_DURATION_S_MAX = 3_600


def get_session_token(call: Call, request: Shape) -> Shape:
    """Give temporary credentials to a user or the administrator.

    Raises:
        AccessDenied: a session asks for another one, or an MFA code is given.
    """
    if ":assumed-role/" in call.principal.arn:
        raise AccessDenied("Cannot call GetSessionToken with session credentials")
    if "SerialNumber" in request or "TokenCode" in request:
        raise AccessDenied("MultiFactorAuthentication failed, unable to validate MFA code.")
    duration_s = int(request.get("DurationSeconds", DEFAULT_DURATION_S))
    if call.principal.administrator:
        duration_s = min(duration_s, ROOT_DURATION_S_MAX)
    return {"Credentials": issue_credentials(call, call.principal, duration_s)}
