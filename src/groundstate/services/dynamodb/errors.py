"""The errors of DynamoDB that this service raises, with AWS's texts.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
"""

from __future__ import annotations

from groundstate.operation import ServiceError


class ValidationException(ServiceError):
    """The request is wrong, by itself or for its table."""


class EmptyIndexKeyException(ValidationException):
    """A text or binary that is empty, for a key of an index; refuses a whole transaction."""

    code = "ValidationException"


class SerializationException(ServiceError):
    """The request's JSON has other types than the operation's input."""


class AccessDeniedException(ServiceError):
    """Not an ARN of this account's DynamoDB."""


class ResourceNotFoundException(ServiceError):
    """No such table, index, stream or backup."""


class ResourceInUseException(ServiceError):
    """The table exists already, or is being changed."""


class LimitExceededException(ServiceError):
    """Too many changes of this kind at once."""


class ConditionalCheckFailedException(ServiceError):
    """The item is not as the condition says."""


class TransactionCanceledException(ServiceError):
    """A transaction did nothing; `CancellationReasons` says which of its parts failed and why."""


class IdempotentParameterMismatchException(ServiceError):
    """A transaction's token was used before, for another transaction."""


class DuplicateItemException(ServiceError):
    """A PartiQL INSERT met an item with the same key."""


class BackupNotFoundException(ServiceError):
    """No such backup."""


class TableNotFoundException(ServiceError):
    """The source table of a backup or restore is not there."""


class TableAlreadyExistsException(ServiceError):
    """The target table of a restore is there already."""


class PointInTimeRecoveryUnavailableException(ServiceError):
    """Point in time recovery is not enabled for the table."""


class InvalidRestoreTimeException(ServiceError):
    """The time to restore to lies outside of what was recorded."""


class PolicyNotFoundException(ServiceError):
    """The table has no resource policy."""


class GlobalTableNotFoundException(ServiceError):
    """No such global table (of the 2017 kind)."""


class ExportConflictException(ServiceError):
    """A token was used before, for another export."""


class InvalidExportTimeException(ServiceError):
    """The time to export lies outside of what was recorded."""


class ImportConflictException(ServiceError):
    """A table of this name is being imported."""


class ExportNotFoundException(ServiceError):
    """No such export."""


class ImportNotFoundException(ServiceError):
    """No such import."""


_INVALID = "One or more parameter values were invalid: "


def not_valid(detail: str) -> ValidationException:
    """A ValidationException with the words that those of empty keys begin with."""
    return ValidationException("One or more parameter values are not valid. " + detail)


def invalid(detail: str) -> ValidationException:
    """A ValidationException with the words that most of AWS's begin with."""
    return ValidationException(_INVALID + detail)


def table_not_found(name: str) -> ResourceNotFoundException:
    """What operations on tables answer for one that is not there."""
    return ResourceNotFoundException(f"Requested resource not found: Table: {name} not found")


def not_found() -> ResourceNotFoundException:
    """What operations on items answer for a table that is not there."""
    return ResourceNotFoundException("Requested resource not found")


def condition_failed(**members: object) -> ConditionalCheckFailedException:
    """What a condition that does not hold answers."""
    return ConditionalCheckFailedException("The conditional request failed", **members)
