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


def with_code(document, code):
    function = {**FUNCTION, "Properties": {**FUNCTION["Properties"], "Code": {"ZipFile": code}}}
    document["Resources"]["Function"] = function
    return document


KIND = "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']"


@pytest.mark.parametrize(("of", "qualifier"), [("Version", "1"), ("Alias", "live")])
def test_stack_is_complete_when_the_environments_are_there(stacks, of, qualifier):
    document = with_code(template(2, of), KIND)
    assert stacks.create(document)["StackStatus"] == "CREATE_COMPLETE"
    client = stacks.runtime.client("lambda")
    shown = client.get_provisioned_concurrency_config(FunctionName="F", Qualifier=qualifier)
    assert (shown["Status"], shown["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 2)
    answer = client.invoke(FunctionName="F", Qualifier=qualifier)
    assert answer["Payload"].read() == b'"provisioned-concurrency"'


@pytest.mark.parametrize("of", ["Version", "Alias"])
def test_code_that_cannot_be_initialized_fails_the_stack(stacks, of):
    document = with_code(template(1, of), "raise ValueError('no')")
    assert stacks.create(document)["StackStatus"] == "ROLLBACK_COMPLETE"
    reasons = {
        name: reason for name, status, reason in stacks.events() if status == "CREATE_FAILED"
    }
    assert reasons[of] == (
        'Resource handler returned message: "Provisioned Concurrency configuration failed to be'
        ' applied. Reason: FUNCTION_ERROR_INIT_FAILURE" (HandlerErrorCode: NotStabilized)'
    )


def test_version_that_fails_gives_the_alias_back_to_the_one_before(stacks):
    document = with_code(template(1, "Alias"), KIND)
    assert stacks.create(document)["StackStatus"] == "CREATE_COMPLETE"
    document = with_code(template(1, "Alias"), "raise ValueError('no')")
    version = document["Resources"].pop("Version")
    document["Resources"]["Second"] = version
    get_version = {"Fn::GetAtt": ["Second", "Version"]}
    document["Resources"]["Alias"]["Properties"]["FunctionVersion"] = get_version
    assert stacks.update(document)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    client = stacks.runtime.client("lambda")
    assert client.get_alias(FunctionName="F", Name="live")["FunctionVersion"] == "1"
    shown = client.get_provisioned_concurrency_config(FunctionName="F", Qualifier="live")
    assert (shown["Status"], shown["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 1)
