"""TagResource, UntagResource, ListTagsOfResource: the tags of a table.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
"""

from __future__ import annotations

import re
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.errors import (
    AccessDeniedException,
    ResourceNotFoundException,
    ValidationException,
)
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import find_table, save_table
from groundstate.services.dynamodb.tagging import check_count, check_key, check_tags
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.shapes import STRING, STRINGS
from groundstate.services.dynamodb.validation.table_inputs import TAGS

_ANY_ARN = re.compile(r".+:.+:.+:.+:.+:.+/.+")
_TAG_RESOURCE = Checker(ResourceArn=STRING, Tags=TAGS)
_UNTAG_RESOURCE = Checker(ResourceArn=STRING, TagKeys=STRINGS)
_LIST_TAGS = Checker(ResourceArn=STRING, NextToken=STRING)


def tag_resource(call: Call, request: Shape) -> Shape:
    """Add tags to a table, or change them.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the ARN or the tags are wrong.
    """
    request = _TAG_RESOURCE.check(request).request
    arn = _check_arn(call, request)
    tags = request.get("Tags")
    _check_given(arn, tags, "tags")
    if not tags:
        raise ValidationException("Atleast one Tag needs to be provided as Input.")
    table = _find(call, arn)
    merged = {**table.settings.get("Tags", {}), **check_tags(tags)}
    check_count(merged)
    _save(call, table, merged)
    return {}


def untag_resource(call: Call, request: Shape) -> Shape:
    """Remove tags from a table; those that it does not have are as good as removed.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the ARN is wrong, or no keys are given.
    """
    request = _UNTAG_RESOURCE.check(request).request
    arn = _check_arn(call, request)
    keys = request.get("TagKeys")
    _check_given(arn, keys, "tagKeys")
    if not keys:
        raise ValidationException("Atleast one Tag Key needs to be provided as Input.")
    check_count(keys)
    for key in keys:
        check_key(key)
    table = _find(call, arn)
    left = {key: value for key, value in table.settings.get("Tags", {}).items() if key not in keys}
    _save(call, table, left)
    return {}


def list_tags_of_resource(call: Call, request: Shape) -> Shape:
    """All tags of a table.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: the ARN is wrong.
    """
    request = _LIST_TAGS.check(request).request
    arn = _check_arn(call, request)
    _check_table_arn(arn)
    table = _find(call, arn)
    tags = table.settings.get("Tags", {})
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _check_arn(call: Call, request: dict[str, Any]) -> str:
    arn = request.get("ResourceArn")
    if arn is None:
        raise ValidationException("Invalid TableArn")
    if _ANY_ARN.fullmatch(arn) is None:
        raise AccessDeniedException(
            f"User: {call.principal.arn} is not authorized to perform: dynamodb:{call.operation}"
            f" on resource: {arn or '*'}"
        )
    found: str = arn
    return found


def _check_given(arn: str, value: Any, member: str) -> None:
    if value is None:
        raise ValidationException(
            f"1 validation error detected: Value null at '{member}' failed to satisfy constraint:"
            " Member must not be null"
        )
    _check_table_arn(arn)


def _check_table_arn(arn: str) -> None:
    if arns.find_table_name(arn) is None:
        raise ValidationException(f"Invalid TableArn: Invalid ResourceArn provided as input {arn}")


def _find(call: Call, arn: str) -> Table:
    table = find_table(call, arn) if arn == _own_arn(call, arn) else None
    if table is None:
        raise ResourceNotFoundException(
            f"Requested resource not found: ResourcArn: {arn} not found"
        )
    return table


def _own_arn(call: Call, arn: str) -> str:
    return arns.table_arn(call.region, call.account, arns.find_table_name(arn) or "")


def _save(call: Call, table: Table, tags: dict[str, str]) -> None:
    settings = {name: value for name, value in table.settings.items() if name != "Tags"}
    if tags:
        settings["Tags"] = tags
    save_table(call, table, table.definition, settings)
