"""TagResource, UntagResource, ListTagsForResource: tags of machines and activities.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TagResource.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.errors import TooManyTags
from groundstate.services.stepfunctions.tags import TAGS_MAX, check_taggable, read_tags


def tag_resource(call: Call, request: Shape) -> Shape:
    """Add tags to a resource, or change them.

    Raises:
        InvalidArn, ResourceNotFound, TooManyTags.
    """
    arn = request["resourceArn"]
    check_taggable(call, arn)
    tags = read_tags(request["tags"])
    tables = call.tx.state_machines
    if len(tables.list_tags(arn) | tags) > TAGS_MAX:
        raise TooManyTags("Too many tags: a resource can have at most 50.")
    tables.put_tags(arn, tags)
    return {}


def untag_resource(call: Call, request: Shape) -> Shape:
    """Take tags off a resource; keys that it does not have are no error.

    Raises:
        InvalidArn, ResourceNotFound.
    """
    check_taggable(call, request["resourceArn"])
    call.tx.state_machines.delete_tags(request["resourceArn"], request["tagKeys"])
    return {}


def list_tags_for_resource(call: Call, request: Shape) -> Shape:
    """List a resource's tags.

    Raises:
        InvalidArn, ResourceNotFound.
    """
    check_taggable(call, request["resourceArn"])
    tags = call.tx.state_machines.list_tags(request["resourceArn"])
    return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
