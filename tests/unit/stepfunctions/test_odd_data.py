"""Data at the edge of what JSON and AWS's limits allow: an answer or an error, no breakdown."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.stepfunctions.conftest import States, machine

REST = ("Rest", {"Type": "Wait", "Seconds": 1})
PASS = machine(("Q", {"Type": "Pass"}))
TASK = {
    "Type": "Task",
    "Resource": "arn:aws:states:::states:startExecution",
    "Parameters": {
        "StateMachineArn": "arn:aws:states:us-east-1:000000000000:stateMachine:Other",
        "Input": {"x.$": "$.a"},
    },
    "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Rest"}],
}
DISTRIBUTED = {**PASS, "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}}
MACHINES: dict[str, dict[str, Any]] = {
    "passed on": machine(("P", {"Type": "Pass"}), REST),
    "taken apart": machine(("P", {"Type": "Pass", "Parameters": {"a.$": "$.a"}}), REST),
    "assigned": machine(("P", {"Type": "Pass", "Assign": {"v.$": "$.a"}}), REST),
    "mapped": machine(("M", {"Type": "Map", "ItemsPath": "$.l", "ItemProcessor": PASS}), REST),
    "distributed": machine(
        ("M", {"Type": "Map", "ItemsPath": "$.l", "ItemProcessor": DISTRIBUTED}), REST
    ),
    "in branches": machine(
        ("B", {"Type": "Parallel", "Branches": [PASS, machine(("R", REST[1]))]}), REST
    ),
    "to a task": machine(("T", TASK), REST),
    "evaluated": machine(
        ("P", {"Type": "Pass", "Output": "{% $states.input %}"}), REST, QueryLanguage="JSONata"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", MACHINES)
def test_deep_data_is_worked_with_or_refused(states: States, kind: str) -> None:
    made = states.create(MACHINES[kind])
    for levels in (90, 240, 270, 790, 820, 940, 990, 1020):
        deep = "[" * levels + "1" + "]" * levels
        started = states.client.start_execution(
            stateMachineArn=made, input=f'{{"a":{deep},"l":[{deep}]}}'
        )
        states.runtime.advance(seconds=3)
        described = states.describe(started["executionArn"])
        assert described["status"] != "RUNNING"
        if described["status"] == "FAILED":
            assert levels > 90
            assert described["error"] in ("States.Runtime", "States.QueryEvaluationError")
        ids = [event["id"] for event in states.history(started["executionArn"])]
        assert ids == list(range(1, len(ids) + 1))


def test_data_deeper_than_jackson_reads_is_refused(states: States) -> None:
    made = states.create(MACHINES["passed on"])
    for levels in (1100, 100_000):
        with pytest.raises(states.client.exceptions.InvalidExecutionInput, match="nesting depth"):
            states.client.start_execution(stateMachineArn=made, input="[" * levels + "]" * levels)


@pytest.mark.parametrize("text", ["NaN", "-Infinity", '{"a":1e400}', '"\\ud800"', "9" * 5000])
def test_what_is_no_json_of_ours_is_refused(states: States, text: str) -> None:
    made = states.create(MACHINES["passed on"])
    with pytest.raises(states.client.exceptions.InvalidExecutionInput):
        states.client.start_execution(stateMachineArn=made, input=text)


def test_great_numbers_go_on(states: States) -> None:
    keep = {"Type": "Pass", "Parameters": {"a.$": "$"}, "Assign": {"v.$": "$.a"}}
    made = states.create(machine(("P", keep), REST))
    execution = states.start(made, (1 << 63) - 1)
    states.runtime.advance(seconds=1)
    assert states.output(execution) == {"a": (1 << 63) - 1}


def test_great_numbers_are_not_added(states: States) -> None:
    add = {"Type": "Pass", "Parameters": {"a.$": "States.MathAdd($, 1)"}, "End": True}
    execution = states.run(machine(("P", add)), (1 << 31) - 1)
    # Observed on AWS: it adds with Java's int, and refuses what that does not hold.
    assert states.describe(execution)["cause"].endswith("Invalid arguments in States.MathAdd")


def test_great_numbers_of_jsonata_are_doubles(states: States) -> None:
    square = {"Type": "Pass", "Output": "{% $states.input * $states.input %}"}
    keep = {"Type": "Pass", "Assign": {"v": "{% $states.input %}"}}
    execution = states.run(
        machine(("P", square), ("K", keep), REST, QueryLanguage="JSONata"), 3**39
    )
    states.runtime.advance(seconds=1)
    assert states.output(execution) == pytest.approx(3.0**78)


def test_half_a_surrogate_pair_becomes_a_question_mark(states: States) -> None:
    state = {"Type": "Pass", "Output": "{% $decodeUrlComponent('%f0%9f%98%80') & '\\ud83d' %}"}
    assert (
        states.output(states.run(machine(("P", state), QueryLanguage="JSONata"))) == "\U0001f600?"
    )


@pytest.mark.parametrize("text", ['"\\ud800"', "NaN"])
def test_a_definition_that_jackson_would_not_read(states: States, text: str) -> None:
    definition = f'{{"StartAt":"P","States":{{"P":{{"Type":"Pass","Result":{text},"End":true}}}}}}'
    with pytest.raises(states.client.exceptions.InvalidDefinition, match="INVALID_JSON"):
        states.client.create_state_machine(name="Odd", definition=definition, roleArn=states.role)


def test_an_input_is_measured_in_bytes(states: States) -> None:
    made = states.create(MACHINES["passed on"])
    for count, fits in ((131_071, True), (131_072, False)):
        text = json.dumps("\u00e9" * count, ensure_ascii=False)
        if fits:
            states.client.start_execution(stateMachineArn=made, input=text)
            continue
        with pytest.raises(ClientError, match="less than or equal to 262144"):
            states.client.start_execution(stateMachineArn=made, input=text)


@pytest.mark.parametrize(
    "resource",
    [
        "dynamodb:putItem",
        "lambda:invoke",
        "states:startExecution.sync:2",
        "http:invoke",
        "sqs:sendMessage",
    ],
)
@pytest.mark.parametrize("value", ["text", ["text"], True, 5])
def test_parameters_that_are_no_object_fail_their_task(
    states: States, resource: str, value: Any
) -> None:
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": value}
    execution = states.describe(states.run(machine(("T", task), QueryLanguage="JSONata")))
    assert (execution["status"], execution["error"]) == ("FAILED", "States.Runtime")
    assert execution["cause"].endswith("The Parameters of the Task must be a JSON object.")
