"""AddTagsToResource, RemoveTagsFromResource and ListTagsForResource.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import InvalidResourceId, ValidationException
from groundstate.services.ssm.parameters import HISTORY_MAX, bare_name
from groundstate.store.ssm import Parameter


def add_tags_to_resource(call: Call, request: Shape) -> Shape:
    """Add tags to a parameter.

    Raises:
        InvalidResourceId: there is no such parameter.
    """
    parameter = _find(call, request)
    tags = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    parameter.data["tags"] = {**parameter.data.get("tags", {}), **tags}
    call.tx.parameters.save(parameter, history_max=HISTORY_MAX)
    return {}


def remove_tags_from_resource(call: Call, request: Shape) -> Shape:
    """Take tags from a parameter.

    Raises:
        InvalidResourceId: there is no such parameter.
    """
    parameter = _find(call, request)
    tags = parameter.data.get("tags", {})
    gone = set(request["TagKeys"])
    parameter.data["tags"] = {key: value for key, value in tags.items() if key not in gone}
    call.tx.parameters.save(parameter, history_max=HISTORY_MAX)
    return {}


def list_tags_for_resource(call: Call, request: Shape) -> Shape:
    """A parameter's tags.

    Raises:
        InvalidResourceId: there is no such parameter.
    """
    tags = _find(call, request).data.get("tags", {})
    return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _find(call: Call, request: Shape) -> Parameter:
    if request["ResourceType"] != "Parameter":
        raise ValidationException(f"{request['ResourceType']} is not a supported resource type.")
    parameter = call.tx.parameters.find(call.region, bare_name(request["ResourceId"]))
    if parameter is None:
        raise InvalidResourceId
    return parameter
