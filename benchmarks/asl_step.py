"""What the core costs: microseconds of CPU for an execution of the Tasks machine, and others.

    python benchmarks/asl_step.py

The figures are of the core alone: no store, no service, no HTTP. The Tasks machine is run as an
executor would run it: both tasks are answered at once, its Wait has 0 seconds, 14 events are built.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from groundstate import asl
from groundstate.asl.interface import (
    Continue,
    ExecutionInfo,
    Finish,
    ScheduleTask,
    SetTimer,
    Started,
    TaskSucceeded,
    TimerFired,
)

RESULT = {
    "SdkHttpMetadata": {
        "AllHttpHeaders": {
            "Server": ["Server"],
            "Connection": ["keep-alive"],
            "x-amzn-RequestId": ["0D4F9A2C-6C1B-4A8E-9C53-0F6B7C3E1D2A"],
            "x-amz-crc32": ["2745614147"],
            "Content-Length": ["2"],
            "Date": ["Mon, 23 Nov 2026 07:00:00 GMT"],
            "Content-Type": ["application/x-amz-json-1.0"],
        },
        "HttpHeaders": {
            "Connection": "keep-alive",
            "Content-Length": "2",
            "Content-Type": "application/x-amz-json-1.0",
            "Date": "Mon, 23 Nov 2026 07:00:00 GMT",
            "Server": "Server",
            "x-amz-crc32": "2745614147",
            "x-amzn-RequestId": "0D4F9A2C-6C1B-4A8E-9C53-0F6B7C3E1D2A",
        },
        "HttpStatusCode": 200,
    },
    "SdkResponseMetadata": {"RequestId": "0D4F9A2C-6C1B-4A8E-9C53-0F6B7C3E1D2A"},
}


def tasks_machine(wait_s: int) -> str:
    """The state machine of the Tasks application."""
    return json.dumps(
        {
            "StartAt": "Insert Task",
            "States": {
                "Insert Task": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::dynamodb:putItem",
                    "Parameters": {
                        "TableName": "Tasks",
                        "Item": {
                            "taskId": {"S.$": "$.taskId"},
                            "status": {"S": "STARTED"},
                        },
                    },
                    "ResultPath": None,
                    "Next": "Wait",
                },
                "Wait": {"Type": "Wait", "Seconds": wait_s, "Next": "Update Task"},
                "Update Task": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::dynamodb:updateItem",
                    "Parameters": {
                        "TableName": "Tasks",
                        "Key": {"taskId": {"S.$": "$.taskId"}},
                        "UpdateExpression": "SET #s = :s",
                        "ExpressionAttributeNames": {"#s": "status"},
                        "ExpressionAttributeValues": {":s": {"S": "Done"}},
                    },
                    "ResultPath": None,
                    "End": True,
                },
            },
        }
    )


def info(text: str) -> ExecutionInfo:
    """An execution of that input."""
    return ExecutionInfo(
        "arn:aws:states:us-east-1:000000000000:execution:Tasks:one",
        "one",
        "arn:aws:iam::000000000000:role/Tasks",
        "arn:aws:states:us-east-1:000000000000:stateMachine:Tasks",
        "Tasks",
        text,
        1_700_000_000.0,
    )


def run(machine: asl.Machine, text: str, *, dump: bool = False) -> int:
    """Run an execution to its end, answering tasks and timers at once; returns its events."""
    now, entropy = 1_700_000_000.0, 1
    execution, outcome = asl.begin(machine, info(text), Started(now, entropy))
    events = len(outcome.events)
    while True:
        answer: Any = Continue(now, entropy) if outcome.more else None
        for command in outcome.commands:
            if type(command) is ScheduleTask:
                answer = TaskSucceeded(now, entropy, command.task_id, RESULT)
            elif type(command) is SetTimer:
                answer = TimerFired(command.due_at, entropy, command.timer_id)
            elif type(command) is Finish:
                return events
        if dump:
            execution = asl.Execution.load(machine, execution.info, execution.dump())
        outcome = asl.step(machine, execution, answer)
        events += len(outcome.events)


def measure(name: str, work: Callable[[], int], repeat: int) -> None:
    """Print the best of five rounds: microseconds a run and an event."""
    work()
    best, events = float("inf"), 0
    for _ in range(5):
        begin = time.process_time()
        for _ in range(repeat):
            events = work()
        best = min(best, (time.process_time() - begin) / repeat)
    print(f"{name:44s} {best * 1e6:12.1f} µs a run {best / events * 1e6:8.2f} µs an event")


def loop_machine() -> str:
    """A Pass-only loop of 1,000 transitions."""
    return json.dumps(
        {
            "StartAt": "Count",
            "States": {
                "Count": {
                    "Type": "Pass",
                    "Parameters": {"n.$": "States.MathAdd($.n, -1)"},
                    "Next": "More?",
                },
                "More?": {
                    "Type": "Choice",
                    "Choices": [{"Variable": "$.n", "NumericGreaterThan": 0, "Next": "Count"}],
                    "Default": "Done",
                },
                "Done": {"Type": "Succeed"},
            },
        }
    )


def map_machine() -> str:
    """An inline Map with a Pass for each item."""
    return json.dumps(
        {
            "StartAt": "Each",
            "States": {
                "Each": {
                    "Type": "Map",
                    "ItemProcessor": {
                        "StartAt": "One",
                        "States": {"One": {"Type": "Pass", "End": True}},
                    },
                    "End": True,
                }
            },
        }
    )


def parallel_machine(branches: int) -> str:
    """A Parallel with a Pass in each branch."""
    return json.dumps(
        {
            "StartAt": "All",
            "States": {
                "All": {
                    "Type": "Parallel",
                    "Branches": [
                        {"StartAt": f"B{n}", "States": {f"B{n}": {"Type": "Pass", "End": True}}}
                        for n in range(branches)
                    ],
                    "End": True,
                }
            },
        }
    )


def jsonata_machine() -> str:
    """A JSONata transform of a list."""
    return json.dumps(
        {
            "QueryLanguage": "JSONata",
            "StartAt": "Transform",
            "States": {
                "Transform": {
                    "Type": "Pass",
                    "Output": {
                        "total": "{% $sum($states.input.lines.(price * quantity)) %}",
                        "names": "{% $states.input.lines[price > 10].name %}",
                    },
                    "End": True,
                }
            },
        }
    )


def main() -> None:
    task = '{"taskId": "Breakfast"}'
    tasks = asl.compile_machine(tasks_machine(0))
    measure("Tasks machine, 14 events", lambda: run(tasks, task), 2000)
    measure("the same, loaded at each step", lambda: run(tasks, task, dump=True), 2000)
    loop = asl.compile_machine(loop_machine())
    measure("loop of 1,000 transitions", lambda: run(loop, '{"n": 500}'), 5)
    each = asl.compile_machine(map_machine())
    items = json.dumps(list(range(5000)))
    measure("inline Map of 5,000 items", lambda: run(each, items), 2)
    branches = asl.compile_machine(parallel_machine(40))
    measure("Parallel of 40 branches", lambda: run(branches, task), 50)
    transform = asl.compile_machine(jsonata_machine())
    lines = json.dumps({"lines": [{"name": f"n{n}", "price": n, "quantity": 2} for n in range(20)]})
    measure("JSONata transform", lambda: run(transform, lines), 500)
    text = tasks_machine(0)
    measure("compile the Tasks machine", lambda: asl.compile_machine(text) and 1, 200)


if __name__ == "__main__":
    main()
