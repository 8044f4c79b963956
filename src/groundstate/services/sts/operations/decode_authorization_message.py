"""DecodeAuthorizationMessage: what an encoded refusal says.

AWS: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.sts.errors import InvalidAuthorizationMessageException


def decode_authorization_message(call: Call, request: Shape) -> Shape:
    """Refuse: no service of this runtime encodes its refusals (EC2 does, on AWS).

    Raises:
        InvalidAuthorizationMessageException: always.
    """
    raise InvalidAuthorizationMessageException("Invalid Authorization Message")
