"""IAM's errors: the class name is the code on the wire.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation's
page.
"""

from groundstate.operation import ServiceError


class NoSuchEntity(ServiceError):
    """There is no entity, policy, version or key of that name."""

    status = 404


class EntityAlreadyExists(ServiceError):
    """The name is taken."""

    status = 409


class DeleteConflict(ServiceError):
    """Something still hangs on what is to be deleted."""

    status = 409


class LimitExceeded(ServiceError):
    """A quota of the account or of an entity."""

    status = 409


class MalformedPolicyDocument(ServiceError):
    """A policy document breaks the policy grammar."""


class InvalidInput(ServiceError):
    """A value that is of the right form cannot be taken."""


class ValidationError(ServiceError):
    """A value that is not of the right form."""


class UnmodifiableEntity(ServiceError):
    """An entity that only AWS may change."""


class AccessDenied(ServiceError):
    """Not authorized, for a service of the query protocol."""

    status = 403
