"""What a caller without rights is refused: tables, partitions, parts of transactions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.testing import Groundstate

Refused = Callable[..., tuple[str, str]]


@pytest.fixture
def limited(runtime: Groundstate, hash_table: str) -> Iterator[Any]:
    """A client that may use only the partition `mine` of the table."""
    iam = runtime.client("iam")
    iam.create_user(UserName="limited")
    key = iam.create_access_key(UserName="limited")["AccessKey"]
    statement = {
        "Effect": "Allow",
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:PartiQL*"],
        "Resource": f"arn:aws:dynamodb:*:*:table/{hash_table}",
        "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["mine"]}},
    }
    iam.put_user_policy(
        UserName="limited",
        PolicyName="mine",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    yield runtime.client(
        "dynamodb", access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]
    )
    iam.delete_access_key(UserName="limited", AccessKeyId=key["AccessKeyId"])
    iam.delete_user_policy(UserName="limited", PolicyName="mine")
    iam.delete_user(UserName="limited")


def item(name: str) -> dict[str, Any]:
    return {"p": {"S": name}}


def test_one_partition_is_allowed(limited: Any, hash_table: str) -> None:
    limited.put_item(TableName=hash_table, Item=item("mine"))
    assert limited.get_item(TableName=hash_table, Key=item("mine"))["Item"] == item("mine")
    query = {
        "KeyConditionExpression": "#p = :p",
        "ExpressionAttributeNames": {"#p": "p"},
        "ExpressionAttributeValues": {":p": {"S": "mine"}},
    }
    assert limited.query(TableName=hash_table, **query)["Count"] == 1
    limited.transact_write_items(
        TransactItems=[{"Put": {"TableName": hash_table, "Item": item("mine")}}]
    )
    limited.execute_statement(Statement=f"SELECT * FROM {hash_table} WHERE p = 'mine'")


def test_others_are_refused(limited: Any, hash_table: str, refused: Refused) -> None:
    query = {"KeyConditionExpression": "p = :p", "ExpressionAttributeValues": {":p": {"S": "b"}}}
    requests: list[tuple[Any, dict[str, Any]]] = [
        (limited.put_item, {"TableName": hash_table, "Item": item("b")}),
        (limited.get_item, {"TableName": hash_table, "Key": item("b")}),
        (limited.query, {"TableName": hash_table, **query}),
        (limited.scan, {"TableName": hash_table}),
        (limited.delete_item, {"TableName": hash_table, "Key": item("mine")}),
        (
            limited.transact_write_items,
            {"TransactItems": [{"Put": {"TableName": hash_table, "Item": item("b")}}]},
        ),
        (
            limited.transact_get_items,
            {"TransactItems": [{"Get": {"TableName": hash_table, "Key": item("b")}}]},
        ),
        (
            limited.execute_statement,
            {"Statement": f"INSERT INTO {hash_table} VALUE {{'p': 'b'}}"},
        ),
    ]
    for operation, request in requests:
        code, message = refused(operation, **request)
        assert code == "AccessDeniedException", request
        assert "is not authorized to perform: dynamodb:" in message


def test_a_table_policy_lets_in(
    client: Any, runtime: Groundstate, limited: Any, hash_table: str, refused: Refused
) -> None:
    assert refused(limited.scan, TableName=hash_table)[0] == "AccessDeniedException"
    arn = client.describe_table(TableName=hash_table)["Table"]["TableArn"]
    user = runtime.client("iam").get_user(UserName="limited")["User"]["Arn"]
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": user},
        "Action": "dynamodb:Scan",
        "Resource": arn,
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    client.put_resource_policy(ResourceArn=arn, Policy=json.dumps(policy))
    assert limited.scan(TableName=hash_table)["Count"] == 0
