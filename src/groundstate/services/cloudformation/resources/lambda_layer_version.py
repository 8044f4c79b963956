"""AWS::Lambda::LayerVersion and AWS::Lambda::LayerVersionPermission.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-layerversion.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import TEXT, Needed

_NAME_LENGTH_MAX = 140
_CODE = ("S3Bucket", "S3Key", "S3ObjectVersion")


def create_layer_version(provision: Provision, properties: Properties) -> Made:
    """Publish the layer's content as a new version."""
    # A layer without a name is called after its logical id and the stack's own id.
    name = properties.get("LayerName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    request = pick(
        properties, ("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")
    )
    request.update(LayerName=name, Content=pick(properties["Content"], _CODE))
    answer = provision.invoke("lambda", "PublishLayerVersion", request)
    arn = answer["LayerVersionArn"]
    return Made(arn, {"LayerVersionArn": arn})


def delete_layer_version(provision: Provision, current: Current) -> None:
    """Delete the version; functions that use it keep it."""
    name, _, version = current.physical_id.rpartition(":")
    with gone_is_fine():
        request = {"LayerName": name, "VersionNumber": int(version)}
        provision.invoke("lambda", "DeleteLayerVersion", request)


LAYER_VERSION = ResourceType(
    name="AWS::Lambda::LayerVersion",
    shape={
        "CompatibleArchitectures": [TEXT],
        "CompatibleRuntimes": [TEXT],
        "Content": {
            "S3Bucket": Needed(TEXT),
            "S3Key": Needed(TEXT),
            "S3ObjectStorageMode": TEXT,
            "S3ObjectVersion": TEXT,
        },
        "Description": TEXT,
        "LayerName": TEXT,
        "LicenseInfo": TEXT,
    },
    required=("Content",),
    attributes=("LayerVersionArn",),
    create=create_layer_version,
    delete=delete_layer_version,
)


def create_layer_permission(provision: Provision, properties: Properties) -> Made:
    """Allow others to use the layer's version."""
    name, _, version = properties["LayerVersionArn"].rpartition(":")
    statement_id = provision.make_name(100)
    request = pick(properties, ("Action", "Principal", "OrganizationId"))
    request.update(LayerName=name, VersionNumber=int(version), StatementId=statement_id)
    provision.invoke("lambda", "AddLayerVersionPermission", request)
    return Made(f"{properties['LayerVersionArn']}#{statement_id}", {"Id": statement_id})


def delete_layer_permission(provision: Provision, current: Current) -> None:
    """Allow it no longer."""
    arn, _, statement_id = current.physical_id.partition("#")
    name, _, version = arn.rpartition(":")
    with gone_is_fine():
        request = {"LayerName": name, "VersionNumber": int(version), "StatementId": statement_id}
        provision.invoke("lambda", "RemoveLayerVersionPermission", request)


LAYER_VERSION_PERMISSION = ResourceType(
    name="AWS::Lambda::LayerVersionPermission",
    shape={"Action": TEXT, "LayerVersionArn": TEXT, "OrganizationId": TEXT, "Principal": TEXT},
    required=("Action", "LayerVersionArn", "Principal"),
    attributes=("Id",),
    create=create_layer_permission,
    delete=delete_layer_permission,
)
