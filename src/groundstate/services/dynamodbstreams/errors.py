"""The errors of DynamoDB Streams."""

from __future__ import annotations

from groundstate.operation import ServiceError


class ResourceNotFoundException(ServiceError):
    """No such stream or shard."""


class ExpiredIteratorException(ServiceError):
    """The shard iterator is older than 15 minutes."""


class TrimmedDataAccessException(ServiceError):
    """The record is older than 24 hours."""


class ValidationException(ServiceError):
    """The request is wrong."""


def check_limit(limit: int | None, most: int) -> int:
    """The limit of a page: what the request gives, or the most.

    Raises:
        ValidationException: it is more than the most, which the model does not say.
    """
    if limit is None:
        return most
    if limit > most:
        raise ValidationException(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint:"
            f" Member must have value less than or equal to {most}"
        )
    return limit


def stream_not_found(arn: str) -> ResourceNotFoundException:
    """What operations answer for a stream that is not there."""
    return ResourceNotFoundException(f"Requested resource not found: Stream: {arn} not found")
