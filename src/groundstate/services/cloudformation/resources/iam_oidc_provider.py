"""AWS::IAM::OIDCProvider and AWS::IAM::ServiceLinkedRole.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import (
    pick,
    tag_changes,
    tags_as_map,
)
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import TAGS, TEXT

_ARN = "OpenIDConnectProviderArn"


def create_provider(provision: Provision, properties: Properties) -> Made:
    """Create the identity provider."""
    request = {
        "Url": properties["Url"],
        "ThumbprintList": properties.get("ThumbprintList", []),
        "ClientIDList": properties.get("ClientIdList", []),
    }
    if properties.get("Tags"):
        request["Tags"] = properties["Tags"]
    arn = provision.invoke("iam", "CreateOpenIDConnectProvider", request)[_ARN]
    return Made(arn, {"Arn": arn})


def update_provider(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the provider's clients, thumbprints and tags."""
    arn, before = current.physical_id, current.properties
    old, new = before.get("ClientIdList", []), properties.get("ClientIdList", [])
    for client in new:
        if client not in old:
            request = {_ARN: arn, "ClientID": client}
            provision.invoke("iam", "AddClientIDToOpenIDConnectProvider", request)
    for client in old:
        if client not in new:
            request = {_ARN: arn, "ClientID": client}
            provision.invoke("iam", "RemoveClientIDFromOpenIDConnectProvider", request)
    if properties.get("ThumbprintList", []) != before.get("ThumbprintList", []):
        thumbprints = {_ARN: arn, "ThumbprintList": properties.get("ThumbprintList", [])}
        provision.invoke("iam", "UpdateOpenIDConnectProviderThumbprint", thumbprints)
    to_set, to_remove = tag_changes(
        tags_as_map(before.get("Tags")), tags_as_map(properties.get("Tags"))
    )
    if to_set:
        tags = [{"Key": key, "Value": value} for key, value in to_set.items()]
        provision.invoke("iam", "TagOpenIDConnectProvider", {_ARN: arn, "Tags": tags})
    if to_remove:
        request = {_ARN: arn, "TagKeys": to_remove}
        provision.invoke("iam", "UntagOpenIDConnectProvider", request)
    return Made(arn, current.attributes)


def delete_provider(provision: Provision, current: Current) -> None:
    """Delete the identity provider."""
    with gone_is_fine():
        request = {_ARN: current.physical_id}
        provision.invoke("iam", "DeleteOpenIDConnectProvider", request)


OIDC_PROVIDER = ResourceType(
    name="AWS::IAM::OIDCProvider",
    shape={"ClientIdList": [TEXT], "Tags": TAGS, "ThumbprintList": [TEXT], "Url": TEXT},
    required=("Url",),
    replaces=frozenset({"Url"}),
    attributes=("Arn",),
    tags="list",
    iam=True,
    create=create_provider,
    update=update_provider,
    delete=delete_provider,
)


def create_linked_role(provision: Provision, properties: Properties) -> Made:
    """Create the service's own role."""
    role = provision.invoke("iam", "CreateServiceLinkedRole", properties)["Role"]
    return Made(role["RoleName"], {"RoleName": role["RoleName"]})


def update_linked_role(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the role's description."""
    request = {"RoleName": current.physical_id, **pick(properties, ("Description",))}
    provision.invoke("iam", "UpdateRole", request)
    return Made(current.physical_id, current.attributes)


def delete_linked_role(provision: Provision, current: Current) -> None:
    """Delete the service's own role."""
    with gone_is_fine():
        provision.invoke("iam", "DeleteServiceLinkedRole", {"RoleName": current.physical_id})


SERVICE_LINKED_ROLE = ResourceType(
    name="AWS::IAM::ServiceLinkedRole",
    shape={"AWSServiceName": TEXT, "CustomSuffix": TEXT, "Description": TEXT},
    replaces=frozenset({"AWSServiceName", "CustomSuffix"}),
    attributes=("RoleName",),
    iam=True,
    create=create_linked_role,
    update=update_linked_role,
    delete=delete_linked_role,
)
