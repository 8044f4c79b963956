"""TagResource, UntagResource, ListTags: tags of functions and event source mappings.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_TagResource.html
"""

from __future__ import annotations

from groundstate.arn import parse_arn
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.limits import TAGS_MAX
from groundstate.store.functions import FunctionRow


def tag_resource(call: Call, request: Shape) -> Shape:
    """Add tags to a function, over those that have their keys.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: it is not a function, or would have more than 50 tags.
    """
    function = _tagged(call, request["Resource"])
    tags = {**function.tags, **request["Tags"]}
    if len(tags) > TAGS_MAX:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")
    call.tx.functions.set_tags(function.function_id, tags)
    return {}


def untag_resource(call: Call, request: Shape) -> Shape:
    """Remove tags from a function.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: it is not a function.
    """
    function = _tagged(call, request["Resource"])
    keys = set(request["TagKeys"])
    tags = {key: value for key, value in function.tags.items() if key not in keys}
    call.tx.functions.set_tags(function.function_id, tags)
    return {}


def list_tags(call: Call, request: Shape) -> Shape:
    """Show a function's tags.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: it is not a function.
    """
    return {"Tags": _tagged(call, request["Resource"]).tags}


def tagged_resource(call: Call, request: Shape) -> str:
    """What permissions on tags are about."""
    return str(request.get("Resource", "*"))


def _tagged(call: Call, resource: str) -> FunctionRow:
    arn = parse_arn(resource)
    parts = arn.resource.split(":") if arn is not None else []
    if arn is None or arn.service != "lambda" or parts[0] != "function":
        raise InvalidParameterValueException(
            f"Groundstate keeps tags of functions only; {resource} is no function's ARN."
        )
    if len(parts) > 2:
        raise InvalidParameterValueException(
            "Tags on function aliases and versions are not supported. Please specify a function"
            " ARN."
        )
    if arn.region != call.region:
        raise ResourceNotFoundException(f"Function not found: {resource}")
    return get_function_row(call, parts[1])
