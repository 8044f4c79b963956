"""Stacks that wait for others: nested stacks and wait conditions."""

import json
import threading
import time

from groundstate.services.cloudformation import host
from tests.unit.cloudformation.conftest import group_names
from tests.unit.cloudformation.templates import bad_group, group

WAITING = json.dumps(
    {
        "Resources": {
            "H": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
            "W": {
                "Type": "AWS::CloudFormation::WaitCondition",
                "Properties": {"Handle": {"Ref": "H"}, "Timeout": "600"},
            },
        }
    }
)


def test_wait_condition_ends_with_its_signal(stacks):
    stacks.client.create_stack(StackName="app", TemplateBody=WAITING)
    stacks.runtime.settle()
    stacks.client.signal_resource(
        StackName="app", LogicalResourceId="W", UniqueId="1", Status="SUCCESS"
    )
    assert stacks.describe()["StackStatus"] == "CREATE_COMPLETE"


def test_wait_condition_times_out(stacks):
    stacks.client.create_stack(StackName="app", TemplateBody=WAITING)
    stacks.runtime.advance(seconds=601)
    assert stacks.describe()["StackStatus"] == "ROLLBACK_COMPLETE"
    assert (
        "W",
        "CREATE_FAILED",
        "WaitCondition timed out. Received 0 conditions when expecting 1",
    ) in stacks.events()


def test_stack_that_waits_for_virtual_time_is_described(stacks, monkeypatch):
    """Nobody else will move the time on while the client waits for its answer."""
    monkeypatch.setattr(host, "HOLD_S", 0.05)
    stacks.client.create_stack(StackName="app", TemplateBody=WAITING)
    (described,) = stacks.client.describe_stacks(StackName="app")["Stacks"]
    assert described["StackStatus"] == "CREATE_IN_PROGRESS"


def test_answer_is_held_until_the_stack_is_at_rest(stacks):
    stacks.client.create_stack(StackName="app", TemplateBody=WAITING)
    stacks.runtime.settle()
    asked: list[str] = []

    def ask() -> None:
        asked.append(stacks.client.describe_stacks(StackName="app")["Stacks"][0]["StackStatus"])

    waiting = threading.Thread(target=ask)
    waiting.start()
    time.sleep(0.2)
    assert asked == []
    stacks.runtime.client("cloudformation", region="us-east-1").signal_resource(
        StackName="app", LogicalResourceId="W", UniqueId="1", Status="SUCCESS"
    )
    waiting.join(timeout=3)
    assert asked == ["CREATE_COMPLETE"]


def test_nested_stack_follows_its_parent(stacks):
    child = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {
            "G": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Ref": "Name"}}}
        },
        "Outputs": {"Out": {"Value": {"Ref": "G"}}},
    }
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="child.json", Body=json.dumps(child).encode())

    def parent(name):
        url = "https://s3.us-east-1.amazonaws.com/templates/child.json"
        return {
            "Resources": {
                "N": {
                    "Type": "AWS::CloudFormation::Stack",
                    "Properties": {"TemplateURL": url, "Parameters": {"Name": name}},
                }
            },
            "Outputs": {"O": {"Value": {"Fn::GetAtt": ["N", "Outputs.Out"]}}},
        }

    stack = stacks.create(parent("one"))
    assert stacks.outputs() == {"O": "one"}
    nested = stacks.describe(stacks.physical_ids()["N"])
    assert nested["ParentId"] == nested["RootId"] == stack["StackId"]
    stacks.update(parent("two"))
    assert stacks.outputs() == {"O": "two"}
    assert group_names(stacks) == ["two"]
    assert stacks.update(parent("bad name!"))["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.outputs() == {"O": "two"}
    stacks.delete()
    assert group_names(stacks) == []
    assert stacks.client.describe_stacks()["Stacks"] == []


def test_failed_nested_stack_fails_its_parent(stacks):
    child = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    s3 = stacks.runtime.client("s3")
    s3.create_bucket(Bucket="templates")
    s3.put_object(Bucket="templates", Key="child.json", Body=json.dumps(child).encode())
    url = "https://templates.s3.us-east-1.amazonaws.com/child.json"
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    assert stacks.create({"Resources": {"N": nested}})["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = next(reason for _, status, reason in stacks.events() if status == "CREATE_FAILED")
    assert reason.startswith("Embedded stack arn:aws:cloudformation:us-east-1:")
    assert "The following resource(s) failed to create: [B]." in reason
    assert group_names(stacks) == []
