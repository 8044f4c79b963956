"""The errors that ECR raises."""

from __future__ import annotations

from groundstate.operation import ServiceError


class RepositoryNotFoundException(ServiceError):
    """There is no such repository."""


class ServerException(ServiceError):
    """The service cannot do this."""

    status = 500


class ImageNotFoundException(ServiceError):
    """There is no such image."""
