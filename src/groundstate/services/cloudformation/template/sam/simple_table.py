"""AWS::Serverless::SimpleTable: a table with one key attribute.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
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

NAME = "AWS::Serverless::SimpleTable"
_TYPES = {"String": "S", "Number": "N", "Binary": "B"}
_PLAIN = (
    "PointInTimeRecoverySpecification", "ProvisionedThroughput", "SSESpecification", "TableName",
)  # fmt: skip


def expand_simple_table(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add the table.

    Raises:
        InvalidResource: its key is not as SAM wants it.
    """
    properties = source.get("Properties", {})
    check_properties(logical_id, NAME, properties, (*_PLAIN, "PrimaryKey", "Tags"))
    key = properties.get("PrimaryKey", {"Name": "id", "Type": "String"})
    for name in ("Name", "Type"):
        if name not in key:
            raise InvalidResource(logical_id, f"Property 'PrimaryKey.{name}' is required.")
    kind = expansion.known(key["Type"])
    if kind not in _TYPES:
        raise InvalidResource(logical_id, f"Invalid 'Type' \"{kind}\".")
    made: dict[str, Any] = {
        "AttributeDefinitions": [{"AttributeName": key["Name"], "AttributeType": _TYPES[kind]}],
        "KeySchema": [{"AttributeName": key["Name"], "KeyType": "HASH"}],
        **{name: properties[name] for name in _PLAIN if name in properties},
    }
    if "ProvisionedThroughput" not in properties:
        made["BillingMode"] = "PAY_PER_REQUEST"
    if "Tags" in properties:
        made["Tags"] = tag_list(properties["Tags"])
    expansion.add(logical_id, "AWS::DynamoDB::Table", made, **own_attributes(source))
