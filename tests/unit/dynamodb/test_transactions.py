"""Transactions, through a client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from groundstate.testing import Groundstate

Refused = Callable[..., tuple[str, str]]


def put(table: str, name: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": {"p": {"S": name}}, **more}}


def count(client: Any, table: str) -> int:
    found: int = client.scan(TableName=table)["Count"]
    return found


def test_all_or_none(client: Any, hash_table: str) -> None:
    client.transact_write_items(TransactItems=[put(hash_table, "a"), put(hash_table, "b")])
    new = "attribute_not_exists(p)"
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(
            TransactItems=[
                put(hash_table, "c", ConditionExpression=new),
                put(
                    hash_table,
                    "a",
                    ConditionExpression=new,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                ),
                {
                    "Update": {
                        "TableName": hash_table,
                        "Key": {"p": {"S": "d"}},
                        "UpdateExpression": "SET v = absent",
                    }
                },
            ]
        )
    response = caught.value.response
    assert response["Error"]["Message"] == (
        "Transaction cancelled, please refer cancellation reasons for specific reasons"
        " [None, ConditionalCheckFailed, ValidationError]"
    )
    none, failed, invalid = response["CancellationReasons"]
    assert none == {"Code": "None"}
    assert failed["Code"] == "ConditionalCheckFailed"
    assert failed["Item"] == {"p": {"S": "a"}}
    assert invalid["Code"] == "ValidationError"
    assert count(client, hash_table) == 2


def test_one_item_stands_once(client: Any, hash_table: str, refused: Refused) -> None:
    code, message = refused(
        client.transact_write_items, TransactItems=[put(hash_table, "a"), put(hash_table, "a")]
    )
    assert code == "ValidationException"
    assert message == "Transaction request cannot include multiple operations on one item"


def test_a_token_works_once_in_ten_minutes(
    client: Any, runtime: Groundstate, hash_table: str, refused: Refused
) -> None:
    request = {"TransactItems": [put(hash_table, "a")], "ClientRequestToken": "token"}
    client.transact_write_items(**request)
    client.delete_item(TableName=hash_table, Key={"p": {"S": "a"}})
    client.transact_write_items(**request)
    assert count(client, hash_table) == 0
    other = {**request, "TransactItems": [put(hash_table, "b")]}
    assert refused(client.transact_write_items, **other)[0] == (
        "IdempotentParameterMismatchException"
    )
    runtime.advance(minutes=11)
    client.transact_write_items(**other)
    assert count(client, hash_table) == 1


def test_a_repeated_transaction_costs_reads(client: Any, hash_table: str) -> None:
    item = {"p": {"S": "a"}, "v": {"S": "x" * 1500}}
    request = {
        "TransactItems": [{"Put": {"TableName": hash_table, "Item": item}}],
        "ClientRequestToken": "costs",
        "ReturnConsumedCapacity": "TOTAL",
    }
    assert client.transact_write_items(**request)["ConsumedCapacity"] == [
        {"TableName": hash_table, "CapacityUnits": 4.0, "WriteCapacityUnits": 4.0}
    ]
    assert client.transact_write_items(**request)["ConsumedCapacity"] == [
        {"TableName": hash_table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}
    ]
    assert "ConsumedCapacity" not in client.transact_write_items(
        **{**request, "ReturnConsumedCapacity": "NONE"}
    )


def test_a_repeated_delete_costs_reads_of_what_was_there(client: Any, hash_table: str) -> None:
    client.put_item(TableName=hash_table, Item={"p": {"S": "a"}, "v": {"S": "x" * 9000}})
    request = {
        "TransactItems": [{"Delete": {"TableName": hash_table, "Key": {"p": {"S": "a"}}}}],
        "ClientRequestToken": "costs of a delete",
        "ReturnConsumedCapacity": "TOTAL",
    }
    costs = [client.transact_write_items(**request)["ConsumedCapacity"][0] for _ in range(2)]
    assert costs[0]["WriteCapacityUnits"] == 18.0
    assert costs[1]["ReadCapacityUnits"] == 6.0


def test_only_the_table_costs_twice_in_a_transaction(client: Any, range_table: str) -> None:
    item = {"p": {"S": "a"}, "c": {"N": "1"}, "g": {"S": "g"}}
    answer = client.transact_write_items(
        TransactItems=[{"Put": {"TableName": range_table, "Item": item}}],
        ReturnConsumedCapacity="INDEXES",
    )
    (consumed,) = answer["ConsumedCapacity"]
    one = {"CapacityUnits": 1.0, "WriteCapacityUnits": 1.0}
    assert consumed["Table"] == {"CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    assert consumed["GlobalSecondaryIndexes"] == {"by_g": one}
    assert consumed["CapacityUnits"] == 3.0


def test_actions_may_have_names_and_values_for_nothing(
    client: Any, hash_table: str, refused: Refused
) -> None:
    names = {"ExpressionAttributeNames": {"#a": "v"}}
    values = {"ExpressionAttributeValues": {":a": {"N": "1"}}}
    client.transact_write_items(TransactItems=[put(hash_table, "a", **names, **values)])
    get = {"TableName": hash_table, "Key": {"p": {"S": "a"}}, **names}
    client.transact_get_items(TransactItems=[{"Get": get}])
    guarded = put(hash_table, "a", ConditionExpression="attribute_exists(p)", **names)
    assert refused(client.transact_write_items, TransactItems=[guarded])[1] == (
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}"
    )


def reasons(client: Any, operation: str, **request: Any) -> list[str]:
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        getattr(client, operation)(**request)
    return [reason["Code"] for reason in caught.value.response["CancellationReasons"]]


def test_keys_are_looked_at_before_anything_else(client: Any, hash_table: str) -> None:
    wrong = {"Put": {"TableName": hash_table, "Item": {"p": {"N": "1"}}}}
    guarded = put(hash_table, "a", ConditionExpression="attribute_exists(p)")
    twice = [put(hash_table, "b"), put(hash_table, "b")]
    actions = [guarded, *twice, wrong, wrong]
    found = reasons(client, "transact_write_items", TransactItems=actions)
    assert found == ["None", "None", "None", "ValidationError", "None"]
    statements = [
        {"Statement": f"INSERT INTO {hash_table} VALUE {{'p': {p}}}"} for p in (1, "'a'", 2)
    ]
    found = reasons(client, "execute_transaction", TransactStatements=statements)
    assert found == ["ValidationError", "None", "ValidationError"]


def test_a_cancelled_transaction_leaves_its_token_free(
    client: Any, hash_table: str, refused: Refused
) -> None:
    guarded = {
        "TransactItems": [put(hash_table, "a", ConditionExpression="attribute_exists(p)")],
        "ClientRequestToken": "free",
    }
    assert refused(client.transact_write_items, **guarded)[0] == "TransactionCanceledException"
    client.put_item(TableName=hash_table, Item={"p": {"S": "a"}, "v": {"N": "1"}})
    client.transact_write_items(**guarded)
    assert "v" not in client.get_item(TableName=hash_table, Key={"p": {"S": "a"}})["Item"]


def test_reads_of_one_moment(client: Any, hash_table: str) -> None:
    client.put_item(TableName=hash_table, Item={"p": {"S": "a"}, "v": {"N": "1"}})
    get = {"TableName": hash_table, "Key": {"p": {"S": "a"}}, "ProjectionExpression": "v"}
    none = {"TableName": hash_table, "Key": {"p": {"S": "none"}}}
    nothing = {**get, "ProjectionExpression": "w, m.x"}
    answer = client.transact_get_items(
        TransactItems=[{"Get": get}, {"Get": none}], ReturnConsumedCapacity="TOTAL"
    )
    assert answer["Responses"] == [{"Item": {"v": {"N": "1"}}}, {}]
    assert answer["ConsumedCapacity"] == [
        {"TableName": hash_table, "CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}
    ]
    # Of an item that is there, nothing is asked for that it has.
    assert client.transact_get_items(TransactItems=[{"Get": nothing}])["Responses"] == [{}]


def test_capacity_is_doubled(client: Any, hash_table: str) -> None:
    answer = client.transact_write_items(
        TransactItems=[put(hash_table, "a"), put(hash_table, "b")], ReturnConsumedCapacity="TOTAL"
    )
    assert answer["ConsumedCapacity"][0]["WriteCapacityUnits"] == 4.0


@pytest.mark.parametrize("kind", ["Put", "Delete"])
def test_an_empty_key_refuses_the_whole_transaction(
    client: Any, hash_table: str, refused: Refused, kind: str
) -> None:
    member = "Item" if kind == "Put" else "Key"
    action = {kind: {"TableName": hash_table, member: {"p": {"S": ""}}}}
    code, message = refused(client.transact_write_items, TransactItems=[action])
    assert code == "ValidationException"
    assert message == (
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot"
        " contain an empty string value. Key: p"
    )


def test_a_wrong_key_is_its_actions_reason(client: Any, hash_table: str) -> None:
    action = {"Delete": {"TableName": hash_table, "Key": {"p": {"N": "5"}}}}
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=[put(hash_table, "a"), action])
    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ValidationError"]
    assert reasons[1]["Message"] == "The provided key element does not match the schema"


NOT_VALID = "One or more parameter values are not valid. "
EMPTY = "The AttributeValue for a key attribute cannot contain an empty string value."


def test_an_empty_index_key_refuses_the_whole_transaction(
    client: Any, range_table: str, refused: Refused
) -> None:
    key = {"p": {"S": "a"}, "c": {"N": "1"}}
    code, message = refused(
        client.transact_write_items,
        TransactItems=[{"Put": {"TableName": range_table, "Item": {**key, "g": {"S": ""}}}}],
    )
    assert code == "ValidationException"
    assert message == (
        f"{NOT_VALID}A value specified for a secondary index key is not supported. {EMPTY}"
        " IndexName: by_g, IndexKey: g"
    )
    update = {
        "TableName": range_table,
        "Key": key,
        "UpdateExpression": "SET g = :v",
        "ExpressionAttributeValues": {":v": {"S": ""}},
    }
    code, message = refused(client.transact_write_items, TransactItems=[{"Update": update}])
    assert code == "ValidationException"
    assert message == (
        f"{NOT_VALID}The update expression attempted to update a secondary index key to a value"
        f" that is not supported. {EMPTY}"
    )
    assert refused(client.update_item, **update) == (code, message)
    (answer,) = client.batch_execute_statement(
        Statements=[{"Statement": f"UPDATE {range_table} SET g = '' WHERE p = 'a' AND c = 1"}]
    )["Responses"]
    # The item is not there, which is told first.
    assert answer["Error"]["Code"] == "ConditionalCheckFailed"
    client.put_item(TableName=range_table, Item=key)
    (answer,) = client.batch_execute_statement(
        Statements=[{"Statement": f"UPDATE {range_table} SET g = '' WHERE p = 'a' AND c = 1"}]
    )["Responses"]
    assert answer["Error"] == {"Code": "ValidationError", "Message": message}


def test_an_empty_key_refuses_all_reads(client: Any, hash_table: str, refused: Refused) -> None:
    code, message = refused(
        client.transact_get_items,
        TransactItems=[{"Get": {"TableName": hash_table, "Key": {"p": {"S": ""}}}}],
    )
    assert (code, message) == ("ValidationException", f"{NOT_VALID}{EMPTY} Key: p")


def test_the_token_is_checked_first(client: Any, hash_table: str, refused: Refused) -> None:
    _, message = refused(
        client.transact_write_items,
        TransactItems=[put(hash_table, "a")],
        ClientRequestToken="x" * 37,
        ReturnConsumedCapacity="ALL",
    )
    assert message.startswith("2 validation errors detected: Value 'xxx")
    assert "at 'clientRequestToken' failed" in message.split(";")[0]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "Empty attribute name"),
        ("x" * 65536, "Attribute name is too large, must be less than 65536 bytes"),
    ],
)
def test_wrong_names_are_told_alone(
    client: Any, hash_table: str, refused: Refused, name: str, message: str
) -> None:
    item = {"p": {"S": "k"}, name: {"S": "x"}}
    put = {"Put": {"TableName": hash_table, "Item": item}}
    found = refused(client.transact_write_items, TransactItems=[put])
    assert found == ("ValidationException", message)
