"""The errors that Step Functions answers; a class's name is its code on the wire.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
"""

from __future__ import annotations

from groundstate.operation import ServiceError


class AccessDeniedException(ServiceError):
    """A role that Step Functions cannot assume. The model does not list it; AWS answers it."""


class ActivityDoesNotExist(ServiceError):
    pass


class ConflictException(ServiceError):
    pass


class ExecutionAlreadyExists(ServiceError):
    pass


class ExecutionDoesNotExist(ServiceError):
    pass


class ExecutionNotRedrivable(ServiceError):
    pass


class InvalidArn(ServiceError):
    pass


class InvalidDefinition(ServiceError):
    pass


class InvalidEncryptionConfiguration(ServiceError):
    pass


class InvalidExecutionInput(ServiceError):
    pass


class InvalidLoggingConfiguration(ServiceError):
    pass


class InvalidName(ServiceError):
    pass


class InvalidOutput(ServiceError):
    pass


class InvalidToken(ServiceError):
    pass


class MissingRequiredParameter(ServiceError):
    pass


class ResourceNotFound(ServiceError):
    pass


class ServiceQuotaExceededException(ServiceError):
    pass


class StateMachineAlreadyExists(ServiceError):
    pass


class StateMachineDeleting(ServiceError):
    pass


class StateMachineDoesNotExist(ServiceError):
    pass


class StateMachineTypeNotSupported(ServiceError):
    pass


class TaskTimedOut(ServiceError):
    pass


class TooManyTags(ServiceError):
    pass


class ValidationException(ServiceError):
    pass
