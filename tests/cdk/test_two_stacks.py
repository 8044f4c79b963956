"""An app of two stacks with what CDK apps of these services are made of; see `two_stacks/`."""

from __future__ import annotations

import json

import pytest

from tests.cdk.conftest import HERE

pytestmark = pytest.mark.cdk


@pytest.fixture(scope="module")
def app(bootstrapped):
    ssm = bootstrapped.client("ssm")
    ssm.put_parameter(Name="/lookup/greeting", Value="Looked up", Type="String")
    return bootstrapped.copy_app(HERE / "two_stacks")


def scan(world, table):
    items = world.client("dynamodb").scan(TableName=table)["Items"]
    return sorted(item["id"]["S"] for item in items)


def run_machine(world, arn, wait):
    client = world.client("stepfunctions")
    execution = client.start_execution(stateMachineArn=arn)["executionArn"]

    def describe():
        return client.describe_execution(executionArn=execution)

    wait(lambda: describe()["status"] != "RUNNING")
    assert describe()["status"] == "SUCCEEDED", describe()
    return json.loads(describe()["output"])


def test_round_of_two_stacks(bootstrapped, app, wait):
    world = bootstrapped
    text = app.deploy("--all")
    # The lookup at synthesis, the parameter at deployment, and two kinds of custom resources.
    work, store = world.outputs("Work"), world.outputs("Store")
    assert work["GreetingAtSynthesis"] == "Looked up"
    assert work["GreetingAtDeployment"] == "Good morning"
    assert work["GreetingCalled"] == "Good morning"
    assert work["Answered"] == "42"
    assert "Settings.NestedStack" in text

    # BucketDeployment, with a value of the deployment in one of its files.
    s3, bucket = world.client("s3"), store["BucketName"]
    page = s3.get_object(Bucket=bucket, Key="site/index.html")["Body"].read()
    assert page == b"<p>Hello</p>\n"
    settings = json.loads(s3.get_object(Bucket=bucket, Key="site/settings.json")["Body"].read())
    assert settings == {"table": store["TableName"]}

    # A Map over an object, behind an alias; the table's stream brings each item to the archive.
    run_machine(world, work["MachineArn"], wait)
    numbers = [f"number-{number}" for number in range(1, 6)]
    assert scan(world, store["TableName"]) == numbers
    wait(lambda: scan(world, store["ArchiveName"]) == numbers)
    found = world.client("dynamodb").query(
        TableName=store["TableName"],
        IndexName="by-customer",
        KeyConditionExpression="customer = :c AND placed > :p",
        ExpressionAttributeValues={":c": {"S": "map"}, ":p": {"N": "3"}},
    )
    assert found["Count"] == 2
    answer = world.client("lambda").invoke(
        FunctionName=work["HelloNodeName"], Payload=b'{"name": "Ann"}'
    )
    assert json.loads(answer["Payload"].read())["hello"] == "Ann"
    groups = world.client("logs").describe_log_groups()["logGroups"]
    days = {entry["logGroupName"]: entry.get("retentionInDays") for entry in groups}
    assert days[f"/aws/lambda/{work['HelloNodeName']}"] == 5

    # An update of both: a version more behind the alias, and new contents of the site.
    assert "Number of stacks with differences: 0" in app.run("diff")
    assert "Number of resources with drift: 0" in app.run("drift")
    (app.app / "site" / "index.html").write_text("<p>Hello again</p>\n")
    handler = app.app / "functions" / "work" / "index.py"
    handler.write_text(handler.read_text().replace("number * 2", "number * 3"))
    app.deploy("--all")
    page = s3.get_object(Bucket=bucket, Key="site/index.html")["Body"].read()
    assert page == b"<p>Hello again</p>\n"
    alias = world.client("lambda").get_function(FunctionName=work["AliasArn"])
    assert alias["Configuration"]["Version"] == "2"
    handler.write_text(handler.read_text().replace("number * 3", "number * 4"))
    assert "Lambda::Alias 'live'" in app.run("deploy", "Work", "--exclusively", "--hotswap")
    alias = world.client("lambda").get_function(FunctionName=work["AliasArn"])
    assert alias["Configuration"]["Version"] == "3"


def test_exporting_stack_stays_while_another_one_imports(bootstrapped, app):
    text = app.run("destroy", "Store", "--exclusively", "--force", fails=True)
    assert "Cannot delete export StoreBucketName as it is in use by Work" in text
    assert bootstrapped.status("Store") == "UPDATE_COMPLETE"


def test_two_stacks_are_destroyed_with_all_they_had(bootstrapped, app):
    app.run("destroy", "--all", "--force")
    world = bootstrapped
    assert (world.status("Store"), world.status("Work")) == ("DELETE_COMPLETE",) * 2
    assert world.client("dynamodb").list_tables()["TableNames"] == []
    assert world.client("lambda").list_functions()["Functions"] == []
    assert world.client("lambda").list_layers()["Layers"] == []
    buckets = [bucket["Name"] for bucket in world.client("s3").list_buckets()["Buckets"]]
    assert set(buckets) <= {"cdk-hnb659fds-assets-000000000000-us-east-1", "code"}
    roles = [role["RoleName"] for role in world.client("iam").list_roles()["Roles"]]
    assert all(name.startswith("cdk-hnb659fds-") for name in roles)
