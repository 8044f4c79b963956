"""What operations on items refuse, and in which words; and the order of sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.dynamodb.shapes import definitions, fill, index, key_schema

Refused = Callable[..., tuple[str, str]]


def test_index_keys_are_limited_in_size(client: Any, range_table: str, refused: Refused) -> None:
    key = {"p": {"S": "a"}, "c": {"N": "1"}}
    # Of two bytes each: a key is measured in UTF-8.
    for name, index_name, limit in (("l", "by_l", 1024), ("g", "by_g", 2048)):
        fits, large = {"S": "é" * (limit // 2)}, {"S": "é" * (limit // 2 + 1)}
        says = (
            "ValidationException",
            (
                "One or more parameter values were invalid: Size limit exceeded for Index Key"
                f" {name} Actual Size: {limit + 2} bytes Max Size: {limit} bytes"
                f" IndexName: {index_name}"
            ),
        )
        put = {"TableName": range_table, "Item": {**key, name: large}}
        assert refused(client.put_item, **put) == says
        update = {
            "TableName": range_table,
            "Key": key,
            "UpdateExpression": f"SET {name} = :v",
            "ExpressionAttributeValues": {":v": large},
        }
        assert refused(client.update_item, **update) == says
        assert client.scan(TableName=range_table)["Count"] == 0
        client.put_item(TableName=range_table, Item={**key, name: fits})
        client.delete_item(TableName=range_table, Key=key)


def test_a_query_names_no_partition_that_cannot_be(
    client: Any, range_table: str, refused: Refused
) -> None:
    for at, index_name in (("p", None), ("g", "by_g")):
        request: dict[str, Any] = {
            "TableName": range_table,
            "KeyConditionExpression": f"{at} = :v",
            **({"IndexName": index_name} if index_name else {}),
        }
        client.query(**request, ExpressionAttributeValues={":v": {"S": "x" * 2048}})
        wrong = refused(
            client.query, **request, ExpressionAttributeValues={":v": {"S": "x" * 2049}}
        )
        assert wrong == (
            "ValidationException",
            (
                "One or more parameter values were invalid: Size of hashkey has exceeded the"
                " maximum size limit of2048 bytes"
            ),
        )


def test_substitutions_are_limited(client: Any, hash_table: str, refused: Refused) -> None:
    request: dict[str, Any] = {
        "TableName": hash_table,
        "Key": {"p": {"S": "k"}},
        "UpdateExpression": "SET a = :a",
        "ConditionExpression": "a <> :b",
    }
    values = {":a": {"S": "x"}, ":b": {"S": "x" * (2**21 - 5)}}
    client.update_item(**request, ExpressionAttributeValues=values)
    values[":a"] = {"S": "xx"}
    code, message = refused(client.update_item, **request, ExpressionAttributeValues=values)
    assert (code, message) == (
        "ValidationException",
        "ExpressionAttributeValues exceeds max size",
    )


def test_a_query_filters_by_what_its_index_holds(
    client: Any, range_table: str, refused: Refused
) -> None:
    fill(client, range_table, 4)
    request: dict[str, Any] = {
        "TableName": range_table,
        "IndexName": "by_g_h",
        "KeyConditionExpression": "g = :g",
        "FilterExpression": "x = :x AND attribute_not_exists(l)",
        "ExpressionAttributeValues": {":g": {"S": "odd"}, ":x": {"S": "x"}},
    }
    code, message = refused(client.query, **request)
    assert code == "ValidationException"
    assert message == (
        "One or more parameter values were invalid: Secondary index by_g_h does not project one or"
        " more filter attributes: [l]"
    )
    assert client.query(**{**request, "FilterExpression": "x = :x"})["Count"] == 2
    scanned = client.scan(
        TableName=range_table, IndexName="by_g_h", FilterExpression="attribute_exists(l)"
    )
    assert (scanned["Count"], scanned["ScannedCount"]) == (0, 2)


@pytest.mark.parametrize(
    ("name", "message"), [("", "Empty attribute name"), ("x" * 65536, "less than 65536 bytes")]
)
@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("get_item", "AttributesToGet"),
        ("get_item", "ExpressionAttributeNames"),
        ("update_item", "AttributeUpdates"),
        ("delete_item", "Expected"),
        ("scan", "ScanFilter"),
    ],
)
def test_names_are_limited_everywhere(
    client: Any,
    hash_table: str,
    refused: Refused,
    operation: str,
    member: str,
    name: str,
    message: str,
) -> None:
    request: dict[str, Any] = {"TableName": hash_table}
    if operation != "scan":
        request["Key"] = {"p": {"S": "k"}}
    if member == "ExpressionAttributeNames":
        request |= {member: {"#n": name}, "ProjectionExpression": "#n"}
    elif member == "AttributesToGet":
        request[member] = [name]
    elif member == "AttributeUpdates":
        request[member] = {name: {"Action": "DELETE"}}
    elif member == "Expected":
        request[member] = {name: {"Exists": False}}
    else:
        request[member] = {name: {"ComparisonOperator": "NULL"}}
    code, text = refused(getattr(client, operation), **request)
    assert code == "ValidationException"
    assert message in text


@pytest.mark.parametrize("item", [{"p": {"N": "5"}}, {"p": {"L": []}}, {"v": {"S": "x"}}])
def test_a_put_of_a_batch_is_told_what_a_key_is_told(
    client: Any, hash_table: str, refused: Refused, item: Any
) -> None:
    code, message = refused(
        client.batch_write_item, RequestItems={hash_table: [{"PutRequest": {"Item": item}}]}
    )
    assert code == "ValidationException"
    assert message == "The provided key element does not match the schema"


def test_tables_of_a_batch_are_asked_in_one_way(
    client: Any, hash_table: str, range_table: str, refused: Refused
) -> None:
    code, message = refused(
        client.batch_get_item,
        RequestItems={
            hash_table: {"Keys": [{"p": {"S": "a"}}], "ProjectionExpression": "p"},
            range_table: {
                "Keys": [{"p": {"S": "a"}, "c": {"N": "1"}}],
                "AttributesToGet": ["p"],
            },
        },
    )
    assert code == "ValidationException"
    assert message.startswith("Can not use both expression and non-expression parameters")


def test_the_first_index_by_name_refuses_its_key(
    client: Any, hash_table: str, refused: Refused
) -> None:
    client.create_table(
        TableName="TwoIndexes",
        AttributeDefinitions=definitions(p="S", g="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index("second", "g"), index("first", "g")],
    )
    _, message = refused(
        client.put_item, TableName="TwoIndexes", Item={"p": {"S": "a"}, "g": {"N": "1"}}
    )
    client.delete_table(TableName="TwoIndexes")
    assert message == (
        "One or more parameter values were invalid: Type mismatch for Index Key g Expected: S"
        " Actual: N IndexName: first"
    )


@pytest.mark.parametrize(
    ("given", "answered"),
    [
        ({"SS": ["b", "", "é", "Z"]}, {"SS": ["", "Z", "b", "é"]}),
        ({"NS": ["10", "9", "-1", "1.50"]}, {"NS": ["-1", "1.5", "9", "10"]}),
        ({"NS": ["1" * 20 + "2", "1" * 20 + "1"]}, {"NS": ["1" * 21, "1" * 20 + "2"]}),
        ({"BS": [b"\xff", b"\x00", b""]}, {"BS": [b"", b"\x00", b"\xff"]}),
        ({"L": [{"SS": ["b", "a"]}]}, {"L": [{"SS": ["a", "b"]}]}),
    ],
)
def test_sets_are_answered_in_order(
    client: Any, hash_table: str, given: Any, answered: Any
) -> None:
    key = {"p": {"S": "a"}}
    client.put_item(TableName=hash_table, Item={**key, "s": given})
    assert client.get_item(TableName=hash_table, Key=key)["Item"]["s"] == answered


def test_additions_to_sets_are_put_in_order(client: Any, hash_table: str) -> None:
    key = {"p": {"S": "a"}}
    client.put_item(TableName=hash_table, Item={**key, "s": {"SS": ["b"]}})
    answer = client.update_item(
        TableName=hash_table,
        Key=key,
        UpdateExpression="ADD s :v",
        ExpressionAttributeValues={":v": {"SS": ["a", "", "c"]}},
        ReturnValues="UPDATED_NEW",
    )
    assert answer["Attributes"]["s"] == {"SS": ["", "a", "b", "c"]}


@pytest.mark.parametrize(
    ("operation", "request_part", "beginning"),
    [
        ("get_item", {"Key": {"p": {"S": ""}}}, "One or more parameter values were invalid: "),
        ("delete_item", {"Key": {"p": {"S": ""}}}, "One or more parameter values are not valid. "),
        ("update_item", {"Key": {"p": {"S": ""}}}, "One or more parameter values are not valid. "),
        (
            "query",
            {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": {"S": ""}}},
            "One or more parameter values are not valid. ",
        ),
    ],
)
def test_empty_keys_are_refused(
    client: Any,
    hash_table: str,
    refused: Refused,
    operation: str,
    request_part: Any,
    beginning: str,
) -> None:
    code, message = refused(getattr(client, operation), TableName=hash_table, **request_part)
    assert code == "ValidationException"
    assert message == (
        f"{beginning}The AttributeValue for a key attribute cannot contain an empty string value."
        " Key: p"
    )


@pytest.mark.parametrize("value", [{"SS": [None]}, {"NS": ["1", None]}])
def test_null_elements_are_refused(
    client: Any, hash_table: str, refused: Refused, value: Any
) -> None:
    code, message = refused(
        client.put_item, TableName=hash_table, Item={"p": {"S": "k"}, "v": value}
    )
    assert code == "ValidationException"
    assert message == (
        "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    )


def test_a_start_key_of_other_attributes_is_refused(
    client: Any, range_table: str, refused: Refused
) -> None:
    code, message = refused(
        client.query,
        TableName=range_table,
        IndexName="by_g_h",
        KeyConditionExpression="g = :g",
        ExpressionAttributeValues={":g": {"S": "odd"}},
        ExclusiveStartKey={
            "p": {"S": "a"},
            "g": {"S": "odd"},
            "h": {"N": "1"},
            "other": {"N": "1"},
        },
    )
    assert (code, message) == ("ValidationException", "The provided starting key is invalid")
