"""Provisioned concurrency of versions and aliases."""

import pytest
from botocore.exceptions import ClientError

from tests.unit.cloudformation.conftest import ROLE

FUNCTION = {
    "Type": "AWS::Lambda::Function",
    "Properties": {
        "FunctionName": "F",
        "Code": {"ZipFile": "def handler(event, context): return 1"},
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Runtime": "python3.13",
    },
}


def template(count, of):
    """A function with a version and an alias; one of them has room for so many invocations."""
    resources = {
        "Role": ROLE,
        "Function": FUNCTION,
        "Version": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": "Function"}},
        },
        "Alias": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
                "Name": "live",
            },
        },
    }
    if count is not None:
        config = {"ProvisionedConcurrentExecutions": count}
        resources[of]["Properties"]["ProvisionedConcurrencyConfig"] = config
    return {"Resources": resources}


@pytest.mark.parametrize(("of", "qualifier"), [("Version", "1"), ("Alias", "live")])
def test_concurrency_follows_the_template(stacks, of, qualifier):
    functions = stacks.runtime.client("lambda")

    def provisioned():
        found = functions.list_provisioned_concurrency_configs(FunctionName="F")
        return {
            config["FunctionArn"].rpartition(":")[2]: config[
                "RequestedProvisionedConcurrentExecutions"
            ]
            for config in found["ProvisionedConcurrencyConfigs"]
        }

    assert stacks.create(template(2, of))["StackStatus"] == "CREATE_COMPLETE"
    assert provisioned() == {qualifier: 2}
    assert stacks.update(template(3, of))["StackStatus"] == "UPDATE_COMPLETE"
    assert provisioned() == {qualifier: 3}
    assert stacks.update(template(None, of))["StackStatus"] == "UPDATE_COMPLETE"
    assert provisioned() == {}
    assert stacks.update(template(1, of))["StackStatus"] == "UPDATE_COMPLETE"
    assert stacks.delete()["StackStatus"] == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="Function not found"):
        provisioned()


@pytest.mark.parametrize("of", ["Version", "Alias"])
def test_more_than_there_is_fails_and_leaves_nothing(stacks, of):
    assert stacks.create(template(5000, of))["StackStatus"] == "ROLLBACK_COMPLETE"
    failed = [reason for name, status, reason in stacks.events() if status == "CREATE_FAILED"]
    assert any("oncurren" in reason for reason in failed), failed


def test_no_more_is_provisioned_than_there_is(stacks):
    functions = {}
    for name in ("one", "two"):
        properties = {**FUNCTION["Properties"], "FunctionName": name}
        functions[name] = {**FUNCTION, "Properties": properties}
        functions[f"{name}Version"] = {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Ref": name}},
        }
    assert stacks.create({"Resources": {"Role": ROLE, **functions}})["StackStatus"] == (
        "CREATE_COMPLETE"
    )
    client = stacks.runtime.client("lambda")

    def provision(name, count):
        client.put_provisioned_concurrency_config(
            FunctionName=name, Qualifier="1", ProvisionedConcurrentExecutions=count
        )

    def refusal(name, count):
        with pytest.raises(client.exceptions.InvalidParameterValueException) as refused:
            provision(name, count)
        return refused.value.response["Error"]["Message"]

    too_much = (
        "Specified ConcurrentExecutions for function decreases account's"
        " UnreservedConcurrentExecution below its minimum value of [100]."
    )
    assert refusal("one", 901) == too_much
    provision("one", 600)
    provision("one", 700)
    assert refusal("two", 201) == too_much
    provision("two", 200)
    # What a function has reserved is its own.
    client.delete_provisioned_concurrency_config(FunctionName="two", Qualifier="1")
    client.put_function_concurrency(FunctionName="two", ReservedConcurrentExecutions=50)
    assert refusal("two", 51) == (
        "Requested Provisioned Concurrency should not be greater than the"
        " reservedConcurrentExecution for function"
    )
    provision("two", 50)
