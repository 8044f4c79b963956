"""`groundstate executions`."""

import json

import pytest

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
QUICK = {
    "StartAt": "First",
    "States": {
        "First": {"Type": "Pass", "Next": "Second"},
        "Second": {"Type": "Wait", "Seconds": 0, "End": True},
    },
}
FAILING = {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "E", "Cause": "because"}}}
PATIENT = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}


@pytest.fixture(scope="module")
def start(runtime):
    """Start an execution of a definition under a name; gives its ARN."""
    role = runtime.client("iam").create_role(
        RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST)
    )["Role"]["Arn"]
    states = runtime.client("stepfunctions")
    machines = {
        name: states.create_state_machine(
            name=name, definition=json.dumps(definition), roleArn=role
        )["stateMachineArn"]
        for name, definition in (("quick", QUICK), ("failing", FAILING), ("patient", PATIENT))
    }
    return lambda machine, name: states.start_execution(
        stateMachineArn=machines[machine], name=name, input='{"a": 1}'
    )["executionArn"]


@pytest.fixture(scope="module", autouse=True)
def executions(start, runtime):
    """One of each kind; those that end have ended."""
    arns = {name: start(name, f"{name}-1") for name in ("quick", "failing", "patient")}
    runtime.settle()
    return arns


def test_lists_the_newest_of_all_machines_first(groundstate_command):
    said = groundstate_command("executions")
    rows = [line.split() for line in said.out.splitlines()]
    assert rows[0] == ["NAME", "STATE", "MACHINE", "STATUS", "STARTED", "TOOK"]
    assert [row[:3] for row in rows[1:]] == [
        ["patient-1", "patient", "RUNNING"],
        ["failing-1", "failing", "FAILED"],
        ["quick-1", "quick", "SUCCEEDED"],
    ]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--status", "FAILED"], ["failing-1"]),
        (["--state-machine", "quick"], ["quick-1"]),
        (["--state-machine", "Qui"], ["quick-1"]),
        (["--limit", "1"], ["patient-1"]),
    ],
)
def test_list_can_be_narrowed(groundstate_command, options, names):
    listed = groundstate_command("executions", *options, "--json").document
    assert [execution["name"] for execution in listed] == names


def test_unknown_machine_is_refused_with_those_that_there_are(groundstate_command):
    said = groundstate_command("executions", "--state-machine", "quik")
    assert said.status == 1
    assert "failing, patient, quick" in said.err


def test_one_is_shown_with_its_states(groundstate_command):
    said = groundstate_command("executions", "quick-1")
    assert "SUCCEEDED" in said.out
    assert [line.split()[2] for line in said.out.splitlines() if " s  " in line] == [
        "First",
        "Second",
        "SUCCEEDED",
    ]


def test_failure_is_shown_with_its_cause(groundstate_command):
    assert "ExecutionFailed: E: because" in groundstate_command("executions", "failing-1").out


@pytest.mark.parametrize("name", ["quick-1", "qu"])
def test_follow_shows_every_state_to_the_end(groundstate_command, name):
    said = groundstate_command("executions", name, "--follow")
    assert said.status == 0
    assert [line.split()[2] for line in said.out.splitlines()] == ["First", "Second", "SUCCEEDED"]


def test_follow_of_one_that_failed_fails(groundstate_command, executions):
    said = groundstate_command("executions", executions["failing"], "--follow", "--json")
    assert said.status == 1
    assert said.document["status"] == "FAILED"
    assert [event["type"] for event in said.document["events"]][-1] == "ExecutionFailed"


def test_start_of_several_names_is_refused(groundstate_command, start):
    start("quick", "quick-2")
    said = groundstate_command("executions", "quick")
    assert said.status == 1
    assert "2 executions" in said.err


def test_unknown_name_is_refused(groundstate_command):
    said = groundstate_command("executions", "nothing")
    assert said.status == 1
    assert "groundstate executions" in said.err


def test_follow_needs_a_name(groundstate_command):
    assert groundstate_command("executions", "--follow").status == 1
