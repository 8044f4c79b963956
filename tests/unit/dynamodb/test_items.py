"""Operations on items, through a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.dynamodb.shapes import fill

Refused = Callable[..., tuple[str, str]]


def names_of(page: dict[str, Any], name: str) -> list[str]:
    return [next(iter(item[name].values())) for item in page["Items"]]


def test_put_answers_the_old_item(client: Any, hash_table: str) -> None:
    first = {"p": {"S": "k"}, "v": {"N": "1.0"}}
    assert "Attributes" not in client.put_item(
        TableName=hash_table, Item=first, ReturnValues="ALL_OLD"
    )
    answer = client.put_item(TableName=hash_table, Item={"p": {"S": "k"}}, ReturnValues="ALL_OLD")
    assert answer["Attributes"] == {"p": {"S": "k"}, "v": {"N": "1"}}


@pytest.mark.parametrize("length", [10, 5000])
def test_an_item_is_replaced_whole(client: Any, hash_table: str, length: int) -> None:
    # Long ones are not remembered by the store, so the old one is only met when it is written.
    for text in ("a" * length, "b" * length):
        client.put_item(TableName=hash_table, Item={"p": {"S": "k"}, "v": {"S": text}})
        found = client.get_item(TableName=hash_table, Key={"p": {"S": "k"}})["Item"]
        assert found == {"p": {"S": "k"}, "v": {"S": text}}
    assert client.scan(TableName=hash_table)["Count"] == 1
    table = client.describe_table(TableName=hash_table)["Table"]
    assert (table["ItemCount"], table["TableSizeBytes"]) == (1, length + 3)


def test_every_type_comes_back(client: Any, hash_table: str) -> None:
    item = {
        "p": {"S": "k"},
        "empty": {"S": ""},
        "number": {"N": "-0.00012"},
        "binary": {"B": b"\x00\xff"},
        "texts": {"SS": ["a", "b"]},
        "numbers": {"NS": ["1", "2.5"]},
        "binaries": {"BS": [b"a", b"b"]},
        "list": {"L": [{"N": "1"}, {"L": []}, {"M": {}}]},
        "map": {"M": {"k": {"BOOL": False}, "n": {"NULL": True}}},
    }
    client.put_item(TableName=hash_table, Item=item)
    assert client.get_item(TableName=hash_table, Key={"p": {"S": "k"}})["Item"] == item


def test_documents_may_have_32_levels(client: Any, hash_table: str, refused: Refused) -> None:
    def nested(levels: int) -> dict[str, Any]:
        value: dict[str, Any] = {"S": "x"}
        for _ in range(levels):
            value = {"L": [value]}
        return {"p": {"S": "k"}, "v": value}

    client.put_item(TableName=hash_table, Item=nested(31))
    code, message = refused(client.put_item, TableName=hash_table, Item=nested(32))
    assert code == "ValidationException"
    assert message.startswith("Nesting Levels have exceeded supported limits")


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({"p": {"S": "k"}, "": {"S": "x"}}, "Empty attribute name"),
        ({"p": {"S": "k"}, "x" * 65536: {"S": "x"}}, "65536"),
        ({"p": {"S": "k"}, "m": {"M": {"": {"S": "x"}}}}, "Empty attribute name"),
    ],
)
def test_names_are_limited(
    client: Any, hash_table: str, refused: Refused, item: Any, message: str
) -> None:
    code, text = refused(client.put_item, TableName=hash_table, Item=item)
    assert code == "ValidationException"
    assert message in text


def test_a_failed_condition_may_show_the_item(client: Any, hash_table: str) -> None:
    item = {"p": {"S": "k"}, "v": {"S": "there"}}
    client.put_item(TableName=hash_table, Item=item)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
        client.put_item(
            TableName=hash_table,
            Item={"p": {"S": "k"}},
            ConditionExpression="attribute_not_exists(p)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert caught.value.response["Item"] == item


@pytest.mark.parametrize(
    ("wanted", "attributes"),
    [
        ("NONE", None),
        ("ALL_OLD", {"p": {"S": "k"}, "a": {"N": "1"}, "b": {"N": "2"}}),
        ("UPDATED_OLD", {"a": {"N": "1"}}),
        ("ALL_NEW", {"p": {"S": "k"}, "a": {"N": "3"}, "b": {"N": "2"}, "c": {"S": "new"}}),
        ("UPDATED_NEW", {"a": {"N": "3"}, "c": {"S": "new"}}),
    ],
)
def test_update_answers_what_is_asked_for(
    client: Any, hash_table: str, wanted: str, attributes: Any
) -> None:
    client.put_item(TableName=hash_table, Item={"p": {"S": "k"}, "a": {"N": "1"}, "b": {"N": "2"}})
    answer = client.update_item(
        TableName=hash_table,
        Key={"p": {"S": "k"}},
        UpdateExpression="SET a = a + :two, c = :new",
        ExpressionAttributeValues={":two": {"N": "2"}, ":new": {"S": "new"}},
        ReturnValues=wanted,
    )
    assert answer.get("Attributes") == attributes


def test_update_creates_but_deletions_alone_do_not(client: Any, hash_table: str) -> None:
    client.update_item(TableName=hash_table, Key={"p": {"S": "created"}})
    client.update_item(TableName=hash_table, Key={"p": {"S": "not"}}, UpdateExpression="REMOVE a")
    client.update_item(
        TableName=hash_table,
        Key={"p": {"S": "not"}},
        AttributeUpdates={"a": {"Action": "DELETE"}},
    )
    page = client.scan(TableName=hash_table)
    assert names_of(page, "p") == ["created"]


def test_an_item_grown_too_large_is_refused(client: Any, hash_table: str, refused: Refused) -> None:
    client.put_item(TableName=hash_table, Item={"p": {"S": "k"}, "v": {"S": "x" * 300_000}})
    code, message = refused(
        client.update_item,
        TableName=hash_table,
        Key={"p": {"S": "k"}},
        UpdateExpression="SET w = :w",
        ExpressionAttributeValues={":w": {"S": "x" * 200_000}},
    )
    assert code == "ValidationException"
    assert message == "Item size to update has exceeded the maximum allowed size"


def test_query_walks_in_order_both_ways(client: Any, range_table: str) -> None:
    fill(client, range_table, 10)
    request = {
        "TableName": range_table,
        "KeyConditionExpression": "p = :p AND c BETWEEN :low AND :high",
        "ExpressionAttributeValues": {
            ":p": {"S": "a"},
            ":low": {"N": "2"},
            ":high": {"N": "5"},
        },
    }
    assert names_of(client.query(**request), "c") == ["2", "3", "4", "5"]
    assert names_of(client.query(**request, ScanIndexForward=False), "c") == ["5", "4", "3", "2"]


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ("c = :v", ["3"]),
        ("c < :v", ["0", "1", "2"]),
        ("c <= :v", ["0", "1", "2", "3"]),
        ("c > :v", ["4", "5"]),
        (":v <= c", ["3", "4", "5"]),
    ],
)
def test_sort_key_conditions(
    client: Any, range_table: str, condition: str, wanted: list[str]
) -> None:
    fill(client, range_table, 6)
    page = client.query(
        TableName=range_table,
        KeyConditionExpression=f"p = :p AND {condition}",
        ExpressionAttributeValues={":p": {"S": "a"}, ":v": {"N": "3"}},
    )
    assert names_of(page, "c") == wanted


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("index", [None, "by_l", "by_l_keys"])
def test_pages_leave_nothing_out(
    client: Any, range_table: str, index: str | None, forward: bool
) -> None:
    fill(client, range_table, 7)
    request: dict[str, Any] = {
        "TableName": range_table,
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": {"S": "a"}},
        "ScanIndexForward": forward,
    }
    if index:
        request["IndexName"] = index
    whole = names_of(client.query(**request), "c")
    pages = client.get_paginator("query").paginate(**request, PaginationConfig={"PageSize": 2})
    assert [name for page in pages for name in names_of(page, "c")] == whole
    assert len(whole) == 7


def test_a_page_ends_at_one_megabyte(client: Any, range_table: str) -> None:
    for at in range(30):
        client.put_item(
            TableName=range_table,
            Item={"p": {"S": "a"}, "c": {"N": str(at)}, "text": {"S": "x" * 50_000}},
        )
    page = client.query(
        TableName=range_table,
        KeyConditionExpression="p = :p",
        FilterExpression="attribute_not_exists(p2)",
        ExpressionAttributeValues={":p": {"S": "a"}},
        ReturnConsumedCapacity="TOTAL",
    )
    assert page["Count"] == page["ScannedCount"] == 21
    assert page["LastEvaluatedKey"] == {"p": {"S": "a"}, "c": {"N": "20"}}
    assert page["ConsumedCapacity"]["CapacityUnits"] == 128.5


def test_sparse_global_index_and_its_projection(client: Any, range_table: str) -> None:
    fill(client, range_table, 6)
    page = client.query(
        TableName=range_table,
        IndexName="by_g_h",
        KeyConditionExpression="g = :g",
        ExpressionAttributeValues={":g": {"S": "odd"}},
    )
    assert names_of(page, "h") == ["-5", "-3", "-1"]
    assert set(page["Items"][0]) == {"p", "c", "g", "h", "x"}


def test_local_index_fetches_what_it_does_not_hold(client: Any, range_table: str) -> None:
    fill(client, range_table, 2)
    request = {
        "TableName": range_table,
        "IndexName": "by_l_keys",
        "KeyConditionExpression": "p = :p",
        "ExpressionAttributeValues": {":p": {"S": "a"}},
    }
    assert set(client.query(**request)["Items"][0]) == {"p", "c", "l"}
    answer = client.query(
        **request, Select="ALL_ATTRIBUTES", ReturnConsumedCapacity="INDEXES", ConsistentRead=True
    )
    assert "x" in answer["Items"][0]
    # Each item that is fetched costs a unit by itself.
    assert answer["ConsumedCapacity"]["Table"] == {"CapacityUnits": 2.0}
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 3.0


def test_an_index_follows_its_item(client: Any, range_table: str) -> None:
    fill(client, range_table, 2)
    key = {"p": {"S": "a"}, "c": {"N": "1"}}
    client.update_item(
        TableName=range_table,
        Key=key,
        UpdateExpression="SET g = :g",
        ExpressionAttributeValues={":g": {"S": "even"}},
    )
    assert client.scan(TableName=range_table, IndexName="by_g")["Items"][0]["g"] == {"S": "even"}
    client.delete_item(TableName=range_table, Key=key)
    assert client.scan(TableName=range_table, IndexName="by_g")["Count"] == 0


def test_segments_of_a_scan_are_a_partition(client: Any, hash_table: str) -> None:
    names = {f"k{at}" for at in range(50)}
    for name in names:
        client.put_item(TableName=hash_table, Item={"p": {"S": name}})
    segments = [
        names_of(client.scan(TableName=hash_table, Segment=at, TotalSegments=7), "p")
        for at in range(7)
    ]
    assert sum(map(len, segments)) == 50
    assert {name for segment in segments for name in segment} == names
    assert [name for segment in segments for name in segment] == names_of(
        client.scan(TableName=hash_table), "p"
    )


def test_scan_is_in_the_order_of_hashes(client: Any, hash_table: str) -> None:
    for name in ("a", "b", "c"):
        client.put_item(TableName=hash_table, Item={"p": {"S": name}})
    # MD5 of "Outliersa", "Outliersb", "Outliersc": the order of the real service.
    assert names_of(client.scan(TableName=hash_table), "p") == ["b", "c", "a"]


def test_filter_counts_what_it_leaves_out(client: Any, range_table: str) -> None:
    fill(client, range_table, 5)
    page = client.scan(
        TableName=range_table,
        FilterExpression="attribute_exists(g)",
        Select="COUNT",
    )
    assert (page["Count"], page["ScannedCount"]) == (2, 5)
    assert "Items" not in page


def test_batches(client: Any, hash_table: str, refused: Refused) -> None:
    writes = [{"PutRequest": {"Item": {"p": {"S": f"k{at}"}}}} for at in range(25)]
    answer = client.batch_write_item(
        RequestItems={hash_table: writes}, ReturnConsumedCapacity="TOTAL"
    )
    assert answer["UnprocessedItems"] == {}
    assert answer["ConsumedCapacity"] == [{"TableName": hash_table, "CapacityUnits": 25.0}]
    keys = [{"p": {"S": f"k{at}"}} for at in range(20, 30)]
    found = client.batch_get_item(RequestItems={hash_table: {"Keys": keys}})
    assert len(found["Responses"][hash_table]) == 5
    assert found["UnprocessedKeys"] == {}
    code, message = refused(client.batch_write_item, RequestItems={hash_table: writes * 2})
    assert code == "ValidationException"
    assert "less than or equal to 25" in message


def test_the_table_may_be_named_by_its_arn(client: Any, hash_table: str) -> None:
    arn = client.describe_table(TableName=hash_table)["Table"]["TableArn"]
    client.put_item(TableName=arn, Item={"p": {"S": "k"}})
    assert client.get_item(TableName=arn, Key={"p": {"S": "k"}})["Item"] == {"p": {"S": "k"}}
    found = client.batch_get_item(RequestItems={arn: {"Keys": [{"p": {"S": "k"}}]}})
    assert len(found["Responses"][arn]) == 1
    assert client.describe_table(TableName=arn)["Table"]["TableName"] == hash_table


def test_capacity_of_writes_counts_indexes(client: Any, range_table: str) -> None:
    item = {"p": {"S": "a"}, "c": {"N": "1"}, "g": {"S": "g"}, "x": {"S": "x" * 2000}}
    answer = client.put_item(TableName=range_table, Item=item, ReturnConsumedCapacity="INDEXES")
    consumed = answer["ConsumedCapacity"]
    assert consumed["Table"] == {"CapacityUnits": 2.0}
    assert consumed["GlobalSecondaryIndexes"] == {"by_g": {"CapacityUnits": 2.0}}
    assert consumed["CapacityUnits"] == 4.0


def test_item_collection_metrics_only_with_local_indexes(
    client: Any, range_table: str, hash_table: str
) -> None:
    ask = {"ReturnItemCollectionMetrics": "SIZE"}
    item = {"p": {"S": "a"}, "c": {"N": "1"}}
    answer = client.put_item(TableName=range_table, Item=item, **ask)
    assert answer["ItemCollectionMetrics"]["ItemCollectionKey"] == {"p": {"S": "a"}}
    assert "ItemCollectionMetrics" not in client.put_item(
        TableName=hash_table, Item={"p": {"S": "a"}}, **ask
    )


def test_legacy_parameters(client: Any, range_table: str, refused: Refused) -> None:
    fill(client, range_table, 4)
    page = client.query(
        TableName=range_table,
        KeyConditions={
            "p": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "a"}]},
            "c": {"ComparisonOperator": "GE", "AttributeValueList": [{"N": "1"}]},
        },
        QueryFilter={"g": {"ComparisonOperator": "NOT_NULL"}},
        AttributesToGet=["c"],
    )
    assert page["Items"] == [{"c": {"N": "1"}}, {"c": {"N": "3"}}]
    code, _ = refused(
        client.delete_item,
        TableName=range_table,
        Key={"p": {"S": "a"}, "c": {"N": "0"}},
        Expected={
            "g": {"Exists": False},
            "x": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [{"S": "y"}]},
        },
    )
    assert code == "ConditionalCheckFailedException"
    client.delete_item(
        TableName=range_table,
        Key={"p": {"S": "a"}, "c": {"N": "0"}},
        Expected={"g": {"Exists": False}, "x": {"Value": {"S": "other"}}},
        ConditionalOperator="OR",
    )


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({}, "ConditionalOperator cannot be used without Filter or Expected"),
        (
            {"a": {"ComparisonOperator": "NULL"}},
            "ConditionalOperator can only be used when Filter or Expected has two or more elements",
        ),
    ],
)
def test_an_operator_joins_two_conditions(
    client: Any, hash_table: str, refused: Refused, conditions: Any, message: str
) -> None:
    code, text = refused(
        client.scan, TableName=hash_table, ScanFilter=conditions, ConditionalOperator="AND"
    )
    assert (code, message in text) == ("ValidationException", True)
    code, text = refused(
        client.put_item,
        TableName=hash_table,
        Item={"p": {"S": "k"}},
        Expected=conditions,
        ConditionalOperator="OR",
    )
    assert (code, message in text) == ("ValidationException", True)
