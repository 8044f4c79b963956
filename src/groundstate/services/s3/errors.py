"""The errors that S3 raises.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from __future__ import annotations

from groundstate.operation import ServiceError


class AccessDenied(ServiceError):
    """The bucket is not of the account that the caller expects."""

    status = 403


class NoSuchBucket(ServiceError):
    """There is no such bucket."""

    status = 404


class NoSuchKey(ServiceError):
    """There is no such object."""

    status = 404


class NoSuchVersion(ServiceError):
    """The object has no such version."""

    status = 404


class NoSuchUpload(ServiceError):
    """There is no such multipart upload."""

    status = 404


class NotFound(ServiceError):
    """As the HEAD operations say it: without a body."""

    code = "404"
    status = 404


class BucketAlreadyOwnedByYou(ServiceError):
    """The bucket is there, and it is the caller's."""

    status = 409


class BucketNotEmpty(ServiceError):
    """A bucket with objects cannot be deleted."""

    status = 409


class InvalidBucketName(ServiceError):
    """A bucket cannot be called this."""


class InvalidArgument(ServiceError):
    """A parameter has a value that it cannot have."""


class InvalidRange(ServiceError):
    """The range lies outside of the object."""

    status = 416


class InvalidPart(ServiceError):
    """A part was not uploaded, or its ETag is another."""


class InvalidPartOrder(ServiceError):
    """The parts are not in ascending order."""


class EntityTooSmall(ServiceError):
    """A part other than the last is smaller than 5 MB."""


class BadDigest(ServiceError):
    """The content does not have the digest that came with it."""


class PreconditionFailed(ServiceError):
    """A condition of the request does not hold."""

    status = 412


class NotModified(ServiceError):
    """The object is what the client has."""

    code = "304"
    status = 304


class MethodNotAllowed(ServiceError):
    """A delete marker has no content."""

    status = 405


class MalformedPolicy(ServiceError):
    """The policy is not a policy."""


class MalformedXML(ServiceError):
    """The document is not of the published form."""


class InvalidRequest(ServiceError):
    """The request asks for what makes no sense."""
