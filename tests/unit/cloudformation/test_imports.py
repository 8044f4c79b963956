"""Change sets of type IMPORT: what they refuse."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import group_names

LOGS = "AWS::Logs::LogGroup"
MINE = {"Type": LOGS, "Properties": {"LogGroupName": "mine"}}
OLD = {"Type": LOGS, "Properties": {"LogGroupName": "old"}, "DeletionPolicy": "Retain"}


@pytest.fixture(autouse=True)
def old(stacks):
    stacks.runtime.client("logs").create_log_group(logGroupName="old")
    stacks.create({"Resources": {"Mine": MINE}, "Outputs": {"It": {"Value": "1"}}})


@pytest.fixture
def refusal(stacks):
    """The message of the error that an import of resources by their names has."""

    def refusal(resources, outputs=None, **names):
        template = {"Resources": resources, "Outputs": outputs or {"It": {"Value": "1"}}}
        with pytest.raises(ClientError) as caught:
            stacks.client.create_change_set(
                StackName="app",
                ChangeSetName="import",
                ChangeSetType="IMPORT",
                TemplateBody=json.dumps(template),
                ResourcesToImport=[
                    {
                        "ResourceType": LOGS,
                        "LogicalResourceId": logical_id,
                        "ResourceIdentifier": {"LogGroupName": name},
                    }
                    for logical_id, name in names.items()
                ],
            )
        assert caught.value.response["Error"]["Code"] == "ValidationError"
        assert stacks.client.list_change_sets(StackName="app")["Summaries"] == []
        return caught.value.response["Error"]["Message"]

    return refusal


def test_what_is_not_in_the_template(refusal):
    message = refusal({"Mine": MINE}, Old="old")
    assert message == "Resources [Old] to be imported are not in the template."


def test_what_the_stack_has(refusal):
    kept = {**MINE, "DeletionPolicy": "Retain"}
    message = refusal({"Mine": kept, "Old": OLD}, Mine="old", Old="old")
    assert message == (
        "Resources [Mine] passed in ResourceToImport are already in a stack and cannot be imported."
    )


def test_what_another_stack_has(stacks, refusal):
    other = {"Type": LOGS, "Properties": {"LogGroupName": "other"}, "DeletionPolicy": "Retain"}
    stacks.create({"Resources": {"Other": other}}, "other")
    message = refusal({"Mine": MINE, "Other": other}, Other="other")
    assert message == (
        "Resources [Other] passed in ResourceToImport are already in a stack and cannot be"
        " imported."
    )
    assert "other" in group_names(stacks)


def test_what_does_not_say_whether_it_is_kept(refusal):
    message = refusal({"Mine": MINE, "Old": {**OLD, "DeletionPolicy": "Delete"}, "A": MINE}, A="a")
    assert message == (
        "The following resources to import [A] must have DeletionPolicy attribute specified in the"
        " template."
    )


@pytest.mark.parametrize(
    "others",
    [
        {},
        {"Mine": {**MINE, "Properties": {"LogGroupName": "mine", "RetentionInDays": 1}}},
        {"Mine": MINE, "New": {"Type": LOGS}},
    ],
    ids=["removed", "modified", "added"],
)
def test_other_changes(refusal, others):
    message = refusal({**others, "Old": OLD}, Old="old")
    changed = "New" if "New" in others else "Mine"
    assert message == (
        f"You have modified resources [{changed}] in your template that are not being imported."
        " Update, create or delete operations cannot be executed during import operations."
    )


@pytest.mark.parametrize(
    "outputs", [{"It": {"Value": "2"}}, {"It": {"Value": "1"}, "Other": {"Value": "2"}}]
)
def test_outputs_that_change(refusal, outputs):
    message = refusal({"Mine": MINE, "Old": OLD}, outputs, Old="old")
    assert message == "As part of the import operation, you cannot modify or add [Outputs]"
