"""AssumeRoleWithWebIdentity and AssumeRoleWithSAML: refused, for want of identity providers.

AWS: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.sts.errors import InvalidIdentityToken


def assume_role_with_web_identity(call: Call, request: Shape) -> Shape:
    """Refuse: there is no OpenID Connect provider.

    Raises:
        InvalidIdentityToken: always.
    """
    raise InvalidIdentityToken(
        "No OpenIDConnect provider found in your account: Groundstate has no identity providers."
    )


def assume_role_with_saml(call: Call, request: Shape) -> Shape:
    """Refuse: there is no SAML provider.

    Raises:
        InvalidIdentityToken: always.
    """
    raise InvalidIdentityToken(
        "No SAML provider found in your account: Groundstate has no identity providers."
    )
