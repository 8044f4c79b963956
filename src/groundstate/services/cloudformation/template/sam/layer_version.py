"""AWS::Serverless::LayerVersion: a layer that gets a new version when it changes.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-layerversion.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    check_properties,
    location,
    make_hash,
    own_attributes,
    s3_members,
)

NAME = "AWS::Serverless::LayerVersion"
_PLAIN = ("CompatibleArchitectures", "CompatibleRuntimes", "Description", "LicenseInfo")
_POLICIES = ["Retain", "Delete"]


def expand_layer_version(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add the version; its logical id changes with what it is made of, and references follow.

    Raises:
        InvalidResource: it has no content, or a policy that there is not.
    """
    properties = source.get("Properties", {})
    known = (*_PLAIN, "ContentUri", "LayerName", "PublishLambdaVersion", "RetentionPolicy")
    check_properties(logical_id, NAME, properties, known, ("ContentUri",))
    policy = expansion.known(properties.get("RetentionPolicy", "Retain"))
    if not isinstance(policy, str) or policy.capitalize() not in _POLICIES:
        raise InvalidResource(
            logical_id,
            f"'RetentionPolicy' must be one of the following options: {_POLICIES}.",
        )
    content = location(logical_id, "ContentUri", properties["ContentUri"])
    made: dict[str, Any] = {
        "Content": s3_members(content),
        "LayerName": properties.get("LayerName", logical_id),
        **{name: properties[name] for name in _PLAIN if name in properties},
    }
    written = {name: value for name, value in source.items() if name != "Metadata"}
    written["Properties"] = {
        name: value if name.startswith("Compatible") else expansion.known(value)
        for name, value in properties.items()
    }
    version_id = f"{logical_id}{make_hash({logical_id: written})}"
    attributes = {**own_attributes(source), "DeletionPolicy": policy.capitalize()}
    expansion.add(version_id, "AWS::Lambda::LayerVersion", made, **attributes)
    expansion.names[logical_id] = version_id
