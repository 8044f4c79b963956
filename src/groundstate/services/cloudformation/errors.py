"""The errors that CloudFormation raises.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from groundstate.operation import ServiceError


class ValidationError(ServiceError):
    """The request, or the stack's state, does not allow it."""


class AlreadyExistsException(ServiceError):
    """A stack or change set has this name already."""


class ChangeSetNotFound(ServiceError):
    """There is no such change set."""

    status = 404


class InvalidChangeSetStatus(ServiceError):
    """The change set cannot be executed."""


class InsufficientCapabilitiesException(ServiceError):
    """The template needs capabilities that the caller did not give."""


class LimitExceededException(ServiceError):
    """A quota is used up."""


class TypeNotFoundException(ServiceError):
    """The registry does not know this type."""

    status = 404


class InvalidRequestException(ServiceError):
    """A request of Cloud Control makes no sense."""


class ResourceNotFoundException(ServiceError):
    """There is no such resource."""


class RequestTokenNotFoundException(ServiceError):
    """There was no such request."""


class UnsupportedActionException(ServiceError):
    """The resource type cannot do this."""
