"""Deployments with parts outside of their transaction, cut at any commit: a custom resource, a
nested stack. The custom resource's function is a fake; what it makes is a log group."""

import json
from urllib.parse import unquote, urlsplit

import pytest

from groundstate.operation import Principal, ServiceError
from groundstate.services.lambda_.host import LambdaHost
from groundstate.services.lambda_.model import Outcome
from tests.crash.loop import crash_everywhere
from tests.unit.cloudformation.conftest import ROLE
from tests.unit.cloudformation.test_crashes import describe, group, groups, send, with_progress

ADMINISTRATOR = Principal("arn:aws:iam::000000000000:root", "000000000000", administrator=True)
NESTED = {
    "Parameters": {"Name": {"Type": "String"}},
    "Resources": {
        "Inner": group({"Ref": "Name"}),
        "Fixed": group("nested-fixed"),
    },
    "Outputs": {"Inner": {"Value": {"Ref": "Inner"}}},
}


def template(word, **more):
    function = {
        "Runtime": "python3.14",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": "def handler(event, context): pass\n"},
    }
    return {
        "Resources": {
            "Role": ROLE,
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Custom": {
                "Type": "Custom::Group",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
                    "Name": f"custom-{word}",
                },
            },
            "Nested": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {
                    "TemplateURL": "https://s3.us-east-1.amazonaws.com/templates/nested.json",
                    "Parameters": {"Name": f"nested-{word}"},
                },
            },
            "Own": group(
                {"Fn::Sub": f"own-{word}-of-${{Nested.Outputs.Inner}}"}, DependsOn="Custom"
            ),
            **more,
        }
    }


def names(word):
    own = f"own-{word}-of-nested-{word}"
    return sorted([f"custom-{word}", "nested-fixed", f"nested-{word}", own])


BAD = {"Bad": group("not a name!", DependsOn="Own")}
STEPS = (
    ("CreateStack", template("first", **BAD), "ROLLBACK_COMPLETE", []),
    ("DeleteStack", None, "DELETE_COMPLETE", []),
    ("CreateStack", template("first"), "CREATE_COMPLETE", names("first")),
    ("UpdateStack", template("third", **BAD), "UPDATE_ROLLBACK_COMPLETE", names("first")),
    ("UpdateStack", template("second"), "UPDATE_COMPLETE", names("second")),
    ("DeleteStack", None, "DELETE_COMPLETE", []),
)


def run_custom_resource(host, invocation):
    """Stands in for `LambdaHost.submit`: what it makes, its answer and its end are a commit each.

    It bears to be run twice with one request, as AWS asks of such functions.
    """
    request = json.loads(invocation.payload)
    region = invocation.function.region

    def make(call):
        name = request["ResourceProperties"]["Name"]
        operation = "CreateLogGroup"
        if request["RequestType"] == "Delete":
            operation, name = "DeleteLogGroup", request["PhysicalResourceId"]
        try:
            call.invoke("logs", operation, {"logGroupName": name}, principal=ADMINISTRATOR)
        except ServiceError as error:
            if error.code not in ("ResourceAlreadyExistsException", "ResourceNotFoundException"):
                raise
        call.after_commit(lambda: host._runner.soon("lambda", answer, region))

    def answer(call):
        address = urlsplit(request["ResponseURL"])
        bucket, _, key = unquote(address.path.lstrip("/")).partition("/")
        body = {
            "Status": "SUCCESS",
            "PhysicalResourceId": request.get("PhysicalResourceId"),
            "RequestId": request["RequestId"],
        }
        if request["RequestType"] != "Delete":
            body["PhysicalResourceId"] = request["ResourceProperties"]["Name"]
        document = {"Bucket": bucket, "Key": key, "Body": json.dumps(body).encode()}
        call.invoke("s3", "PutObject", document, principal=ADMINISTRATOR)
        call.after_commit(lambda: host._runner.soon("lambda", end, region))

    def end(call):
        host.dismiss(invocation.function.function_id)
        invocation.finish(call, Outcome(b"null", "", b""))

    host._runner.soon("lambda", make, region)


async def check_truth(driver, *, deleted):
    """Each stack shows what is there; nested stacks are there with their parents alone."""
    stacks = (await driver.call("cloudformation", "ListStacks"))["StackSummaries"]
    there = [stack for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"]
    shown = {}
    for stack in there:
        answer = await driver.call(
            "cloudformation", "ListStackResources", StackName=stack["StackId"]
        )
        for entry in answer["StackResourceSummaries"]:
            if entry["ResourceStatus"] != "DELETE_COMPLETE":
                shown[entry["LogicalResourceId"]] = entry["PhysicalResourceId"]
    named = ("Custom", "Inner", "Fixed", "Own")
    assert await groups(driver) == sorted(shown[name] for name in named if name in shown)
    nested = [stack["StackId"] for stack in there if stack["StackName"] != "app"]
    assert nested == [shown[name] for name in ("Nested",) if name in shown]
    functions = (await driver.call("lambda", "ListFunctions"))["Functions"]
    assert len(functions) == ("Function" in shown)
    roles = (await driver.call("iam", "ListRoles"))["Roles"]
    assert len(roles) == ("Role" in shown)
    assert not (deleted and shown), shown


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize(
    "every",
    [
        # Seven is coprime to two: points before and points after commits take turns.
        pytest.param(7, id="some points"),
        pytest.param(1, id="all points", marks=pytest.mark.exhaustive),
    ],
)
def test_custom_resources_and_nested_stacks_survive_a_crash_at_each_commit(monkeypatch, every):
    monkeypatch.setattr(LambdaHost, "submit", run_custom_resource)
    monkeypatch.setattr(LambdaHost, "prepare", lambda host: None)

    async def workload(driver):
        # What an earlier life has invoked is taken up when Lambda is first needed.
        await driver.call("lambda", "ListFunctions")
        await describe(driver)
        await driver.call("s3", "CreateBucket", Bucket="templates")
        await driver.call(
            "s3",
            "PutObject",
            Bucket="templates",
            Key="nested.json",
            Body=json.dumps(NESTED).encode(),
        )
        for number, (operation, body, status, expected) in enumerate(STEPS):
            if number < driver.done:
                continue
            options = {}
            if body is not None:
                options = {"TemplateBody": json.dumps(body), "Capabilities": ["CAPABILITY_IAM"]}
            await send(driver, operation, **options)
            assert (await describe(driver))["StackStatus"] == status, number
            assert await groups(driver) == expected, number
            await check_truth(driver, deleted=body is None)
            driver.note(number)

    async def check(driver, notes):
        assert notes == list(range(len(STEPS)))

    assert crash_everywhere(with_progress(workload), check, every=every) >= 150
