"""Custom resources with a function that really runs and answers over HTTP."""

import json

import pytest

from groundstate.testing import Groundstate
from tests.unit.cloudformation.conftest import ROLE, Stacks

CODE = """
import json, urllib.request
def handler(event, context):
    kind, asked = event["RequestType"], event["ResourceProperties"]
    if asked.get("Crash") == kind:
        raise RuntimeError("boom")
    answer = {
        "Status": "FAILED" if asked.get("Fail") == kind else "SUCCESS",
        "Reason": "because",
        "PhysicalResourceId": asked.get("Id", "it"),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": {"Kind": kind, "Asked": json.dumps(asked.get("Value"))},
    }
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(answer).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(request).close()
"""

pytestmark = [pytest.mark.slow, pytest.mark.process]


@pytest.fixture(scope="module")
def stacks():
    with Groundstate(real_time=True) as runtime:
        yield Stacks(runtime)


def template(**properties):
    role = {
        **ROLE,
        "Properties": {
            **ROLE["Properties"],
            "ManagedPolicyArns": [
                "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
            ],
        },
    }
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": {"Fn::GetAtt": ["R", "Arn"]},
            "Code": {"ZipFile": CODE},
            "Timeout": 30,
        },
    }
    token = {"ServiceToken": {"Fn::GetAtt": ["F", "Arn"]}}
    return {
        "Resources": {
            "R": role,
            "F": function,
            "C": {"Type": "Custom::Thing", "Properties": {**token, **properties}},
        },
        "Outputs": {
            "Kind": {"Value": {"Fn::GetAtt": ["C", "Kind"]}},
            "Asked": {"Value": {"Fn::GetAtt": ["C", "Asked"]}},
            "Id": {"Value": {"Ref": "C"}},
        },
    }


def test_function_makes_changes_and_deletes_the_resource(stacks):
    stacks.create(template(Value=[1, True]), "one")
    assert stacks.outputs("one") == {"Kind": "Create", "Asked": '["1", "true"]', "Id": "it"}
    stacks.update(template(Value=2), "one")
    assert stacks.outputs("one") == {"Kind": "Update", "Asked": '"2"', "Id": "it"}
    stacks.update(template(Value=2, Id="other"), "one")
    assert stacks.outputs("one")["Id"] == "other"
    # Another id means that the resource has replaced itself: the old one is deleted.
    assert ("C", "DELETE_COMPLETE", "") in stacks.events("one")
    assert stacks.delete("one")["StackStatus"] == "DELETE_COMPLETE"


def test_refusal_fails_the_resource_with_its_reason(stacks):
    assert stacks.create(template(Fail="Create"), "two")["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = next(reason for _, status, reason in stacks.events("two") if status == "CREATE_FAILED")
    assert reason.startswith(
        "Received response status [FAILED] from custom resource. Message returned: because"
        " (RequestId: "
    )


def test_failed_update_restores_the_resource(stacks):
    stacks.create(template(Value=1), "three")
    stack = stacks.update(template(Value=2, Crash="Update"), "three")
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    failed = [reason for _, status, reason in stacks.events("three") if status == "UPDATE_FAILED"]
    assert "did not receive a response from your Custom Resource" in failed[0]
    assert "boom" in failed[0]
    assert stacks.outputs("three")["Asked"] == '"1"'
    assert json.loads(stacks.outputs("three")["Asked"]) == "1"


PYTHON_ANSWER = """
import cfnresponse
def handler(event, context):
    data = {"Kind": event["RequestType"], "Asked": "python"}
    cfnresponse.send(event, context, cfnresponse.SUCCESS, data, "it")
"""
NODE_ANSWER = """
const response = require("cfn-response");
exports.handler = (event, context) => {
  const data = { Kind: event.RequestType, Asked: "node" };
  response.send(event, context, response.SUCCESS, data, "it");
};
"""


@pytest.mark.parametrize(
    ("runtime", "code", "asked"),
    [("python3.13", PYTHON_ANSWER, "python"), ("nodejs22.x", NODE_ANSWER, "node")],
)
def test_inline_code_answers_with_the_module_that_aws_provides(stacks, runtime, code, asked):
    deployed = template()
    deployed["Resources"]["F"]["Properties"].update(Runtime=runtime, Code={"ZipFile": code})
    assert stacks.create(deployed, asked)["StackStatus"] == "CREATE_COMPLETE"
    assert stacks.outputs(asked)["Asked"] == asked
    assert stacks.physical_ids(asked)["C"] == "it"
    assert stacks.delete(asked)["StackStatus"] == "DELETE_COMPLETE"
