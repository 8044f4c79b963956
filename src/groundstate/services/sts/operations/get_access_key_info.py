"""GetAccessKeyInfo: the account of an access key.

AWS: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape


def get_access_key_info(call: Call, request: Shape) -> Shape:
    """Say the account that an access key belongs to: there is only one here."""
    return {"Account": call.config.account}
