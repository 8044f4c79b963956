"""The errors that Systems Manager's parameter store raises.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from groundstate.operation import ServiceError


class ParameterNotFound(ServiceError):
    """There is no such parameter."""


class ParameterVersionNotFound(ServiceError):
    """The parameter has no such version."""


class ParameterAlreadyExists(ServiceError):
    """The parameter is there, and the caller does not want to overwrite it."""


class ValidationException(ServiceError):
    """A member has a value that it cannot have."""


class InvalidNextToken(ServiceError):
    """The token of a page is not one of ours."""


class InvalidResourceId(ServiceError):
    """There is no such resource."""


class HierarchyLevelLimitExceededException(ServiceError):
    """The name has too many levels."""


class ParameterPatternMismatchException(ServiceError):
    """The value does not match the parameter's pattern."""


class ParameterVersionLabelLimitExceeded(ServiceError):
    """A version has at most ten labels."""
