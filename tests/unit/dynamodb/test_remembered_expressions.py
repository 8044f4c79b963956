"""Expressions that were found right before: what depends on values and names is asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[..., tuple[str, str]]


@pytest.mark.parametrize(
    ("condition", "right", "wrong", "message"),
    [
        (
            "n BETWEEN :a AND :b OR attribute_not_exists(n)",
            {":a": {"N": "1"}, ":b": {"N": "2"}},
            {":a": {"N": "2"}, ":b": {"N": "1"}},
            "upper bound to be greater than or equal to lower bound",
        ),
        (
            "attribute_not_exists(n) OR attribute_type(n, :a)",
            {":a": {"S": "N"}},
            {":a": {"S": "X"}},
            "Invalid attribute type name found; type: X",
        ),
        (
            "attribute_not_exists(n) OR begins_with(n, :a)",
            {":a": {"S": "x"}},
            {":a": {"N": "1"}},
            "operator or function: begins_with, operand type: N",
        ),
        (
            "attribute_not_exists(n) OR n = :a",
            {":a": {"N": "1"}},
            {":a": {"N": "one"}},
            "The parameter cannot be converted to a numeric value: one for key :a",
        ),
        (
            "attribute_not_exists(n) OR n = :a",
            {":a": {"N": "1"}},
            {":a": {"N": "1"}, ":b": {"N": "1"}},
            "unused in expressions: keys: {:b}",
        ),
    ],
)
def test_other_values_are_refused(
    client: Any,
    hash_table: str,
    refused: Refused,
    condition: str,
    right: Any,
    wrong: Any,
    message: str,
) -> None:
    request = {
        "TableName": hash_table,
        "Item": {"p": {"S": "k"}},
        "ConditionExpression": condition,
    }
    for _ in range(2):
        client.put_item(**request, ExpressionAttributeValues=right)
        code, text = refused(client.put_item, **request, ExpressionAttributeValues=wrong)
        assert (code, message in text) == ("ValidationException", True), text


def test_other_names_are_other_expressions(client: Any, hash_table: str, refused: Refused) -> None:
    client.put_item(TableName=hash_table, Item={"p": {"S": "k"}, "a": {"N": "1"}, "b": {"N": "2"}})
    request = {
        "TableName": hash_table,
        "Key": {"p": {"S": "k"}},
        "ProjectionExpression": "#n",
    }
    for name in ("a", "b", "a"):
        found = client.get_item(**request, ExpressionAttributeNames={"#n": name})["Item"]
        assert list(found) == [name]
    code, text = refused(
        client.get_item, **request, ExpressionAttributeNames={"#n": "a", "#m": "b"}
    )
    assert (code, "unused in expressions: keys: {#m}" in text) == ("ValidationException", True)


def test_each_request_has_its_own_values(client: Any, hash_table: str) -> None:
    request = {
        "TableName": hash_table,
        "Key": {"p": {"S": "k"}},
        "UpdateExpression": "SET a = :a ADD n :n",
        "ReturnValues": "ALL_NEW",
    }
    for at in range(1, 4):
        values = {":a": {"S": str(at)}, ":n": {"N": "10"}}
        found = client.update_item(**request, ExpressionAttributeValues=values)["Attributes"]
        assert (found["a"], found["n"]) == ({"S": str(at)}, {"N": str(10 * at)})
