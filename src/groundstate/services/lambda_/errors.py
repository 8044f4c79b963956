"""The errors of Lambda, one class for each error shape that is raised.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import ServiceError


class LambdaError(ServiceError):
    """Every error of Lambda says whose fault it is."""

    def __init__(self, message: str = "", **members: Any) -> None:
        super().__init__(message, **{"Type": "User", **members})


class ResourceNotFoundException(LambdaError):
    """No such function, version, alias, layer, mapping, policy or setting."""

    status = 404


class AccessDeniedException(LambdaError):
    """The caller may not do this."""

    status = 403


class ResourceConflictException(LambdaError):
    """It is there already, or is being changed."""

    status = 409


class InvalidParameterValueException(LambdaError):
    """A parameter has a value that cannot be."""


class InvalidRequestContentException(LambdaError):
    """The payload of Invoke is not JSON."""


class RequestTooLargeException(LambdaError):
    """The payload of Invoke is over its limit."""

    status = 413


class RequestEntityTooLargeException(LambdaError):
    """The request with the zip file is over its limit."""

    status = 413


class TooManyRequestsException(LambdaError):
    """The function's concurrency is used up."""

    status = 429


class DurableExecutionAlreadyStartedException(LambdaError):
    """An execution of this name was started with another payload."""

    status = 409


class CallbackTimeoutException(LambdaError):
    """The callback has an answer already, or waits no longer."""


class PreconditionFailedException(LambdaError):
    """The RevisionId is not the latest one."""

    status = 412


class PolicyLengthExceededException(LambdaError):
    """The resource policy is over its limit."""


class ValidationException(LambdaError):
    """A parameter breaks a constraint of the model."""
