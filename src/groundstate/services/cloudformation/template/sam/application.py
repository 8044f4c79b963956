"""AWS::Serverless::Application: a nested stack.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-application.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    check_properties,
    own_attributes,
    tag_list,
)

NAME = "AWS::Serverless::Application"
_PLAIN = ("NotificationARNs", "Parameters", "TimeoutInMinutes")


def expand_application(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add the nested stack.

    An application of the Serverless Application Repository, which is not here, stays what it is:
    like a type of another service, it is refused, or accepted as a record.

    Raises:
        InvalidResource: it has no location.
    """
    properties = source.get("Properties", {})
    check_properties(logical_id, NAME, properties, (*_PLAIN, "Location", "Tags"))
    place = expansion.known(properties.get("Location"))
    if place is None:
        raise InvalidResource(logical_id, "Resource is missing the required [Location] property.")
    if isinstance(place, dict) and "ApplicationId" in place:
        expansion.add(logical_id, NAME, properties, **own_attributes(source))
        return
    tags = {"lambda:createdBy": "SAM", **properties.get("Tags", {})}
    made: dict[str, Any] = {
        "TemplateURL": place,
        **{name: properties[name] for name in _PLAIN if name in properties},
        "Tags": tag_list(tags),
    }
    expansion.add(logical_id, "AWS::CloudFormation::Stack", made, **own_attributes(source))
