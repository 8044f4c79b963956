"""The errors of DynamoDB Streams."""

from __future__ import annotations

from groundstate.operation import ServiceError


class ResourceNotFoundException(ServiceError):
    """No such stream or shard."""


class ExpiredIteratorException(ServiceError):
    """The shard iterator is older than 15 minutes."""


class ValidationException(ServiceError):
    """The request is wrong."""


def stream_not_found(arn: str) -> ResourceNotFoundException:
    """What operations answer for a stream that is not there."""
    return ResourceNotFoundException(f"Requested resource not found: Stream: {arn} not found")
