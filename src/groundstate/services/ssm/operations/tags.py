"""AddTagsToResource, RemoveTagsFromResource, ListTagsForResource, and a version's labels.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_AddTagsToResource.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import (
    InvalidResourceId,
    ParameterVersionLabelLimitExceeded,
    ValidationException,
)
from groundstate.services.ssm.parameters import HISTORY_MAX, bare_name, get_parameter_row
from groundstate.store.ssm import Parameter

_LABELS_MAX = 10


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


def label_parameter_version(call: Call, request: Shape) -> Shape:
    """Put labels on a version of a parameter; they leave the version that had them.

    Raises:
        ParameterNotFound, ParameterVersionNotFound: there is no such version.
        ParameterVersionLabelLimitExceeded: it would have more than ten.
    """
    name, version = bare_name(request["Name"]), request.get("ParameterVersion")
    target = get_parameter_row(call, f"{name}:{version}" if version else name)
    wanted = request["Labels"]
    invalid = [label for label in wanted if label[:1].isdigit() or label.startswith(("aws", "ssm"))]
    valid = [label for label in wanted if label not in invalid]
    for other in call.tx.parameters.list_versions(call.region, name):
        labels = [label for label in other.data.get("labels", []) if label not in valid]
        if other.version == target.version:
            labels += valid
        if len(labels) > _LABELS_MAX:
            raise ParameterVersionLabelLimitExceeded(
                "A parameter version can have a maximum of ten labels."
            )
        other.data["labels"] = labels
        call.tx.parameters.save(other, history_max=HISTORY_MAX)
    return {"InvalidLabels": invalid, "ParameterVersion": target.version}


def _find(call: Call, request: Shape) -> Parameter:
    if request["ResourceType"] != "Parameter":
        raise ValidationException(f"{request['ResourceType']} is not a supported resource type.")
    parameter = call.tx.parameters.find(call.region, bare_name(request["ResourceId"]))
    if parameter is None:
        raise InvalidResourceId
    return parameter
