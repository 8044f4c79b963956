"""Operations on tables, through a client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from groundstate.testing import Groundstate
from tests.unit.dynamodb.shapes import UNITS, definitions, index, key_schema

Refused = Callable[..., tuple[str, str]]
ALLOW_ACCOUNT = {
    "Effect": "Allow",
    "Principal": {"AWS": "000000000000"},
    "Action": "dynamodb:GetItem",
    "Resource": "*",
}


@pytest.fixture
def table(client: Any) -> Iterator[str]:
    """A provisioned table with the key `p` and a stream of nothing yet."""
    client.create_table(
        TableName="Managed",
        AttributeDefinitions=definitions(p="S"),
        KeySchema=key_schema("p"),
        ProvisionedThroughput=UNITS,
    )
    yield "Managed"
    client.update_table(TableName="Managed", DeletionProtectionEnabled=False)
    client.delete_table(TableName="Managed")


def test_a_new_table_is_active_when_described(client: Any) -> None:
    made = client.create_table(
        TableName="Fresh",
        AttributeDefinitions=definitions(p="S", g="N"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index("by_g", "g")],
    )["TableDescription"]
    assert made["TableStatus"] == "CREATING"
    assert made["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    assert made["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    found = client.describe_table(TableName="Fresh")["Table"]
    assert found["TableStatus"] == "ACTIVE"
    assert found["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    assert found["TableArn"] == "arn:aws:dynamodb:us-east-1:000000000000:table/Fresh"
    assert found["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert found["WarmThroughput"]["ReadUnitsPerSecond"] == 12000
    gone = client.delete_table(TableName="Fresh")["TableDescription"]
    assert gone["TableStatus"] == "DELETING"


def test_a_name_is_taken_once(client: Any, table: str, refused: Refused) -> None:
    code, _ = refused(
        client.create_table,
        TableName=table,
        AttributeDefinitions=definitions(p="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
    )
    assert code == "ResourceInUseException"


def test_regions_have_tables_of_their_own(runtime: Groundstate, table: str) -> None:
    assert runtime.client("dynamodb").list_tables()["TableNames"] == [table]
    assert runtime.client("dynamodb", region="eu-west-1").list_tables()["TableNames"] == []


def test_names_are_listed_in_pages(client: Any) -> None:
    for name in ("List-b", "List-a", "List-c"):
        client.create_table(
            TableName=name,
            AttributeDefinitions=definitions(p="S"),
            KeySchema=key_schema("p"),
            BillingMode="PAY_PER_REQUEST",
        )
    first = client.list_tables(Limit=2)
    assert first == {
        **first,
        "TableNames": ["List-a", "List-b"],
        "LastEvaluatedTableName": "List-b",
    }
    rest = client.list_tables(ExclusiveStartTableName="List-b")
    assert rest["TableNames"] == ["List-c"]
    assert "LastEvaluatedTableName" not in rest
    for name in ("List-b", "List-a", "List-c"):
        client.delete_table(TableName=name)


def test_a_protected_table_is_not_deleted(client: Any, table: str, refused: Refused) -> None:
    client.update_table(TableName=table, DeletionProtectionEnabled=True)
    code, message = refused(client.delete_table, TableName=table)
    assert code == "ValidationException"
    assert message == (
        "Resource cannot be deleted as it is currently protected against deletion."
        " Disable deletion protection first."
    )


def test_throughput_changes(client: Any, table: str) -> None:
    more = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 3}
    changed = client.update_table(TableName=table, ProvisionedThroughput=more)
    assert changed["TableDescription"]["TableStatus"] == "UPDATING"
    found = client.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]
    assert found["ReadCapacityUnits"] == 9
    assert found["NumberOfDecreasesToday"] == 1
    client.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")
    found = client.describe_table(TableName=table)["Table"]
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def test_a_new_index_holds_the_items_that_are_there(
    client: Any, table: str, refused: Refused
) -> None:
    for at in range(5):
        item: dict[str, Any] = {"p": {"S": f"k{at}"}, "g": {"S": "x"} if at % 2 else {"N": "1"}}
        client.put_item(TableName=table, Item=item)
    create = {"Create": {**index("by_g", "g"), "ProvisionedThroughput": UNITS}}
    request = {"TableName": table, "AttributeDefinitions": definitions(g="S")}
    made = client.update_table(**request, GlobalSecondaryIndexUpdates=[create])
    assert made["TableDescription"]["GlobalSecondaryIndexes"][0]["IndexStatus"] == "CREATING"
    found = client.describe_table(TableName=table)["Table"]
    assert found["GlobalSecondaryIndexes"][0]["ItemCount"] == 2
    assert client.scan(TableName=table, IndexName="by_g")["Count"] == 2
    code, message = refused(client.update_table, **request, GlobalSecondaryIndexUpdates=[create])
    assert (code, "already exists" in message) == ("ValidationException", True)
    code, _ = refused(client.put_item, TableName=table, Item={"p": {"S": "k"}, "g": {"N": "1"}})
    assert code == "ValidationException"
    client.update_table(
        TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by_g"}}]
    )
    found = client.describe_table(TableName=table)["Table"]
    assert "GlobalSecondaryIndexes" not in found
    assert found["AttributeDefinitions"] == definitions(p="S")


def test_a_new_index_needs_its_keys_defined_by_the_request(
    client: Any, table: str, refused: Refused
) -> None:
    create = {"Create": {**index("by_p", "p"), "ProvisionedThroughput": UNITS}}
    request = {"TableName": table, "GlobalSecondaryIndexUpdates": [create]}
    for given in ({}, {"AttributeDefinitions": definitions(g="S")}):
        code, message = refused(client.update_table, **request, **given)
        assert code == "ValidationException"
        assert "Some index key attributes are not defined in AttributeDefinitions" in message
    client.update_table(**request, AttributeDefinitions=definitions(p="S", unused="S"))
    found = client.describe_table(TableName=table)["Table"]
    assert found["AttributeDefinitions"] == definitions(p="S")


def test_an_attribute_keeps_its_type(client: Any, table: str, refused: Refused) -> None:
    def request(*names: str) -> dict[str, Any]:
        create = {**index("by_g", *names), "ProvisionedThroughput": UNITS}
        return {
            "TableName": table,
            "AttributeDefinitions": definitions(p="N", g="S"),
            "GlobalSecondaryIndexUpdates": [{"Create": create}],
        }

    code, message = refused(client.update_table, **request("g", "p"))
    assert code == "ValidationException"
    assert "already has p of type S" in message
    # Where the index has nothing to do with it, the other type is overlooked.
    client.update_table(**request("g"))
    found = client.describe_table(TableName=table)["Table"]
    assert found["AttributeDefinitions"] == definitions(p="S", g="S")
    client.put_item(TableName=table, Item={"p": {"S": "text"}, "g": {"S": "g"}})
    assert client.scan(TableName=table, IndexName="by_g")["Count"] == 1


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (
            {"StreamSpecification": {"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"}},
            (
                "Table is being created with a stream disabled, UpdateViewType should not be"
                " specified"
            ),
        ),
        (
            {"SSESpecification": {"Enabled": True, "SSEType": "AES256"}},
            "SSEType AES256 is not supported",
        ),
        (
            {"SSESpecification": {"Enabled": True, "KMSMasterKeyId": "alias/mine"}},
            "SSEType KMS is required if KMSMasterKeyId is specified",
        ),
    ],
)
def test_settings_of_new_tables_that_are_refused(
    client: Any, refused: Refused, settings: dict[str, Any], says: str
) -> None:
    found = refused(
        client.create_table,
        TableName="Refused",
        AttributeDefinitions=definitions(p="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
        **settings,
    )
    assert found == ("ValidationException", f"One or more parameter values were invalid: {says}")


def test_a_new_index_leaves_out_what_cannot_be_its_key(client: Any, table: str) -> None:
    values = [{"S": "right"}, {"S": ""}, {"N": "1"}, {"S": "x" * 2049}, {"S": "x" * 2048}]
    for at, value in enumerate(values):
        client.put_item(TableName=table, Item={"p": {"S": str(at)}, "g": value})
    client.update_table(
        TableName=table,
        AttributeDefinitions=definitions(p="S", g="S"),
        GlobalSecondaryIndexUpdates=[
            {"Create": {**index("by_g", "g"), "ProvisionedThroughput": UNITS}}
        ],
    )

    def held() -> set[str]:
        found = client.scan(TableName=table, IndexName="by_g")["Items"]
        return {item["p"]["S"] for item in found}

    assert held() == {"0", "4"}
    for at in range(len(values)):
        client.update_item(
            TableName=table,
            Key={"p": {"S": str(at)}},
            UpdateExpression="SET v = :v",
            ExpressionAttributeValues={":v": {"S": "v"}},
        )
    client.delete_item(TableName=table, Key={"p": {"S": "3"}})
    client.update_item(
        TableName=table,
        Key={"p": {"S": "1"}},
        UpdateExpression="SET g = :g",
        ExpressionAttributeValues={":g": {"S": "g"}},
    )
    assert held() == {"0", "1", "4"}


def test_a_start_key_that_no_index_holds(client: Any, range_table: str, refused: Refused) -> None:
    start = {"p": {"S": "a"}, "c": {"N": "1"}, "g": {"S": ""}}
    code, message = refused(
        client.scan, TableName=range_table, IndexName="by_g", ExclusiveStartKey=start
    )
    assert code == "ValidationException"
    assert message.startswith("The provided starting key is invalid")


def test_a_key_schema_is_shown_as_java_does(client: Any, refused: Refused) -> None:
    schema = [*key_schema("a", "b"), {"AttributeName": "c", "KeyType": "RANGE"}]
    _, message = refused(
        client.create_table,
        TableName="Long",
        AttributeDefinitions=definitions(a="S", b="S", c="S"),
        KeySchema=schema,
        BillingMode="PAY_PER_REQUEST",
    )
    assert message == (
        "1 validation error detected: Value '[KeySchemaElement(attributeName=a, keyType=HASH),"
        " KeySchemaElement(attributeName=b, keyType=RANGE), KeySchemaElement(attributeName=c,"
        " keyType=RANGE)]' at 'keySchema' failed to satisfy constraint: Member must have length"
        " less than or equal to 2"
    )


def test_one_index_is_made_at_a_time(client: Any, table: str, refused: Refused) -> None:
    creates = [
        {"Create": {**index(name, "g"), "ProvisionedThroughput": UNITS}} for name in ("one", "two")
    ]
    code, _ = refused(
        client.update_table,
        TableName=table,
        AttributeDefinitions=definitions(g="S"),
        GlobalSecondaryIndexUpdates=creates,
    )
    assert code == "LimitExceededException"


def test_index_keys_of_several_attributes(client: Any, refused: Refused) -> None:
    schema = [
        {"AttributeName": name, "KeyType": kind}
        for name, kind in (("a", "HASH"), ("b", "HASH"), ("c", "RANGE"), ("d", "RANGE"))
    ]
    request: dict[str, Any] = {
        "TableName": "Several",
        "AttributeDefinitions": definitions(p="S", a="S", b="S", c="N", d="S"),
        "KeySchema": key_schema("p"),
        "BillingMode": "PAY_PER_REQUEST",
    }
    gsi = {"IndexName": "gsi", "KeySchema": schema, "Projection": {"ProjectionType": "ALL"}}
    mixed = {**gsi, "KeySchema": [schema[0], schema[2], schema[1], schema[3]]}
    code, message = refused(client.create_table, **request, GlobalSecondaryIndexes=[mixed])
    assert code == "ValidationException"
    assert "HASH" in message
    client.create_table(**request, GlobalSecondaryIndexes=[gsi])
    for at in range(6):
        client.put_item(
            TableName="Several",
            Item={
                "p": {"S": f"k{at}"},
                "a": {"S": "x"},
                "b": {"S": "y"},
                "c": {"N": str(at // 3)},
                "d": {"S": f"d{5 - at}"},
            },
        )
    values = {":a": {"S": "x"}, ":b": {"S": "y"}, ":c": {"N": "1"}, ":d": {"S": "d0"}}

    def ask(condition: str) -> dict[str, Any]:
        used = {name: value for name, value in values.items() if name in condition}
        return {
            "TableName": "Several",
            "IndexName": "gsi",
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": used,
        }

    found = client.query(**ask("a = :a AND b = :b AND c = :c AND d > :d"))["Items"]
    assert [item["p"]["S"] for item in found] == ["k4", "k3"]
    for wrong in (
        "a = :a",
        "a = :a AND b = :b AND d = :d",
        "a = :a AND b = :b AND c < :c AND d = :d",
    ):
        code, message = refused(client.query, **ask(wrong))
        assert code == "ValidationException"
        assert "equality" in message
    page = client.query(**ask("a = :a AND b = :b"), Limit=2)
    assert set(page["LastEvaluatedKey"]) == {"p", "a", "b", "c", "d"}
    client.delete_table(TableName="Several")


def test_tags(client: Any, table: str, refused: Refused) -> None:
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    tags = [{"Key": "one", "Value": "1"}, {"Key": "two", "Value": "2"}]
    client.tag_resource(ResourceArn=arn, Tags=tags)
    client.tag_resource(ResourceArn=arn, Tags=[{"Key": "two", "Value": "changed"}])
    client.untag_resource(ResourceArn=arn, TagKeys=["one", "none"])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [
        {"Key": "two", "Value": "changed"}
    ]
    code, _ = refused(client.tag_resource, ResourceArn=f"{arn}None", Tags=tags)
    assert code == "ResourceNotFoundException"


def test_tags_have_documented_characters(client: Any, table: str, refused: Refused) -> None:
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    right = {"Key": "Größe 1+-=._:/@", "Value": "日本 "}
    client.tag_resource(ResourceArn=arn, Tags=[right])
    assert client.list_tags_of_resource(ResourceArn=arn)["Tags"] == [right]
    for wrong in ({"Key": "a!", "Value": ""}, {"Key": "a", "Value": "<b>"}):
        code, _ = refused(client.tag_resource, ResourceArn=arn, Tags=[wrong])
        assert code == "ValidationException"


def test_resource_policies(client: Any, table: str, refused: Refused) -> None:
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    assert refused(client.get_resource_policy, ResourceArn=arn)[0] == "PolicyNotFoundException"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [ALLOW_ACCOUNT]})
    revision = client.put_resource_policy(ResourceArn=arn, Policy=policy)["RevisionId"]
    found = client.get_resource_policy(ResourceArn=arn)
    assert found["RevisionId"] == revision
    # The same in other words is told, and is no change.
    told = json.loads(found["Policy"])
    assert told["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::000000000000:root"}
    again = client.put_resource_policy(ResourceArn=arn, Policy=json.dumps(told, indent=1))
    assert again["RevisionId"] == revision
    code, _ = refused(client.delete_resource_policy, ResourceArn=arn, ExpectedRevisionId="another")
    assert code == "PolicyNotFoundException"
    client.delete_resource_policy(ResourceArn=arn)
    assert refused(client.get_resource_policy, ResourceArn=arn)[0] == "PolicyNotFoundException"


def test_backups_restore_what_was(client: Any, table: str) -> None:
    client.put_item(TableName=table, Item={"p": {"S": "kept"}})
    made = client.create_backup(TableName=table, BackupName="before")["BackupDetails"]
    client.delete_item(TableName=table, Key={"p": {"S": "kept"}})
    summaries = client.list_backups(TableName=table)["BackupSummaries"]
    assert [summary["BackupName"] for summary in summaries] == ["before"]
    client.restore_table_from_backup(TargetTableName="Restored", BackupArn=made["BackupArn"])
    assert client.scan(TableName="Restored")["Items"] == [{"p": {"S": "kept"}}]
    described = client.describe_table(TableName="Restored")["Table"]
    assert (described["ItemCount"], described["TableSizeBytes"]) == (1, len("pkept"))
    client.delete_table(TableName="Restored")
    client.delete_backup(BackupArn=made["BackupArn"])
    assert client.list_backups()["BackupSummaries"] == []


def test_a_table_goes_back_to_a_time(client: Any, runtime: Groundstate, table: str) -> None:
    client.put_item(TableName=table, Item={"p": {"S": "changed"}, "v": {"N": "1"}})
    client.put_item(TableName=table, Item={"p": {"S": "deleted"}})
    client.update_continuous_backups(
        TableName=table,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    runtime.advance(seconds=10)
    then = runtime.clock.now() if runtime.clock is not None else 0
    runtime.advance(seconds=10)
    for value in ("2", "3"):
        client.put_item(TableName=table, Item={"p": {"S": "changed"}, "v": {"N": value}})
    client.delete_item(TableName=table, Key={"p": {"S": "deleted"}})
    client.put_item(TableName=table, Item={"p": {"S": "new"}})
    client.restore_table_to_point_in_time(
        SourceTableName=table, TargetTableName="Then", RestoreDateTime=then
    )
    found = {item["p"]["S"]: item for item in client.scan(TableName="Then")["Items"]}
    assert set(found) == {"changed", "deleted"}
    assert found["changed"]["v"] == {"N": "1"}
    client.delete_table(TableName="Then")


def test_what_is_not_there_is_refused_by_name(client: Any, refused: Refused) -> None:
    code, message = refused(client.create_global_table, GlobalTableName="abc", ReplicationGroup=[])
    assert code == "ValidationException"
    assert "CreateGlobalTable is not supported" in message


def test_features_that_nobody_uses(client: Any, table: str) -> None:
    insights = client.describe_contributor_insights(TableName=table)
    assert insights["ContributorInsightsStatus"] == "DISABLED"
    destinations = client.describe_kinesis_streaming_destination(TableName=table)
    assert destinations["KinesisDataStreamDestinations"] == []
    assert client.describe_limits()["TableMaxReadCapacityUnits"] == 40000
    assert client.describe_endpoints()["Endpoints"][0]["CachePeriodInMinutes"] == 1440


@pytest.mark.parametrize(
    ("operation", "request_members", "member"),
    [
        ("describe_global_table", {"GlobalTableName": "no"}, "globalTableName"),
        ("list_global_tables", {"Limit": 0}, "limit"),
        (
            "list_global_tables",
            {"ExclusiveStartGlobalTableName": "a b c"},
            "exclusiveStartGlobalTableName",
        ),
        ("list_contributor_insights", {"MaxResults": 101}, "maxResults"),
    ],
)
def test_requests_for_what_nobody_uses_are_checked(
    client: Any, refused: Refused, operation: str, request_members: dict[str, Any], member: str
) -> None:
    code, message = refused(getattr(client, operation), **request_members)
    assert code == "ValidationException"
    assert f"at '{member}' failed to satisfy constraint" in message
    assert client.list_global_tables(Limit=1)["GlobalTables"] == []


def test_a_large_table_is_removed_bit_by_bit(client: Any, runtime: Groundstate) -> None:
    client.create_table(
        TableName="Large",
        AttributeDefinitions=definitions(p="S", g="S"),
        KeySchema=key_schema("p"),
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[index("by_g", "g")],
    )
    for first in range(0, 2100, 25):
        items = [{"p": {"S": f"k{first + at}"}, "g": {"S": "g"}} for at in range(25)]
        client.batch_write_item(
            RequestItems={"Large": [{"PutRequest": {"Item": item}} for item in items]}
        )
    client.delete_table(TableName="Large")
    runtime.settle()

    def left(found: Any) -> tuple[bool, list[Any]]:
        names = found.store.connection.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE 'dynamodb_items_%'"
        ).fetchall()
        return found.store.tx.dynamodb.garbage.is_empty(), names

    assert runtime.on_loop(left) == (True, [])


def test_counts_are_those_of_what_succeeded(
    client: Any, runtime: Groundstate, table: str, refused: Refused
) -> None:
    for name in ("a", "b", "c"):
        client.put_item(TableName=table, Item={"p": {"S": name}, "v": {"S": "xyz"}})
    client.delete_item(TableName=table, Key={"p": {"S": "a"}})

    def fail_after_writing(found: Any) -> None:
        # A job whose own savepoint is taken back, after an operation in it had succeeded.
        def job(call: Any) -> None:
            item = {"p": {"S": "undone"}}
            call.invoke("dynamodb", "PutItem", {"TableName": table, "Item": item})
            raise ValueError

        with pytest.raises(ValueError):
            found.dispatcher.run("dynamodb", job, "us-east-1")

    runtime.on_loop(fail_after_writing)
    client.put_item(TableName=table, Item={"p": {"S": "d"}})
    described = client.describe_table(TableName=table)["Table"]
    assert described["ItemCount"] == 3
    assert described["TableSizeBytes"] == 2 * (2 + 4) + 2
