"""AWS::CDK::Metadata, and AWS::CloudFormation::WaitConditionHandle's plain relatives: records only.

AWS: https://docs.aws.amazon.com/cdk/v2/guide/usage-data.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType


def create_metadata(provision: Provision, properties: Properties) -> Made:
    """Give it an id; nothing else is kept of it."""
    return Made(ids.make_uuid())


def update_metadata(provision: Provision, current: Current, properties: Properties) -> Made:
    """Keep its id."""
    return Made(current.physical_id)


def delete_metadata(provision: Provision, current: Current) -> None:
    """There is nothing to delete."""


METADATA = ResourceType(
    name="AWS::CDK::Metadata",
    shape={},
    any_property=True,
    create=create_metadata,
    update=update_metadata,
    delete=delete_metadata,
)
