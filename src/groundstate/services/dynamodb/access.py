"""What permissions are about: the ARNs and condition keys of a request, before it is checked.

AWS: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html

None of these may fail on a strange request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from groundstate.operation import Call, Resources, Shape
from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.tables import find_table

Run = Callable[[Call, Shape], Shape]
"""An operation's function."""


def _get(request: Any, member: str) -> Any:
    """A member of a request that may be anything."""
    return request.get(member) if isinstance(request, dict) else None


def table(call: Call, request: Shape) -> Resources:
    """The table that TableName names."""
    return _arn(call, _get(request, "TableName"))


def all_tables(call: Call, request: Shape) -> Resources:
    """Every table of the region."""
    return arns.table_arn(call.region, call.account, "*")


def table_or_index(call: Call, request: Shape) -> Resources:
    """The index that IndexName names, or the table."""
    found = _arn(call, _get(request, "TableName"))
    index = _get(request, "IndexName")
    return arns.index_arn(found, index) if isinstance(index, str) else found


def batch_tables(call: Call, request: Shape) -> Resources:
    """All tables that RequestItems names."""
    items = _get(request, "RequestItems")
    return [_arn(call, name) for name in items] if isinstance(items, dict) and items else "*"


def member_arn(member: str) -> Callable[[Call, Shape], Resources]:
    """What another member names by its ARN."""

    def find(call: Call, request: Shape) -> Resources:
        arn = _get(request, member)
        return arn if isinstance(arn, str) and arn else "*"

    return find


def member_table(member: str) -> Callable[[Call, Shape], Resources]:
    """The table that another member names."""

    def find(call: Call, request: Shape) -> Resources:
        return _arn(call, _get(request, member))

    return find


def table_to_import(call: Call, request: Shape) -> Resources:
    """The table that ImportTable makes."""
    return _arn(call, _get(_get(request, "TableCreationParameters"), "TableName"))


def table_policy(call: Call, request: Shape) -> str | None:
    """The resource policy of the table that TableName names."""
    name = _get(request, "TableName")
    if not isinstance(name, str) or (name.startswith("arn:") and not arns.find_table_name(name)):
        return None
    key = (call.account, call.region, arns.table_name(name))
    found = call.tx.dynamodb.tables.cache.get(key) or find_table(call, key[2])
    policy = None if found is None else found.settings.get("ResourcePolicy")
    return None if policy is None else str(policy["Policy"])


def key_context(call: Call, request: Shape) -> Mapping[str, Any]:
    """Condition keys of operations on one item."""
    context = _shared_context(request)
    item = _get(request, "Key") or _get(request, "Item")
    if isinstance(item, dict):
        _add_leading_keys(call, _get(request, "TableName"), [item], context)
        if "Item" in request:
            context["dynamodb:Attributes"] = [name for name in item if isinstance(name, str)]
    return context


def query_context(call: Call, request: Shape) -> Mapping[str, Any]:
    """Condition keys of Query and Scan."""
    context = _shared_context(request)
    values = _get(request, "ExpressionAttributeValues")
    name = _get(request, "TableName")
    found = find_table(call, arns.table_name(name)) if isinstance(name, str) else None
    if found is None:
        return context
    attribute = found.keys[0].name
    conditions = _get(request, "KeyConditions")
    if isinstance(conditions, dict) and isinstance(conditions.get(attribute), dict):
        given = conditions[attribute].get("AttributeValueList")
        context["dynamodb:LeadingKeys"] = _texts(given if isinstance(given, list) else ())
    elif isinstance(values, dict) and "KeyConditionExpression" in request:
        text = str(request["KeyConditionExpression"])
        names = _get(request, "ExpressionAttributeNames")
        aliases = [attribute]
        if isinstance(names, dict):
            aliases += [alias for alias, real in names.items() if real == attribute]
        words = text.replace("=", " = ").replace("(", " ").replace(")", " ").split()
        for at, word in enumerate(words[:-2]):
            if word in aliases and words[at + 1] == "=" and words[at + 2] in values:
                context["dynamodb:LeadingKeys"] = _texts([values[words[at + 2]]])
    return context


def batch_context(call: Call, request: Shape) -> Mapping[str, Any]:
    """Condition keys of batches."""
    context = _shared_context(request)
    tables = _get(request, "RequestItems")
    if not isinstance(tables, dict):
        return context
    for name, part in tables.items():
        items: list[Any] = []
        if isinstance(part, dict) and isinstance(part.get("Keys"), list):
            items = part["Keys"]
        elif isinstance(part, list):
            for entry in part:
                for inner in entry.values() if isinstance(entry, dict) else ():
                    if isinstance(inner, dict):
                        items.append(inner.get("Key", inner.get("Item")))
        _add_leading_keys(call, name, items, context)
    return context


def _arn(call: Call, name: Any) -> str:
    if not isinstance(name, str) or not name:
        return "*"
    return name if name.startswith("arn:") else arns.table_arn(call.region, call.account, name)


def _shared_context(request: Shape) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for member, key in (
        ("Select", "dynamodb:Select"),
        ("ReturnValues", "dynamodb:ReturnValues"),
        ("ReturnConsumedCapacity", "dynamodb:ReturnConsumedCapacity"),
    ):
        if isinstance(_get(request, member), str):
            context[key] = request[member]
    wanted = _get(request, "AttributesToGet")
    if isinstance(wanted, list):
        context["dynamodb:Attributes"] = [name for name in wanted if isinstance(name, str)]
    projection = _get(request, "ProjectionExpression")
    if isinstance(projection, str):
        names = _get(request, "ExpressionAttributeNames")
        aliases = names if isinstance(names, dict) else {}
        heads = (part.strip().split(".")[0].split("[")[0] for part in projection.split(","))
        context["dynamodb:Attributes"] = [str(aliases.get(head, head)) for head in heads]
    return context


def _add_leading_keys(call: Call, name: Any, items: list[Any], context: dict[str, Any]) -> None:
    if not isinstance(name, str):
        return
    found = call.tx.dynamodb.tables.cache.get((call.account, call.region, arns.table_name(name)))
    if found is None:
        if name.startswith("arn:") and arns.find_table_name(name) is None:
            return
        found = find_table(call, arns.table_name(name))
    if found is None:
        return
    attribute = found.keys[0].name
    values = [item.get(attribute) for item in items if isinstance(item, dict)]
    context.setdefault("dynamodb:LeadingKeys", []).extend(_texts(values))


def _texts(values: Any) -> list[str]:
    return [
        content
        for value in values
        if isinstance(value, dict)
        for content in value.values()
        if isinstance(content, str)
    ]
