"""STS's errors: the class name is the code on the wire.

AWS: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html and each operation's
page.
"""

from groundstate.operation import ServiceError


class AccessDenied(ServiceError):
    """The caller may not have these credentials."""

    status = 403


class ValidationError(ServiceError):
    """A value that is not of the right form."""


class PackedPolicyTooLarge(ServiceError):
    """The session's policies and tags are too long together."""


class InvalidIdentityToken(ServiceError):
    """A token of a web identity or a SAML assertion cannot be taken."""


class InvalidAuthorizationMessageException(ServiceError):
    """A text is not an encoded authorization message."""
