"""AWS::Lambda::Version.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick
from groundstate.services.cloudformation.resources.lambda_concurrency import (
    CONCURRENCY,
    check_concurrency,
    set_concurrency,
)
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Outcome,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import ANY, TEXT


def create_version(provision: Provision, properties: Properties) -> Outcome:
    """Publish what the function is now.

    Raises:
        ProvisionFailed: it has not changed since a version that a stack has published.
    """
    request = pick(properties, ("FunctionName", "CodeSha256", "Description"))
    version = provision.invoke("lambda", "PublishVersion", request)
    if provision.call.tx.stacks.find_by_physical_id(version["FunctionArn"]) is not None:
        raise ProvisionFailed(
            'Resource handler returned message: "A version for this Lambda function exists ('
            f' {version["Version"]} ). Modify the function to create a new version."'
            " (HandlerErrorCode: AlreadyExists)"
        )
    made = Made(
        version["FunctionArn"],
        {"FunctionArn": version["FunctionArn"], "Version": version["Version"]},
    )
    return set_concurrency(provision, made, version["Version"], {}, properties)


def update_version(provision: Provision, current: Current, properties: Properties) -> Outcome:
    """Provide for more or fewer invocations at once."""
    made = Made(current.physical_id, current.attributes)
    return set_concurrency(
        provision, made, current.attributes["Version"], current.properties, properties
    )


def delete_version(provision: Provision, current: Current) -> None:
    """Delete the version; one that is gone already is as good."""
    request = {
        "FunctionName": current.properties["FunctionName"],
        # One that has failed on the way has no attributes.
        "Qualifier": current.physical_id.rpartition(":")[2],
    }
    with gone_is_fine():
        provision.invoke("lambda", "DeleteFunction", request)


VERSION = ResourceType(
    name="AWS::Lambda::Version",
    shape={
        "CodeSha256": TEXT,
        "Description": TEXT,
        "FunctionName": TEXT,
        "FunctionScalingConfig": ANY,
        "ProvisionedConcurrencyConfig": CONCURRENCY,
        "RuntimePolicy": ANY,
    },
    required=("FunctionName",),
    replaces=frozenset({"CodeSha256", "Description", "FunctionName"}),
    without_effect=("FunctionScalingConfig", "RuntimePolicy"),
    attributes=("FunctionArn", "Version"),
    create=create_version,
    update=update_version,
    delete=delete_version,
    check=check_concurrency,
)
