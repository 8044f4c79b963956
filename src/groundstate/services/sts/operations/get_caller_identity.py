"""GetCallerIdentity: who calls. Nobody needs a permission for it.

AWS: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape


def get_caller_identity(call: Call, request: Shape) -> Shape:
    """Say who calls."""
    principal = call.principal
    return {
        "UserId": principal.user_id or principal.account,
        "Account": principal.account,
        "Arn": principal.arn,
    }
