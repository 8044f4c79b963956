"""AWS::CloudFormation::Macro: a function that changes templates.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-macro.html
"""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import TEXT

NAME = "AWS::CloudFormation::Macro"


def find_macro(call: Call, name: str) -> str | None:
    """The function of a macro, as its resource names it; None if there is no such macro."""
    found = call.tx.stacks.find_of_type(call.region, NAME, name)
    return None if found is None else str(found.data["properties"]["FunctionName"])


def create_macro(provision: Provision, properties: Properties) -> Made:
    """Make the macro known: its resource is the macro.

    Raises:
        ProvisionFailed: the name is taken.
    """
    name = properties["Name"]
    if find_macro(provision.call, name) is not None:
        raise ProvisionFailed(f"{name} already exists")
    return Made(name)


def update_macro(provision: Provision, current: Current, properties: Properties) -> Made:
    """Let it be another function."""
    return Made(current.physical_id)


def delete_macro(provision: Provision, current: Current) -> None:
    """Forget the macro, with its resource."""


MACRO = ResourceType(
    name=NAME,
    shape={
        "Description": TEXT,
        "FunctionName": TEXT,
        "LogGroupName": TEXT,
        "LogRoleARN": TEXT,
        "Name": TEXT,
    },
    required=("FunctionName", "Name"),
    replaces=frozenset({"Name"}),
    name_property="Name",
    create=create_macro,
    update=update_macro,
    delete=delete_macro,
)
