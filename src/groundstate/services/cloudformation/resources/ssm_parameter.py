"""AWS::SSM::Parameter.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ssm-parameter.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick, tag_changes
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import TEXT, MapOf

_NAME_LENGTH_MAX = 128
_MEMBERS = ("AllowedPattern", "DataType", "Description", "Tier", "Type", "Value")


def create_parameter(provision: Provision, properties: Properties) -> Made:
    """Create the parameter."""
    if properties["Type"] not in ("String", "StringList"):
        raise ProvisionFailed(
            "Properties validation failed for resource"
            f" {provision.logical_id} with message:\n#/Type: {properties['Type']} is not a valid"
            " enum value"
        )
    name = properties.get("Name") or f"CFN-{provision.make_name(_NAME_LENGTH_MAX - 4, mixed=True)}"
    request = {"Name": name, **pick(properties, _MEMBERS)}
    tags = properties.get("Tags", {})
    if tags:
        request["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    provision.invoke("ssm", "PutParameter", request)
    return _made(provision, name, properties)


def update_parameter(provision: Provision, current: Current, properties: Properties) -> Made:
    """Put a new version of the value, and the tags."""
    name = current.physical_id
    request = {"Name": name, **pick(properties, _MEMBERS), "Overwrite": True}
    provision.invoke("ssm", "PutParameter", request)
    to_set, to_remove = tag_changes(current.properties.get("Tags", {}), properties.get("Tags", {}))
    place = {"ResourceType": "Parameter", "ResourceId": name}
    if to_set:
        tags = [{"Key": key, "Value": value} for key, value in to_set.items()]
        provision.invoke("ssm", "AddTagsToResource", {**place, "Tags": tags})
    if to_remove:
        provision.invoke("ssm", "RemoveTagsFromResource", {**place, "TagKeys": to_remove})
    return _made(provision, name, properties)


def delete_parameter(provision: Provision, current: Current) -> None:
    """Delete the parameter."""
    with gone_is_fine():
        provision.invoke("ssm", "DeleteParameter", {"Name": current.physical_id})


def adopt_parameter(provision: Provision, identifier: str, properties: Properties) -> Made:
    """Take over a parameter that is there."""
    provision.invoke("ssm", "GetParameter", {"Name": identifier})
    return _made(provision, identifier, properties)


def read_parameter(provision: Provision, current: Current) -> Properties:
    """The parameter as it is."""
    answer = provision.invoke("ssm", "GetParameter", {"Name": current.physical_id})["Parameter"]
    return {"Value": answer["Value"], "Type": answer["Type"]}


def _made(provision: Provision, name: str, properties: Properties) -> Made:
    arn = provision.arn("ssm", f"parameter/{name.removeprefix('/')}")
    return Made(name, {"Arn": arn, "Type": properties["Type"], "Value": properties["Value"]})


PARAMETER = ResourceType(
    name="AWS::SSM::Parameter",
    shape={
        "AllowedPattern": TEXT,
        "DataType": TEXT,
        "Description": TEXT,
        "Name": TEXT,
        "Policies": TEXT,
        "Tags": MapOf(TEXT),
        "Tier": TEXT,
        "Type": TEXT,
        "Value": TEXT,
    },
    required=("Type", "Value"),
    replaces=frozenset({"Name"}),
    name_property="Name",
    without_effect=("Policies",),
    attributes=("Arn", "Type", "Value"),
    tags="map",
    create=create_parameter,
    update=update_parameter,
    delete=delete_parameter,
    adopt=adopt_parameter,
    identifier="Name",
    read_actual=read_parameter,
    compared=frozenset({"Value", "Type"}),
)
