"""AWS::ECR::Repository, as `cdk bootstrap` makes it: a record, since there are no images here.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import ANY, BOOLEAN, TAGS, TEXT

_NAME_LENGTH_MAX = 256


def create_repository(provision: Provision, properties: Properties) -> Made:
    """Note the repository; nothing can be pushed to it."""
    name = properties.get("RepositoryName") or provision.make_name(_NAME_LENGTH_MAX).lower()
    return _made(provision, name)


def update_repository(provision: Provision, current: Current, properties: Properties) -> Made:
    """Note what has changed."""
    return _made(provision, current.physical_id)


def delete_repository(provision: Provision, current: Current) -> None:
    """There is nothing to delete."""


def _made(provision: Provision, name: str) -> Made:
    host = f"{provision.account}.dkr.ecr.{provision.region}.amazonaws.com"
    arn = provision.arn("ecr", f"repository/{name}")
    return Made(name, {"Arn": arn, "RepositoryUri": f"{host}/{name}"})


REPOSITORY = ResourceType(
    name="AWS::ECR::Repository",
    shape={
        "EmptyOnDelete": BOOLEAN,
        "EncryptionConfiguration": ANY,
        "ImageScanningConfiguration": ANY,
        "ImageTagMutability": TEXT,
        "ImageTagMutabilityExclusionFilters": [ANY],
        "LifecyclePolicy": ANY,
        "RepositoryName": TEXT,
        "RepositoryPolicyText": ANY,
        "Tags": TAGS,
    },
    replaces=frozenset({"EncryptionConfiguration", "RepositoryName"}),
    name_property="RepositoryName",
    attributes=("Arn", "RepositoryUri"),
    create=create_repository,
    update=update_repository,
    delete=delete_repository,
)
