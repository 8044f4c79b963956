"""`groundstate tables`."""

import pytest


@pytest.fixture(scope="module")
def table(runtime):
    client = runtime.client("dynamodb")
    client.create_table(
        TableName="Tasks",
        AttributeDefinitions=[
            {"AttributeName": "taskId", "AttributeType": "S"},
            {"AttributeName": "timestamp", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "taskId", "KeyType": "HASH"},
            {"AttributeName": "timestamp", "KeyType": "RANGE"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for at in (1, 2, 3):
        item = {"Status": {"S": "Done"}, "taskId": {"S": "Tea"}, "timestamp": {"N": str(at)}}
        client.put_item(TableName="Tasks", Item=item)
    return "Tasks"


def test_lists_tables_with_their_keys(groundstate_command, table):
    said = groundstate_command("tables")
    assert said.status == 0
    heading, row = said.out.splitlines()
    assert heading.split() == ["TABLE", "STATUS", "ITEMS", "KEY"]
    assert row.split(maxsplit=3) == ["Tasks", "ACTIVE", "3", "taskId (S), timestamp (N)"]


def test_shows_items_with_the_key_first(groundstate_command, table):
    said = groundstate_command("tables", "Tasks")
    assert [line.split() for line in said.out.splitlines()] == [
        ["taskId", "timestamp", "Status"],
        ["Tea", "1", "Done"],
        ["Tea", "2", "Done"],
        ["Tea", "3", "Done"],
    ]


def test_says_when_there_is_more(groundstate_command, table):
    said = groundstate_command("tables", "Tasks", "--limit", "2")
    assert len(said.out.splitlines()) == 3
    assert "--limit" in said.err
    assert "--limit" not in groundstate_command("tables", "Tasks", "--limit", "4").err


def test_json_keeps_the_types(groundstate_command, table):
    said = groundstate_command("tables", "Tasks", "--limit", "1", "--json")
    assert said.document == [
        {"taskId": {"S": "Tea"}, "timestamp": {"N": "1"}, "Status": {"S": "Done"}}
    ]


def test_part_of_a_table_s_name_will_do(groundstate_command, table):
    assert groundstate_command("tables", "ta").out == groundstate_command("tables", "Tasks").out


def test_unknown_table_is_refused_with_those_that_there_are(groundstate_command, table):
    said = groundstate_command("tables", "Taks")
    assert said.status == 1
    assert "ResourceNotFoundException" in said.err
    assert "These are there: Tasks" in said.err


@pytest.mark.parametrize("variable", ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY"])
def test_other_key_than_the_runtime_s_is_explained(groundstate_command, monkeypatch, variable):
    monkeypatch.setenv(f"GROUNDSTATE_{variable}", "other")
    said = groundstate_command("tables")
    assert said.status == 1
    assert "export GROUNDSTATE_ACCESS_KEY_ID" in said.err


def test_other_region_has_other_tables(groundstate_command, table):
    assert groundstate_command("tables", "--region", "eu-west-1", "--json").document == []
