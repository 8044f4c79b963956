"""The errors of CloudWatch Logs, one class for each error shape that is raised."""

from __future__ import annotations

from groundstate.operation import ServiceError


class ResourceNotFoundException(ServiceError):
    """No such log group, log stream or filter."""


class ResourceAlreadyExistsException(ServiceError):
    """The log group or log stream is there already."""


class InvalidParameterException(ServiceError):
    """A parameter has a value that cannot be."""


class LimitExceededException(ServiceError):
    """A quota is used up."""


class TooManyTagsException(ServiceError):
    """A resource takes 50 tags."""


class ValidationException(ServiceError):
    """A request that the state of what it is about forbids."""
