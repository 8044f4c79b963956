"""Change sets that take over what exists already, by its name (`ImportExistingResources`)."""

import itertools
import json

import pytest

from tests.unit.cloudformation.conftest import group_names

LOGS = "AWS::Logs::LogGroup"


def group(name, **attributes):
    return {
        "Type": LOGS,
        "Properties": {"LogGroupName": name},
        "DeletionPolicy": "Retain",
        **attributes,
    }


def wrong():
    """A resource that cannot be made."""
    return {"Type": LOGS, "Properties": {"RetentionInDays": 2}}


@pytest.fixture(autouse=True)
def old(stacks):
    stacks.runtime.client("logs").create_log_group(logGroupName="old")


@pytest.fixture
def prepare(stacks):
    """Makes a change set; how it is described, and the action for each resource."""
    numbers = itertools.count()

    def prepare(resources, kind="CREATE"):
        made = stacks.client.create_change_set(
            StackName="app",
            ChangeSetName=f"changes-{next(numbers)}",
            ChangeSetType=kind,
            TemplateBody=json.dumps({"Resources": resources}),
            ImportExistingResources=True,
        )
        answer = stacks.client.describe_change_set(ChangeSetName=made["Id"])
        changes = {
            change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"]["Action"]
            for change in answer["Changes"]
        }
        return answer, changes

    return prepare


def execute(stacks, answer):
    """Execute a change set; the stack's status."""
    stacks.client.execute_change_set(ChangeSetName=answer["ChangeSetId"])
    return stacks.describe()["StackStatus"]


def test_what_exists_is_taken_over_and_the_rest_is_made(stacks, prepare):
    answer, changes = prepare({"Old": group("old"), "New": group("new")})
    assert changes == {"Old": "Import", "New": "Add"}
    assert answer["ImportExistingResources"]
    assert execute(stacks, answer) == "CREATE_COMPLETE"
    assert stacks.physical_ids() == {"Old": "old", "New": "new"}
    assert ("Old", "IMPORT_COMPLETE", "Resource import completed.") in stacks.events()
    # From then on it is a resource like another.
    assert stacks.update({"Resources": {"New": group("new")}})["StackStatus"] == "UPDATE_COMPLETE"
    assert group_names(stacks) == ["new", "old"]
    answer, changes = prepare({"Old": group("old"), "New": group("new")}, "UPDATE")
    assert changes == {"Old": "Import"}
    assert execute(stacks, answer) == "UPDATE_COMPLETE"


@pytest.mark.parametrize("policy", ["Delete", None])
def test_what_is_taken_over_must_be_kept(prepare, policy):
    resource = group("old", DeletionPolicy=policy)
    if policy is None:
        del resource["DeletionPolicy"]
    answer, changes = prepare({"Old": resource})
    assert (answer["Status"], changes) == ("FAILED", {})
    assert answer["StatusReason"] == (
        "CloudFormation is attempting to import some resources because they already exist in your"
        " account. The resources must have the DeletionPolicy attribute set to 'Retain' or"
        " 'RetainExceptOnCreate' in the template for successful import. The affected resources are"
        " Old ({LogGroupName=old})"
    )


def test_what_another_stack_has_is_not_taken_over(stacks, prepare):
    stacks.create({"Resources": {"Mine": group("mine")}}, "other")
    answer, changes = prepare({"Mine": group("mine")})
    assert changes == {"Mine": "Add"}
    assert execute(stacks, answer) == "ROLLBACK_COMPLETE"
    assert "mine" in group_names(stacks)


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_failed_creation_leaves_it_as_it_was(stacks, prepare, policy):
    answer, changes = prepare(
        {"Old": group("old", DeletionPolicy=policy), "Bad": {**wrong(), "DependsOn": "Old"}}
    )
    assert changes == {"Old": "Import", "Bad": "Add"}
    assert execute(stacks, answer) == "ROLLBACK_COMPLETE"
    assert group_names(stacks) == ["old"]


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_failed_update_leaves_it_as_it_was(stacks, prepare, policy):
    stacks.create({"Resources": {"New": group("new")}})
    resources = {
        "New": group("new"),
        "Old": group("old", DeletionPolicy=policy),
        "Bad": {**wrong(), "DependsOn": "Old"},
    }
    answer, changes = prepare(resources, "UPDATE")
    assert changes == {"Old": "Import", "Bad": "Add"}
    assert execute(stacks, answer) == "UPDATE_ROLLBACK_COMPLETE"
    assert group_names(stacks) == ["new", "old"]
    assert stacks.physical_ids() == {"New": "new"}
    del resources["Bad"]
    answer, changes = prepare(resources, "UPDATE")
    assert changes == {"Old": "Import"}
    assert execute(stacks, answer) == "UPDATE_COMPLETE"
    assert stacks.physical_ids() == {"New": "new", "Old": "old"}


def test_a_resource_that_gets_the_name_is_replaced_and_takes_nothing_over(stacks, prepare):
    stacks.create({"Resources": {"New": group("new")}})
    answer, changes = prepare({"New": group("old")}, "UPDATE")
    assert changes == {"New": "Modify"}
    # Another one of this name cannot be made.
    assert execute(stacks, answer) == "UPDATE_ROLLBACK_COMPLETE"
    assert stacks.physical_ids() == {"New": "new"}
    assert group_names(stacks) == ["new", "old"]
