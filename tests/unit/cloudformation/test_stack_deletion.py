"""Stacks as they are deleted, and what stays."""

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import group_names
from tests.unit.cloudformation.templates import bad_group, group, parameter


@pytest.mark.parametrize(("policy", "left"), [("Retain", ["a"]), ("Delete", [])])
def test_deletion_policy_decides_what_stays(stacks, policy, left):
    stacks.create({"Resources": {"A": group("a", DeletionPolicy=policy), "B": group("b")}})
    stack = stacks.delete()
    assert stack["StackStatus"] == "DELETE_COMPLETE"
    assert group_names(stacks) == left
    skipped = ("A", "DELETE_SKIPPED", "") in stacks.events(stack["StackId"])
    assert skipped == (policy == "Retain")


@pytest.mark.parametrize(("stage", "left"), [("live", ["a"]), ("test", [])])
def test_deletion_policy_may_depend_on_a_parameter(stacks, stage, left):
    policy = {"Fn::If": ["IsLive", "Retain", {"Ref": "AWS::NoValue"}]}
    stacks.create(
        {
            "Transform": "AWS::LanguageExtensions",
            "Parameters": {"Stage": {"Type": "String"}},
            "Conditions": {"IsLive": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}},
            "Resources": {"A": group("a", DeletionPolicy=policy), "B": group("b")},
        },
        Parameters=[{"ParameterKey": "Stage", "ParameterValue": stage}],
    )
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"
    assert group_names(stacks) == left


def test_retain_except_on_create_does_not_outlive_a_failed_creation(stacks):
    template = {
        "Resources": {
            "A": group("a", DeletionPolicy="RetainExceptOnCreate"),
            "B": {**bad_group(), "DependsOn": "A"},
        }
    }
    stacks.create(template)
    assert group_names(stacks) == []


def test_failed_deletion_can_retain_what_is_in_the_way(stacks):
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "full-bucket"}}
    stacks.create({"Resources": {"B": bucket, "A": group("a")}})
    stacks.runtime.client("s3").put_object(Bucket="full-bucket", Key="x", Body=b"x")
    stack = stacks.delete()
    assert stack["StackStatus"] == "DELETE_FAILED"
    assert stack["StackStatusReason"].startswith(
        "The following resource(s) failed to delete: [B]. "
    )
    stacks.client.delete_stack(StackName=stack["StackId"], RetainResources=["B"])
    assert stacks.describe(stack["StackId"])["StackStatus"] == "DELETE_COMPLETE"


def test_protected_stack_is_not_deleted(stacks):
    stacks.create({"Resources": {"A": group("a")}}, EnableTerminationProtection=True)
    with pytest.raises(
        ClientError, match="cannot be deleted while TerminationProtection is enabled"
    ):
        stacks.client.delete_stack(StackName="app")
    stacks.client.update_termination_protection(StackName="app", EnableTerminationProtection=False)
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_export_in_use_is_neither_changed_nor_deleted(stacks):
    exporting = {
        "Resources": {"A": group("a")},
        "Outputs": {"O": {"Value": {"Ref": "A"}, "Export": {"Name": "shared"}}},
    }
    stacks.create(exporting)
    stacks.create({"Resources": {"B": parameter({"Fn::ImportValue": "shared"})}}, "user")
    assert stacks.client.list_imports(ExportName="shared")["Imports"] == ["user"]
    assert stacks.client.list_exports()["Exports"][0]["Value"] == "a"
    with pytest.raises(ClientError, match="in use by user"):
        stacks.client.delete_stack(StackName="app")
    exporting["Resources"]["A"] = group("a2")
    stack = stacks.update(exporting)
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    reasons = [reason for _, status, reason in stacks.events() if "ROLLBACK_IN" in status]
    assert reasons == ["Export shared cannot be updated as it is in use by user "]
    stacks.delete("user")
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"


def test_a_protected_log_group_keeps_its_stack(stacks):
    resource = group("a", DeletionPolicy="Delete")
    resource["Properties"] = {**resource["Properties"], "DeletionProtectionEnabled": True}
    template = {"Resources": {"A": resource}}
    stacks.create(template)
    assert stacks.delete()["StackStatus"] == "DELETE_FAILED"
    assert group_names(stacks) == ["a"]
    resource["Properties"]["DeletionProtectionEnabled"] = False
    stacks.runtime.client("logs").put_log_group_deletion_protection(
        logGroupIdentifier="a", deletionProtectionEnabled=False
    )
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"
    stacks.create(template, "again")
    resource["Properties"]["DeletionProtectionEnabled"] = True
    assert stacks.update(template, "again")["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.delete("again")["StackStatus"] == "DELETE_FAILED"
