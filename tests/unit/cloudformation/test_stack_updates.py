"""Stacks as they change, and take changes back."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import group_names
from tests.unit.cloudformation.templates import bad_group, group, parameter


def test_stack_left_failed_can_be_mended_by_an_update(stacks):
    template = {"Resources": {"A": group("a"), "B": {**bad_group(), "DependsOn": "A"}}}
    stacks.create(template, DisableRollback=True)
    template["Resources"]["B"] = group("b")
    assert stacks.update(template)["StackStatus"] == "UPDATE_COMPLETE"
    assert group_names(stacks) == ["a", "b"]


def test_update_in_place_keeps_identity(stacks):
    stacks.create({"Resources": {"A": parameter("1"), "B": group("b")}})
    before = stacks.physical_ids()
    assert (
        stacks.update({"Resources": {"A": parameter("2"), "B": group("b")}})["StackStatus"]
        == "UPDATE_COMPLETE"
    )
    assert stacks.physical_ids() == before
    assert stacks.events()[-5:] == [
        ("app", "UPDATE_IN_PROGRESS", "User Initiated"),
        ("A", "UPDATE_IN_PROGRESS", ""),
        ("A", "UPDATE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("app", "UPDATE_COMPLETE", ""),
    ]
    value = stacks.runtime.client("ssm").get_parameter(Name=before["A"])["Parameter"]["Value"]
    assert value == "2"


def test_replacement_makes_the_new_one_first(stacks):
    stacks.create({"Resources": {"A": group("a"), "B": parameter({"Ref": "A"})}})
    stacks.update({"Resources": {"A": group("a2"), "B": parameter({"Ref": "A"})}})
    assert stacks.events()[-10:] == [
        ("app", "UPDATE_IN_PROGRESS", "User Initiated"),
        (
            "A",
            "UPDATE_IN_PROGRESS",
            (
                "Requested update requires the creation of a new physical resource; hence"
                " creating one."
            ),
        ),
        ("A", "UPDATE_IN_PROGRESS", "Resource creation Initiated"),
        ("A", "UPDATE_COMPLETE", ""),
        ("B", "UPDATE_IN_PROGRESS", ""),
        ("B", "UPDATE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ""),
        ("A", "DELETE_IN_PROGRESS", ""),
        ("A", "DELETE_COMPLETE", ""),
        ("app", "UPDATE_COMPLETE", ""),
    ]
    assert group_names(stacks) == ["a2"]
    assert stacks.physical_ids()["A"] == "a2"


def test_failed_update_rolls_back_changes_replacements_and_additions(stacks):
    before = {"Resources": {"A": group("a"), "B": parameter("1"), "Gone": group("gone")}}
    stacks.create(before)
    ids = stacks.physical_ids()
    stack = stacks.update(
        {
            "Resources": {
                "A": group("a2"),
                "B": parameter("2"),
                "New": group("new"),
                "Bad": {**bad_group(), "DependsOn": ["A", "B", "New"]},
            }
        }
    )
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert group_names(stacks) == ["a", "gone"]
    assert stacks.physical_ids() == ids
    value = stacks.runtime.client("ssm").get_parameter(Name=ids["B"])["Parameter"]["Value"]
    assert value == "1"
    reasons = [
        reason
        for name, status, reason in stacks.events()
        if status.startswith("UPDATE_ROLLBACK_IN")
    ]
    assert reasons == ["The following resource(s) failed to create: [Bad]. "]
    assert (
        json.loads(json.dumps(stacks.client.get_template(StackName="app")["TemplateBody"]))
        == before
    )


def test_a_rollback_is_an_operation_of_its_own(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    stacks.update({"Resources": {"A": group("a"), "B": group("a")}})
    stack = stacks.describe()
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    rollback, update = stack["LastOperations"]
    assert (rollback["OperationType"], update["OperationType"]) == ("ROLLBACK", "UPDATE_STACK")
    events = stacks.client.describe_stack_events(StackName="app")["StackEvents"]
    by_operation = {event["OperationId"] for event in events}
    assert len(by_operation) == 3
    assert events[0]["OperationId"] == rollback["OperationId"]
    failed = stacks.client.describe_events(
        OperationId=update["OperationId"], Filters={"FailedEvents": True}
    )["OperationEvents"]
    assert [(event["LogicalResourceId"], event["EventType"]) for event in failed] == [
        ("B", "PROVISIONING_ERROR")
    ]


def test_failed_update_may_be_left_and_rolled_back_later(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    template = {"Resources": {"A": group("a2"), "B": {**bad_group(), "DependsOn": "A"}}}
    assert stacks.update(template, DisableRollback=True)["StackStatus"] == "UPDATE_FAILED"
    assert group_names(stacks) == ["a", "a2"]
    stacks.client.rollback_stack(StackName="app")
    assert stacks.describe()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert group_names(stacks) == ["a"]


def test_custom_named_resource_is_not_replaced(stacks):
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "mine",
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        },
    }
    stacks.create({"Resources": {"T": table}})
    table["Properties"]["AttributeDefinitions"] = [{"AttributeName": "b", "AttributeType": "S"}]
    table["Properties"]["KeySchema"] = [{"AttributeName": "b", "KeyType": "HASH"}]
    assert stacks.update({"Resources": {"T": table}})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert (
        "T",
        "UPDATE_FAILED",
        (
            "CloudFormation cannot update a stack when a custom-named resource requires replacing."
            " Rename mine and update the stack again."
        ),
    ) in stacks.events()


def test_update_without_a_change_is_refused(stacks):
    template = {"Resources": {"A": group("a")}}
    stacks.create(template)
    with pytest.raises(ClientError, match="No updates are to be performed"):
        stacks.update(template)


def test_change_of_outputs_alone_is_an_update(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    stacks.update({"Resources": {"A": group("a")}, "Outputs": {"O": {"Value": {"Ref": "A"}}}})
    assert stacks.outputs() == {"O": "a"}


def test_change_of_type_is_refused(stacks):
    stacks.create({"Resources": {"A": group("a")}})
    with pytest.raises(ClientError, match="Update of resource type is not permitted"):
        stacks.update({"Resources": {"A": parameter("1")}})


def test_update_replace_policy_keeps_the_old_one(stacks):
    stacks.create({"Resources": {"A": group("a", UpdateReplacePolicy="Retain")}})
    stacks.update({"Resources": {"A": group("a2", UpdateReplacePolicy="Retain")}})
    assert group_names(stacks) == ["a", "a2"]
