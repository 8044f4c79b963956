"""Creating, changing, describing and deleting state machines."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from groundstate.asl import compile_stored
from groundstate.testing.harness import Groundstate
from tests.unit.stepfunctions.conftest import ASSUMED_BY_STATES

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
WAIT = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}


def refused(call: Any, **members: Any) -> tuple[str, str]:
    """Code and message of the refusal of a call."""
    with pytest.raises(ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_the_same_machine_twice_is_one(states: Any) -> None:
    first = states.create(PASS)
    assert states.create(PASS) == first


def test_another_layout_of_the_definition_is_another_machine(states: Any) -> None:
    arn = states.create(PASS)
    code, message = refused(
        states.client.create_state_machine,
        name="Machine",
        definition=json.dumps(PASS, indent=1),
        roleArn=states.role,
    )
    assert (code, message) == (
        "StateMachineAlreadyExists",
        f"State Machine Already Exists: '{arn}'",
    )


@pytest.mark.parametrize("name", ["a b", "a/b", "a#b", "a\x7f"])
def test_bad_names_are_refused(states: Any, name: str) -> None:
    code, message = refused(
        states.client.create_state_machine,
        name=name,
        definition=json.dumps(PASS),
        roleArn=states.role,
    )
    assert (code, message) == ("InvalidName", f"Invalid Name: '{name}'")


def test_bad_role_is_refused(states: Any) -> None:
    code, message = refused(
        states.client.create_state_machine,
        name="Machine",
        definition=json.dumps(PASS),
        roleArn="not-a-role",
    )
    assert (code, message) == ("InvalidArn", "Invalid Role Arn: 'not-a-role'")


NOT_TRUSTED = (
    "AccessDeniedException",
    (
        "Neither the global service principal states.amazonaws.com, nor the regional one is"
        " authorized to assume the provided role."
    ),
)
UNKNOWN_ROLE = "arn:aws:iam::000000000000:role/unknown"


def test_role_that_trusts_somebody_else_is_refused(states: Any) -> None:
    trust = json.dumps(ASSUMED_BY_STATES).replace("states.amazonaws.com", "lambda.amazonaws.com")
    role = states.runtime.client("iam").create_role(
        RoleName="functions", AssumeRolePolicyDocument=trust
    )["Role"]["Arn"]
    definition = json.dumps(PASS)
    create = states.client.create_state_machine
    assert refused(create, name="Machine", definition=definition, roleArn=role) == NOT_TRUSTED
    arn = states.create(PASS)
    update = states.client.update_state_machine
    assert refused(update, stateMachineArn=arn, roleArn=role) == NOT_TRUSTED


def test_role_that_trusts_machines_of_the_account_is_taken(states: Any) -> None:
    """As the CDK makes it, against confused deputies."""
    for name, machines in (("Mine", "*"), ("Theirs", "other")):
        document = json.loads(json.dumps(ASSUMED_BY_STATES))
        source = f"arn:aws:states:us-east-1:000000000000:stateMachine:{machines}"
        document["Statement"][0]["Condition"] = {
            "ArnLike": {"aws:SourceArn": source},
            "StringEquals": {"aws:SourceAccount": "000000000000"},
        }
        states.runtime.client("iam").create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(document)
        )
    create = states.client.create_state_machine
    arn = "arn:aws:iam::000000000000:role/"
    assert states.create(PASS, roleArn=f"{arn}Mine")
    refusal = refused(create, name="Other", definition=json.dumps(PASS), roleArn=f"{arn}Theirs")
    assert refusal == NOT_TRUSTED


def test_role_that_trusts_the_regional_name_is_taken(states: Any) -> None:
    regional = "states.us-east-1.amazonaws.com"
    trust = json.dumps(ASSUMED_BY_STATES).replace("states.amazonaws.com", regional)
    role = states.runtime.client("iam").create_role(
        RoleName="regional", AssumeRolePolicyDocument=trust
    )["Role"]["Arn"]
    assert states.create(PASS, roleArn=role)


def test_unknown_role_is_taken_unless_the_setting_is_strict(states: Any) -> None:
    assert states.create(PASS, roleArn=UNKNOWN_ROLE)
    with Groundstate(iam="strict") as runtime:
        create = runtime.client("stepfunctions").create_state_machine
        made = refused(create, name="Machine", definition=json.dumps(PASS), roleArn=UNKNOWN_ROLE)
    assert made == NOT_TRUSTED


def test_bad_definition_is_refused_with_its_diagnostics(states: Any) -> None:
    code, message = refused(
        states.client.create_state_machine,
        name="Machine",
        definition='{"StartAt": "A"}',
        roleArn=states.role,
    )
    assert code == "InvalidDefinition"
    assert message == (
        "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED:"
        " These fields are required: [States] at /'"
    )


def test_missing_machine_and_bad_arn(states: Any) -> None:
    missing = "arn:aws:states:us-east-1:000000000000:stateMachine:None"
    describe = states.client.describe_state_machine
    assert refused(describe, stateMachineArn=missing) == (
        "StateMachineDoesNotExist",
        f"State Machine Does Not Exist: '{missing}'",
    )
    assert refused(describe, stateMachineArn="nonsense") == (
        "InvalidArn",
        "Invalid Arn: 'Invalid ARN prefix: nonsense'",
    )


def test_update_makes_a_revision_that_later_executions_run(states: Any) -> None:
    arn = states.create(WAIT)
    running = states.start(arn)
    updated = states.client.update_state_machine(stateMachineArn=arn, definition=json.dumps(PASS))
    described = states.client.describe_state_machine(stateMachineArn=arn)
    assert described["revisionId"] == updated["revisionId"]
    assert states.status(states.start(arn)) == "SUCCEEDED"
    assert states.status(running) == "RUNNING"
    its_machine = states.client.describe_state_machine_for_execution(executionArn=running)
    assert json.loads(its_machine["definition"]) == WAIT


def test_update_without_a_change_keeps_the_revision(states: Any) -> None:
    arn = states.create(PASS)
    first = states.client.update_state_machine(stateMachineArn=arn, definition=json.dumps(WAIT))
    again = states.client.update_state_machine(stateMachineArn=arn, definition=json.dumps(WAIT))
    assert again["revisionId"] == first["revisionId"]


def test_update_with_nothing_to_update(states: Any) -> None:
    arn = states.create(PASS)
    code, _ = refused(states.client.update_state_machine, stateMachineArn=arn)
    assert code == "MissingRequiredParameter"


def test_delete_ends_running_executions_and_then_the_machine(states: Any) -> None:
    arn = states.create(WAIT)
    execution = states.start(arn)
    states.client.delete_state_machine(stateMachineArn=arn)
    states.runtime.settle()
    assert states.status(execution) == "ABORTED"
    code, _ = refused(states.client.describe_state_machine, stateMachineArn=arn)
    assert code == "StateMachineDoesNotExist"
    assert states.create(PASS) == arn
    assert states.client.list_executions(stateMachineArn=arn)["executions"] == []
    assert states.status(execution) == "ABORTED"


def test_deleting_what_is_not_there_is_no_error(states: Any) -> None:
    states.client.delete_state_machine(
        stateMachineArn="arn:aws:states:us-east-1:000000000000:stateMachine:None"
    )


def test_list_is_paged_and_keeps_to_its_region(states: Any) -> None:
    for number in range(5):
        states.create(PASS, f"Machine{number}")
    first = states.client.list_state_machines(maxResults=3)
    rest = states.client.list_state_machines(maxResults=3, nextToken=first["nextToken"])
    names = [machine["name"] for machine in first["stateMachines"] + rest["stateMachines"]]
    assert names == [f"Machine{number}" for number in range(5)]
    assert "nextToken" not in rest
    elsewhere = states.runtime.client("stepfunctions", region="eu-central-1")
    assert elsewhere.list_state_machines()["stateMachines"] == []


def test_token_of_another_list_is_refused(states: Any) -> None:
    code, _ = refused(states.client.list_state_machines, nextToken="rubbish")
    assert code == "InvalidToken"


def test_tags_come_and_go(states: Any) -> None:
    arn = states.create(PASS, tags=[{"key": "a", "value": "1"}])
    states.client.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    states.client.untag_resource(resourceArn=arn, tagKeys=["a", "none"])
    tags = states.client.list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags == [{"key": "b", "value": "2"}]


def test_a_refused_creation_leaves_nothing(states: Any) -> None:
    refused(
        states.client.create_state_machine,
        name="Machine",
        definition=json.dumps(PASS),
        roleArn=states.role,
        loggingConfiguration={"level": "ALL"},
    )
    assert states.client.list_state_machines()["stateMachines"] == []


def test_validate_finds_errors_without_a_role(groundstate: Groundstate) -> None:
    client = groundstate.client("stepfunctions")
    found = client.validate_state_machine_definition(definition="{}")
    assert found["result"] == "FAIL"
    assert found["diagnostics"][0]["message"] == "These fields are required: [States, StartAt]"
    assert client.validate_state_machine_definition(definition=json.dumps(PASS))["result"] == "OK"


def test_machine_is_not_found_in_another_region(states: Any) -> None:
    arn = states.create(PASS)
    elsewhere = states.runtime.client("stepfunctions", region="eu-central-1")
    assert refused(elsewhere.start_execution, stateMachineArn=arn)[0] == "StateMachineDoesNotExist"


def test_other_settings_make_another_machine(states: Any) -> None:
    states.create(PASS)
    code, _ = refused(
        states.client.create_state_machine,
        name="Machine",
        definition=json.dumps(PASS),
        roleArn=states.role,
        tracingConfiguration={"enabled": True},
    )
    assert code == "StateMachineAlreadyExists"


def long_definition(states: int) -> str:
    """A definition that takes a while to compile."""
    state = {"Type": "Pass", "Parameters": {"a.$": "States.Format('{}', $.a)"}}
    linked = {f"S{number}": {**state, "Next": f"S{number + 1}"} for number in range(states)}
    linked[f"S{states}"] = {"Type": "Pass", "End": True}
    return json.dumps({"StartAt": "S0", "States": linked})


def compiles(runtime: Any) -> bool:
    """Whether a definition is being compiled; a service that is not ready yet does nothing."""
    host = runtime.dispatcher.hosts.get("stepfunctions")
    return host is not None and host.busy


@pytest.mark.slow
def test_long_definition_lets_others_in_between(states: Any) -> None:
    definition = long_definition(6000)
    with ThreadPoolExecutor(1) as pool:
        created = pool.submit(
            states.client.create_state_machine,
            name="Long",
            definition=definition,
            roleArn=states.role,
        )
        while not states.runtime.on_loop(compiles):
            pass
        # The first half of a second or more is compiling; this call is answered meanwhile.
        assert states.client.list_state_machines()["stateMachines"] == []
        assert not created.done()
        arn = created.result(timeout=30)["stateMachineArn"]
    execution = states.start(arn, {"a": "x"})
    assert states.output(execution) == {"a": "x"}


def test_long_definition_that_is_wrong_is_refused(states: Any) -> None:
    definition = long_definition(1500)
    definition = definition.replace('"S1500": {"Type": "Pass", "End": true}', '"X": {}')
    code, _ = refused(
        states.client.create_state_machine, name="Long", definition=definition, roleArn=states.role
    )
    assert code == "InvalidDefinition"
    found = states.client.validate_state_machine_definition(definition=definition)
    assert found["result"] == "FAIL"


@pytest.mark.parametrize(
    ("action", "is_known"),
    [
        ("dynamodb:getItem", True),
        ("sfn:startExecution", True),
        ("cloudwatchlogs:createLogGroup", True),
        ("eventbridge:putEvents", True),
        # What we know nothing of may be right.
        ("newservice:doSomething", True),
        ("dynamodb:getItems", False),
        ("sqs:sendMessages", False),
    ],
)
def test_aws_sdk_operation_that_does_not_exist_is_refused(
    states: Any, action: str, is_known: bool
) -> None:
    resource = f"arn:aws:states:::aws-sdk:{action}"
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Task", "Resource": resource, "Parameters": {}, "End": True}},
    }
    found = states.client.validate_state_machine_definition(definition=json.dumps(definition))
    assert found["result"] == ("OK" if is_known else "FAIL")
    if not is_known:
        code, message = refused(
            states.client.create_state_machine,
            name="Machine",
            definition=json.dumps(definition),
            roleArn=states.role,
        )
        assert code == "InvalidDefinition"
        assert message == (
            "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: The resource provided"
            f" {resource} is not recognized. The value is not a valid resource ARN, or the resource"
            " is not available in this region. at /States/A/Resource'"
        )


GROUP = "arn:aws:logs:us-east-1:000000000000:log-group:Group"


@pytest.mark.parametrize(
    ("group_arn", "text"),
    [
        (None, "Must set valid CloudWatch Log Group ARN."),
        ("arn:aws:s3:::bucket", "Provided ARN is not CloudWatch Logs Log Group ARN."),
        (GROUP, "Log Group ARN must be provided with '*' qualifier."),
    ],
)
def test_log_destination_that_is_none(states: Any, group_arn: str | None, text: str) -> None:
    group = {"logGroupArn": group_arn} if group_arn else {}
    logging = {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": group}]}
    code, message = refused(states.create, definition=PASS, loggingConfiguration=logging)
    assert (code, message) == (
        "InvalidLoggingConfiguration",
        f"Invalid Logging Configuration: {text}",
    )


def test_machine_with_a_log_has_a_plain_name(states: Any) -> None:
    states.runtime.client("logs").create_log_group(logGroupName="Group")
    destinations = [{"cloudWatchLogsLogGroup": {"logGroupArn": f"{GROUP}:*"}}]
    logging = {"level": "ALL", "destinations": destinations}
    assert states.create(PASS, name="\u30c6\u30b9\u30c8")
    _, message = refused(
        states.create, definition=PASS, name="\u30c6", loggingConfiguration=logging
    )
    assert message == (
        "Invalid Logging Configuration: 1 validation error detected: Value"
        " 'arn:aws:states:us-east-1:000000000000:stateMachine:\u30c6' at 'resourceId' failed to"
        " satisfy constraint: Member must satisfy regular expression pattern:"
        r" ^[0-9A-Za-z.\/\-_:]+$"
    )


@pytest.mark.parametrize(
    ("encryption", "text"),
    [
        ({"type": "CUSTOMER_MANAGED_KMS_KEY"}, "Must set a valid kmsKeyId."),
        (
            {"type": "AWS_OWNED_KEY", "kmsKeyId": "key"},
            "Custom kmsKeyId is not allowed when selecting AWS_OWNED_KEY.",
        ),
        (
            {"type": "AWS_OWNED_KEY", "kmsDataKeyReusePeriodSeconds": 60},
            "Custom kmsDataKeyReusePeriodSeconds is not allowed when selecting AWS_OWNED_KEY.",
        ),
    ],
)
def test_encryption_that_does_not_fit(states: Any, encryption: dict[str, Any], text: str) -> None:
    code, message = refused(states.create, definition=PASS, encryptionConfiguration=encryption)
    assert (code, message) == (
        "InvalidEncryptionConfiguration",
        f"Invalid Encryption Configuration: {text}",
    )


def test_stored_machine_compiles_although_it_would_be_refused_today() -> None:
    machine = compile_stored(
        '{"StartAt":"A","States":{"A":{"Type":"Task",'
        '"Resource":"arn:aws:states:::lambda:invoke","End":true}}}',
        type="STANDARD",
    )
    assert machine.state("A") is not None
