"""What a table's keys, indexes and throughput may be, for CreateTable and UpdateTable.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from groundstate.services.dynamodb.errors import ValidationException, invalid

UNITS_MAX = 1_000_000_000_000
LOCAL_INDEXES_MAX = 5
GLOBAL_INDEXES_MAX = 20
INDEX_KEY_PART_MAX = 4
PROJECTED_ATTRIBUTES_MAX = 100
ON_DEMAND = "PAY_PER_REQUEST"

Definitions = Sequence[dict[str, str]]
KeySchema = Sequence[dict[str, str]]


def check_throughput(request: dict[str, Any]) -> None:
    """Check a table's billing mode and throughput. Raises ValidationException."""
    throughput = request.get("ProvisionedThroughput")
    if request.get("BillingMode") == ON_DEMAND:
        if throughput is not None:
            raise invalid(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode"
                " is PAY_PER_REQUEST"
            )
        return
    if throughput is None:
        raise invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is"
            " PROVISIONED"
        )
    check_bounds(throughput)


def check_bounds(throughput: dict[str, int], index: str = "") -> None:
    """Check that throughput is within what DynamoDB counts in. Raises ValidationException."""
    for member in ("ReadCapacityUnits", "WriteCapacityUnits"):
        if throughput[member] > UNITS_MAX:
            where = f" for index {index}" if index else ""
            raise ValidationException(
                f"Given value {throughput[member]} for {member} is out of bounds{where}"
            )


def check_table_keys(request: dict[str, Any]) -> None:
    """Check a new table's KeySchema and AttributeDefinitions. Raises ValidationException."""
    definitions: Definitions = request["AttributeDefinitions"]
    schema: KeySchema = request["KeySchema"]
    names = [element["AttributeName"] for element in schema]
    defined = [entry["AttributeName"] for entry in definitions]
    if len(names) > len(defined):
        raise ValidationException("Invalid KeySchema: Some index key attribute have no definition")
    _check_defined(names, defined)
    _check_pair(schema)
    if (
        "LocalSecondaryIndexes" not in request
        and "GlobalSecondaryIndexes" not in request
        and len(schema) != len(definitions)
    ):
        raise invalid(
            "Number of attributes in KeySchema does not exactly match number of attributes defined"
            " in AttributeDefinitions"
        )
    if len(set(defined)) != len(defined):
        duplicate = next(name for name in defined if defined.count(name) > 1)
        raise invalid(f"Duplicate AttributeName in AttributeDefinitions: {duplicate}")


def _check_defined(names: list[str], defined: list[str]) -> None:
    if any(name not in defined for name in names):
        raise invalid(
            "Some index key attributes are not defined in AttributeDefinitions."
            f" Keys: [{', '.join(names)}], AttributeDefinitions: [{', '.join(defined)}]"
        )


def _check_pair(schema: KeySchema) -> None:
    """A key of a partition attribute, and perhaps a sort attribute."""
    if len(schema) > 1 and schema[0]["AttributeName"] == schema[1]["AttributeName"]:
        raise ValidationException(
            "Both the Hash Key and the Range Key element in the KeySchema have the same name"
        )
    if schema[0]["KeyType"] != "HASH":
        raise ValidationException(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
        )
    if len(schema) > 1 and schema[1]["KeyType"] != "RANGE":
        raise ValidationException(
            "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"
        )


def check_local_indexes(request: dict[str, Any], names: set[str]) -> None:
    """Check a new table's local indexes, and add their names. Raises ValidationException."""
    indexes = request.get("LocalSecondaryIndexes")
    if indexes is None:
        return
    if not indexes:
        raise invalid("List of LocalSecondaryIndexes is empty")
    if len(request["KeySchema"]) != 2:
        raise invalid(
            "Table KeySchema does not have a range key, which is required when specifying a"
            " LocalSecondaryIndex"
        )
    defined = [entry["AttributeName"] for entry in request["AttributeDefinitions"]]
    table_hash = request["KeySchema"][0]["AttributeName"]
    for index in indexes:
        schema: KeySchema = index["KeySchema"]
        _check_defined([element["AttributeName"] for element in schema], defined)
        _check_pair(schema)
        if len(schema) != 2:
            raise invalid(
                f"Index KeySchema does not have a range key for index: {index['IndexName']}"
            )
        index_hash = schema[0]["AttributeName"]
        if index_hash != table_hash:
            raise invalid(
                "Index KeySchema does not have the same leading hash key as table KeySchema for"
                f" index: {index['IndexName']}. index hash key: {index_hash},"
                f" table hash key: {table_hash}"
            )
        _check_projection(index["Projection"])
        _add_name(index["IndexName"], names)
    if len(indexes) > LOCAL_INDEXES_MAX:
        raise invalid(
            f"Number of LocalSecondaryIndexes exceeds per-table limit of {LOCAL_INDEXES_MAX}"
        )


def check_global_indexes(request: dict[str, Any], names: set[str]) -> None:
    """Check a new table's global indexes, and add their names. Raises ValidationException."""
    indexes = request.get("GlobalSecondaryIndexes")
    if indexes is None:
        return
    if not indexes:
        raise invalid("List of GlobalSecondaryIndexes is empty")
    for index in indexes:
        check_global_index(
            index, request["AttributeDefinitions"], request.get("BillingMode", "PROVISIONED")
        )
        _add_name(index["IndexName"], names)
    if len(indexes) > GLOBAL_INDEXES_MAX:
        raise invalid(
            f"GlobalSecondaryIndex count exceeds the per-table limit of {GLOBAL_INDEXES_MAX}"
        )


def check_global_index(index: dict[str, Any], definitions: Definitions, billing_mode: str) -> None:
    """Check one new global index. Raises ValidationException."""
    schema: KeySchema = index["KeySchema"]
    name = index["IndexName"]
    defined = [entry["AttributeName"] for entry in definitions]
    _check_defined([element["AttributeName"] for element in schema], defined)
    _check_index_schema(schema)
    _check_projection(index["Projection"])
    throughput = index.get("ProvisionedThroughput")
    if billing_mode == ON_DEMAND:
        if throughput is not None:
            raise invalid(
                f"ProvisionedThroughput should not be specified for index: {name} when BillingMode"
                " is PAY_PER_REQUEST"
            )
    elif throughput is None:
        raise invalid(f"ProvisionedThroughput is not specified for index: {name}")
    else:
        check_bounds(throughput, name)


def _check_index_schema(schema: KeySchema) -> None:
    """A key of one to four partition attributes, then up to four sort attributes."""
    kinds = [element["KeyType"] for element in schema]
    names = [element["AttributeName"] for element in schema]
    if len(schema) <= 2 and (kinds != ["HASH", "HASH"] or names[0] == names[1]):
        _check_pair(schema)
        return
    if kinds[0] != "HASH":
        raise ValidationException(
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type"
        )
    if kinds != sorted(kinds):
        raise invalid("All HASH key attributes must precede RANGE key attributes in the KeySchema")
    if len(set(names)) != len(names):
        raise invalid("The KeySchema contains multiple key attributes with the same name")
    for kind in ("HASH", "RANGE"):
        if kinds.count(kind) > INDEX_KEY_PART_MAX:
            raise invalid(
                f"The KeySchema exceeds the maximum allowed number of {kind} key attributes"
            )


def _check_projection(projection: dict[str, Any]) -> None:
    kind = projection.get("ProjectionType")
    if kind is None:
        raise invalid("Unknown ProjectionType: null")
    if "NonKeyAttributes" in projection and kind != "INCLUDE":
        raise invalid(f"ProjectionType is {kind}, but NonKeyAttributes is specified")
    if kind == "INCLUDE" and "NonKeyAttributes" not in projection:
        raise invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
    names = projection.get("NonKeyAttributes", ())
    for at, name in enumerate(names):
        if name in names[:at]:
            raise invalid(f"Duplicate element in NonKeyAttributes: {name}")


def _add_name(name: str, names: set[str]) -> None:
    if name in names:
        raise invalid(f"Duplicate index name: {name}")
    names.add(name)


def keep_used_definitions(definition: dict[str, Any]) -> None:
    """Leave out of a table's AttributeDefinitions what is no key of it or of its indexes."""
    used = {element["AttributeName"] for element in definition["KeySchema"]}
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        for index in definition.get(member, ()):
            used.update(element["AttributeName"] for element in index["KeySchema"])
    definition["AttributeDefinitions"] = [
        entry for entry in definition["AttributeDefinitions"] if entry["AttributeName"] in used
    ]


def check_projected_count(request: dict[str, Any]) -> None:
    """Check how many attributes all indexes project together. Raises ValidationException."""
    count = sum(
        len(index["Projection"].get("NonKeyAttributes", ()))
        for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
        for index in request.get(member, ())
    )
    if count > PROJECTED_ATTRIBUTES_MAX:
        raise invalid(
            f"Total number of projected attributes across all indexes ({count}) exceeds the"
            f" per-table limit of {PROJECTED_ATTRIBUTES_MAX}"
        )


def check_unused_definitions(request: dict[str, Any]) -> None:
    """Check that every defined attribute is part of a key. Raises ValidationException."""
    used = {element["AttributeName"] for element in request["KeySchema"]}
    for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        for index in request.get(member, ()):
            used.update(element["AttributeName"] for element in index["KeySchema"])
    defined = [entry["AttributeName"] for entry in request["AttributeDefinitions"]]
    if not set(defined) <= used:
        raise invalid(
            "Some AttributeDefinitions are not used. AttributeDefinitions:"
            f" [{', '.join(defined)}], keys used: [{', '.join(sorted(used))}]"
        )


def check_encryption(given: dict[str, Any]) -> None:
    """Check a SSESpecification: keys are KMS's, or DynamoDB's own. Raises ValidationException."""
    kind = given.get("SSEType")
    if kind == "AES256":
        raise invalid("SSEType AES256 is not supported")
    if kind is None and "KMSMasterKeyId" in given:
        raise invalid("SSEType KMS is required if KMSMasterKeyId is specified")


def refuse_unsupported(request: Any, member: str) -> None:
    """Refuse a member that this DynamoDB does not have. Raises ValidationException naming it."""
    if isinstance(request, dict) and request.get(member):
        raise ValidationException(
            f"{member} is not supported by Groundstate's DynamoDB; see its README."
        )
