"""What is gone already is as good as deleted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from groundstate.operation import ServiceError

_CODES = frozenset(
    {
        "ActivityDoesNotExist",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchEntity",
        "NoSuchEntityException",
        "ParameterNotFound",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "StateMachineDoesNotExist",
    }
)


@contextmanager
def gone_is_fine() -> Iterator[None]:
    """Pass over a refusal that says that the thing is not there."""
    try:
        yield
    except ServiceError as error:
        if error.code not in _CODES:
            raise
