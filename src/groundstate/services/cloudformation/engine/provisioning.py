"""Runs the functions of resource types: in a savepoint, with the stack's rights."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from groundstate import ids
from groundstate.operation import Call, Principal, ServiceError
from groundstate.principals import load_principal, role_principal
from groundstate.services.cloudformation.engine.events import tell
from groundstate.services.cloudformation.resources.provision import Provision, ProvisionFailed
from groundstate.services.cloudformation.template.errors import TemplateError
from groundstate.store.cloudformation import Stack, StackResource

Result = TypeVar("Result")

logger = logging.getLogger(__name__)

# https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
_HANDLER_CODES = (
    ("AlreadyExists", "AlreadyExists"),
    ("AlreadyOwned", "AlreadyExists"),
    ("ResourceConflict", "AlreadyExists"),
    ("ResourceInUse", "AlreadyExists"),
    ("AccessDenied", "AccessDenied"),
    ("NotFound", "NotFound"),
    ("NoSuch", "NotFound"),
    ("DoesNotExist", "NotFound"),
    ("LimitExceeded", "ServiceLimitExceeded"),
    ("Throttl", "Throttling"),
)
# As the AWS SDK for Java names the services whose resource types have another name.
_SDK_NAMES = {
    "DynamoDB": "DynamoDb",
    "ECR": "Ecr",
    "IAM": "Iam",
    "Logs": "CloudWatchLogs",
    "SSM": "Ssm",
    "StepFunctions": "Sfn",
}


class StepFailed(Exception):
    """A step did not succeed; the text is the reason of its event.

    Attributes:
        is_early: what it needs was not there yet, or its role had not the right.
    """

    def __init__(self, reason: str, *, is_early: bool = False) -> None:
        super().__init__(reason)
        self.is_early = is_early

    @property
    def reason(self) -> str:
        """The text of the event."""
        return str(self.args[0])


def deployment_principal(deployment: dict[str, Any]) -> Principal:
    """With whose rights a deployment works: its role's, or its caller's."""
    if deployment.get("role_arn"):
        return role_principal(
            deployment["role_arn"], "AWSCloudFormation", "cloudformation.amazonaws.com"
        )
    return load_principal(deployment["principal"])


def provision_to_read(
    call: Call, stack: Stack, logical_id: str, resource_type: str, principal: Principal
) -> Provision:
    """What a resource type's function needs that only looks at what there is.

    Args:
        principal: with whose rights it looks.
    """
    return Provision(
        call,
        stack_name=stack.name,
        stack_id=stack.stack_id,
        logical_id=logical_id,
        resource_type=resource_type,
        tags={},
        capabilities=[],
        principal=principal,
        role_arn="",
        token="",
    )


def run_provider(
    call: Call,
    stack: Stack,
    resource: StackResource,
    work: Callable[[Provision], Result],
    *,
    identifier: str = "",
) -> Result:
    """Run one function of a resource type; if it fails, nothing of it remains.

    Args:
        identifier: of what is being made, if the template gives it.

    Raises:
        StepFailed: with the event's reason.
    """
    deployment = stack.deployment
    assert deployment is not None, stack.stack_id
    inputs = stack.data.get("inputs", {})

    def job(inner: Call) -> Result:
        provision = Provision(
            inner,
            stack_name=stack.name,
            stack_id=stack.stack_id,
            logical_id=resource.logical_id,
            resource_type=resource.type,
            tags=inputs.get("tags", {}),
            capabilities=inputs.get("capabilities", []),
            principal=deployment_principal(deployment),
            role_arn=deployment.get("role_arn", ""),
            token=deployment.get("token", ""),
        )
        result = work(provision)
        for note in provision.notes:
            logger.warning("%s of %s: %s", resource.logical_id, stack.name, note)
            tell(inner, stack, resource, resource.status, note)
        return result

    try:
        found: Result = call.runner.run(call.service, job, stack.region)
    except ServiceError as error:
        reason = describe_refusal(resource.type, error, identifier)
        is_early = error.lacks_right or _handler_code(error) == "NotFound"
        raise StepFailed(reason, is_early=is_early) from error
    except ProvisionFailed as error:
        raise StepFailed(error.reason) from error
    except TemplateError as error:
        raise StepFailed(error.message) from error
    except Exception as error:
        # The edge at which one resource's work ends: a fault in it must not stop the whole stack.
        logger.exception("The resource %s of %s failed.", resource.logical_id, stack.stack_id)
        raise StepFailed(f"Internal Failure: {type(error).__name__}: {error}") from error
    return found


def describe_refusal(resource_type: str, error: ServiceError, identifier: str = "") -> str:
    """A service's refusal as the reason of an event."""
    code = _handler_code(error)
    if code == "AlreadyExists" and identifier:
        # The handlers' library words it: what the service said is lost.
        told = f"Resource of type '{resource_type}' with identifier '{identifier}' already exists."
    else:
        parts = resource_type.split("::")
        namespace = "Lambda" if parts[0] == "Custom" else parts[1]
        told = (
            f"{error.message} (Service: {_SDK_NAMES.get(namespace, namespace)},"
            f" Status Code: {error.status}, Request ID: {ids.make_uuid()}) (SDK Attempt Count: 1)"
        )
    return (
        f'Resource handler returned message: "{told}"'
        f" (RequestToken: {ids.make_uuid()}, HandlerErrorCode: {code})"
    )


def _handler_code(error: ServiceError) -> str:
    return next((name for part, name in _HANDLER_CODES if part in error.code), "InvalidRequest")
