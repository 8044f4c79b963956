"""Definitions and inputs that would hold up everybody or fill the memory: an error, and in time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from groundstate.testing.harness import Groundstate
from tests.unit.stepfunctions.conftest import States, machine
from tests.unit.stepfunctions.test_recovery import lost

# Takes some hundredths of a second: too long for the loop, and fine by AWS.
LONG = "$count($filter([1..30000], function($n) { $n % 3 = 0 }))"
ENDLESS = "$map([1..9999], function($i) { $map([1..9999], function($j) { $j }) })"


def jsonata(*states: tuple[str, dict[str, Any]], **members: Any) -> dict[str, Any]:
    return machine(*states, QueryLanguage="JSONata", **members)


def passing(expression: str) -> tuple[str, dict[str, Any]]:
    return ("P", {"Type": "Pass", "Output": "{% " + expression + " %}"})


def counting(output: str) -> tuple[str, dict[str, Any]]:
    """A task that adds one, and whose output is an expression."""
    arguments = {
        "TableName": "Tasks",
        "Key": {"id": {"S": "a"}},
        "UpdateExpression": "ADD times :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    task = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem"}
    return ("T", {**task, "Arguments": arguments, "Output": "{% " + output + " %}"})


def times(states: States) -> str:
    table = states.runtime.client("dynamodb")
    return str(table.get_item(TableName="Tasks", Key={"id": {"S": "a"}})["Item"]["times"]["N"])


@pytest.mark.slow
@pytest.mark.process
def test_nobody_waits_for_an_endless_expression(states: States) -> None:
    made = states.create(jsonata(passing(ENDLESS)))
    execution = states.client.start_execution(stateMachineArn=made)["executionArn"]
    states.runtime.client("dynamodb").list_tables()
    # Nobody has waited for its end.
    assert states.status(execution) == "RUNNING"
    states.runtime.settle()
    described = states.describe(execution)
    assert described["error"] == "States.QueryEvaluationError"
    assert "threw an error during evaluation: Stack overflow error" in described["cause"]
    assert states.types(execution) == [
        "ExecutionStarted",
        "PassStateEntered",
        "EvaluationFailed",
        "ExecutionFailed",
    ]


@pytest.mark.slow
@pytest.mark.process
def test_a_long_expression_ends_well_and_has_the_usual_history(states: States) -> None:
    short, long = jsonata(passing("10000"), ("Q", {"Type": "Pass"})), None
    long = jsonata(passing(LONG), ("Q", {"Type": "Pass"}))
    one, other = states.create(short, "Short"), states.create(long, "Long")
    for _ in range(2):
        quick, slow = states.start(one, {}), states.start(other, {})
        assert states.output(slow) == states.output(quick) == 10_000
        for event, expected in zip(states.history(slow), states.history(quick), strict=True):
            shape = {name: event[name] for name in event if name != "timestamp"}
            assert shape == {name: expected[name] for name in expected if name != "timestamp"}


@pytest.mark.slow
@pytest.mark.process
def test_a_task_before_a_long_expression_is_done_once(states: States) -> None:
    states.make_table()
    execution = states.run(jsonata(counting(LONG), passing("$states.input + 1")))
    assert states.output(execution) == 10_001
    assert times(states) == "1"


@pytest.mark.slow
@pytest.mark.process
def test_a_task_before_a_long_expression_is_done_once_though_the_process_dies(
    tmp_path: Path,
) -> None:
    with Groundstate(tmp_path / "first") as runtime:
        states = States(runtime)
        states.make_table()
        made = states.create(jsonata(counting(ENDLESS)))
        execution = states.client.start_execution(stateMachineArn=made)["executionArn"]
        assert states.status(execution) == "RUNNING"
        with lost(states) as later:
            assert later.status(execution) == "FAILED"
            assert "Stack overflow" in later.describe(execution)["cause"]
            assert times(later) == "1"
            ids = [event["id"] for event in later.history(execution)]
            assert ids == list(range(1, len(ids) + 1))


@pytest.mark.slow
@pytest.mark.process
def test_an_execution_can_be_stopped_while_it_evaluates(states: States) -> None:
    made = states.create(jsonata(passing(ENDLESS)))
    execution = states.client.start_execution(stateMachineArn=made)["executionArn"]
    states.client.stop_execution(executionArn=execution)
    assert states.status(execution) == "ABORTED"
    states.runtime.settle()
    assert states.types(execution)[-1] == "ExecutionAborted"


@pytest.mark.slow
@pytest.mark.process
def test_branches_that_evaluate_long_do_not_disturb_each_other(states: States) -> None:
    branches = [
        machine((f"W{n}", {"Type": "Wait", "Seconds": 1}), (f"L{n}", passing(f"{LONG} + {n}")[1]))
        for n in range(3)
    ]
    execution = states.run(jsonata(("B", {"Type": "Parallel", "Branches": branches})))
    states.runtime.advance(seconds=1)
    states.runtime.settle()
    assert states.output(execution) == [10_000, 10_001, 10_002]
    ids = [event["id"] for event in states.history(execution)]
    assert ids == list(range(1, len(ids) + 1))


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize(
    "expression",
    [
        "$reduce([1..60], function($all, $n) { [$all, $all] }, [1, 2])",
        "$reduce([1..60], function($all, $n) { $append($all, $all) }, [1, 2])",
        "$reduce([1..60], function($text, $n) { $text & $text }, 'x')",
        "$reduce([1..9], function($text, $n) { $replace($text, 'x', $text) }, $pad('', 99, 'x'))",
        "$reduce([1..60], function($text, $n) { $base64encode($text) }, 'some text')",
    ],
)
def test_growing_without_bound_is_stopped(states: States, expression: str) -> None:
    described = states.describe(states.run(jsonata(passing(f"$length($string({expression}))"))))
    assert described["error"] == "States.QueryEvaluationError"
    assert "Expression evaluation memory limit exceeded" in described["cause"]


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.parametrize(
    "expression",
    ["$map([1..9000], function($n) { $states.input })", "[1..9000].{'a': $states.input}"],
)
def test_a_value_that_is_in_the_result_too_often_is_too_large(
    states: States, expression: str
) -> None:
    execution = states.run(jsonata(passing(expression)), {"text": "x" * 1000})
    assert states.describe(execution)["error"] == "States.DataLimitExceeded"


@pytest.mark.slow
@pytest.mark.process
def test_nobody_waits_for_a_path_that_looks_at_everything_again_and_again(states: States) -> None:
    state = {"Type": "Pass", "Parameters": {"n.$": "$..*..*..*..*..*..*..*..*.length()"}}
    made = states.create(machine(("P", state)))
    document = {"items": [[[[[number] * 4] * 4] * 4] * 4 for number in range(40)]}
    execution = states.client.start_execution(stateMachineArn=made, input=json.dumps(document))
    assert states.status(execution["executionArn"]) == "RUNNING"
    states.runtime.settle()
    described = states.describe(execution["executionArn"])
    assert described["error"] == "States.Runtime"
    assert "takes too long" in described["cause"]


@pytest.mark.parametrize(
    "template",
    [
        {f"copy{number}.$": "$" for number in range(10_000)},
        {"copies.$": f"States.Array({', '.join(['$'] * 10_000)})"},
        {"copies.$": f"States.Format('{'{}' * 10_000}', {', '.join(['$'] * 10_000)})"},
    ],
    ids=["members", "array", "text"],
)
def test_a_template_that_repeats_its_input_is_too_large(states: States, template: Any) -> None:
    execution = states.run(machine(("P", {"Type": "Pass", "Parameters": template})), "x" * 250_000)
    assert states.describe(execution)["error"] == "States.DataLimitExceeded"


@pytest.mark.slow
def test_a_long_definition_is_compiled_anew_after_a_restart(tmp_path: Path) -> None:
    names = [f"S{number}" for number in range(3000)]
    definition = machine(*((name, {"Type": "Pass", "Comment": "c" * 30}) for name in names))
    with Groundstate(tmp_path / "data") as runtime:
        states = States(runtime)
        for type_ in ("STANDARD", "EXPRESS"):
            states.create(definition, type_, type=type_)
    with Groundstate(tmp_path / "data") as runtime:
        client = runtime.client("stepfunctions")
        standard = "arn:aws:states:us-east-1:000000000000:stateMachine:STANDARD"
        express = standard.replace("STANDARD", "EXPRESS")
        started = client.start_execution(stateMachineArn=standard, input='{"a":1}')
        runtime.settle()
        described = client.describe_execution(executionArn=started["executionArn"])
        assert (described["status"], described["output"]) == ("SUCCEEDED", '{"a":1}')
        ended = client.start_sync_execution(stateMachineArn=express, input='{"a":1}')
        assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"a":1}')


@pytest.mark.slow
def test_nobody_waits_for_an_item_selector(states: States) -> None:
    # Each item takes some milliseconds.
    selector = {"n": "{% $count($filter([1..3000], function($n) { $n % 3 = 0 })) %}"}
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        **machine(("Q", {"Type": "Pass"})),
    }
    state = {"Type": "Map", "ItemSelector": selector, "ItemProcessor": processor}
    batched = {**state, "ItemBatcher": {"MaxItemsPerBatch": 30}}
    for name, map_state in (("Plain", state), ("Batched", batched)):
        made = states.create(jsonata(("M", map_state)), name)
        request = {"stateMachineArn": made, "input": json.dumps(list(range(60)))}
        execution = states.client.start_execution(**request)["executionArn"]
        assert states.status(execution) == "RUNNING", name
        states.runtime.settle()
        output = states.output(execution)
        assert len(output) == (60 if name == "Plain" else 2)
        assert json.dumps(output).count("1000") == 60


@pytest.mark.slow
@pytest.mark.process
def test_a_long_expression_text_is_compiled_where_nobody_waits(states: States) -> None:
    terms = ", ".join(f"$states.input.n + {number}" for number in range(500))
    execution = states.run(jsonata(passing(f"$sum([{terms}])")), {"n": 1})
    assert states.output(execution) == 500 + sum(range(500))


@pytest.mark.slow
@pytest.mark.process
def test_many_that_evaluate_long_take_turns(states: States) -> None:
    made = states.create(jsonata(passing(LONG)))
    executions = [
        states.client.start_execution(stateMachineArn=made)["executionArn"] for _ in range(8)
    ]
    states.client.stop_execution(executionArn=executions[5])
    states.runtime.settle()
    assert [states.status(execution) for execution in executions] == [
        *["SUCCEEDED"] * 5,
        "ABORTED",
        *["SUCCEEDED"] * 2,
    ]
