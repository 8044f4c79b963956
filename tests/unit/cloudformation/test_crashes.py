"""A deployment that is cut at any commit goes on or rolls back, and nothing is orphaned."""

import json

import pytest

from groundstate.operation import ServiceError
from tests.crash.loop import crash_everywhere


def parameter(value, **members):
    properties = {"Type": "String", "Value": value}
    return {"Type": "AWS::SSM::Parameter", "Properties": properties, **members}


def group(name, **members):
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": name}, **members}


FIRST = {
    "Resources": {
        "A": group("a"),
        "B": parameter({"Ref": "A"}, DependsOn="A"),
        "Gone": group("gone"),
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
            },
        },
    }
}
SECOND = {
    "Resources": {
        **FIRST["Resources"],
        "A": group("a2"),
        "New": group("new"),
    }
}
del SECOND["Resources"]["Gone"]
BROKEN = {
    "Resources": {
        **SECOND["Resources"],
        "A": group("a3"),
        "B": parameter("other"),
        "Bad": group("not a name!", DependsOn=["A", "B", "New"]),
    }
}


async def groups(driver):
    answer = await driver.call("logs", "DescribeLogGroups")
    return sorted(group["logGroupName"] for group in answer["logGroups"])


async def parameters(driver):
    answer = await driver.call("ssm", "DescribeParameters")
    return [entry["Name"] for entry in answer["Parameters"]]


async def describe(driver, name="app"):
    """The stack once it has come to rest; None if there is none."""
    # A service takes up what was unfinished when it is first needed.
    await driver.call("cloudformation", "ListStacks")
    await driver.pass_time(10)
    answer = await driver.call("cloudformation", "ListStacks")
    found = [stack for stack in answer["StackSummaries"] if stack["StackName"] == name]
    return found[0] if found else None


async def send(driver, operation, **request):
    """Send a request as a client does that does not know whether it did already."""
    try:
        await driver.call("cloudformation", operation, StackName="app", **request)
    except ServiceError as error:
        if error.code != "AlreadyExistsException" and "No updates" not in error.message:
            raise


def with_progress(workload):
    """The workload, told how many of its steps an earlier life has noted."""

    async def run(driver):
        driver.done = len(driver.read_notes())
        await workload(driver)

    return run


async def shown_ids(driver):
    """The physical ids that the API shows of what is there."""
    answer = await driver.call("cloudformation", "ListStackResources", StackName="app")
    return {
        entry["LogicalResourceId"]: entry["PhysicalResourceId"]
        for entry in answer["StackResourceSummaries"]
        if entry["ResourceStatus"] != "DELETE_COMPLETE"
    }


async def check_truth(driver, *, deleted):
    """What the stack shows is there, and nothing else is."""
    ids = {} if deleted else await shown_ids(driver)
    assert await groups(driver) == sorted(
        ids[name] for name in ids if name not in ("B", "Table")
    ), ids
    assert await parameters(driver) == [ids[name] for name in ("B",) if name in ids], ids
    tables = (await driver.call("dynamodb", "ListTables"))["TableNames"]
    assert tables == [ids[name] for name in ("Table",) if name in ids], ids


FAILING = {"Resources": {**FIRST["Resources"], "Bad": group("no name!", DependsOn="B")}}
STEPS = (
    ("CreateStack", FAILING, "ROLLBACK_COMPLETE", []),
    ("DeleteStack", None, "DELETE_COMPLETE", []),
    ("CreateStack", FIRST, "CREATE_COMPLETE", ["a", "gone"]),
    ("UpdateStack", BROKEN, "UPDATE_ROLLBACK_COMPLETE", ["a", "gone"]),
    ("UpdateStack", SECOND, "UPDATE_COMPLETE", ["a2", "new"]),
    ("DeleteStack", None, "DELETE_COMPLETE", []),
)


@pytest.mark.slow
@pytest.mark.process
def test_deployments_survive_a_crash_at_each_commit():
    async def workload(driver):
        await describe(driver)  # An earlier life's deployment goes on first.
        for number, (operation, template, status, names) in enumerate(STEPS):
            if number < driver.done:
                continue
            body = {} if template is None else {"TemplateBody": json.dumps(template)}
            await send(driver, operation, **body)
            assert (await describe(driver))["StackStatus"] == status, number
            assert await groups(driver) == names, number
            await check_truth(driver, deleted=template is None)
            driver.note(number)

    async def check(driver, notes):
        assert notes == list(range(len(STEPS)))

    assert crash_everywhere(with_progress(workload), check) >= 30
