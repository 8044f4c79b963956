"""Transitions a second: a loop of Pass states, Maps, a Parallel, a JSONata transform.

A case starts its executions by 8 clients and waits for them all; long ones are started alone or
few at a time, short ones many. Requests are written and signed before the time begins. The median
of several rounds, after one to warm up, of a server that has settled: a round may last ten
milliseconds.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from typing import Any

from benchmarks.load import Connection, make_prepare
from benchmarks.raw_load import drive_executions
from benchmarks.servers import Server, start_groundstate, start_ministack, start_moto
from benchmarks.tasks_workflow import make_role

ROUNDS = 3
CLIENTS = 8
GIVE_UP_S = 30.0

LOOP = {
    "StartAt": "Count",
    "States": {
        "Count": {
            "Type": "Pass",
            "Parameters": {"n.$": "States.MathAdd($.n, 1)"},
            "Next": "More?",
        },
        "More?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.n", "NumericLessThan": 500, "Next": "Count"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
    },
}
ONE_PASS = {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}
INLINE_MAP = {
    "StartAt": "M",
    "States": {
        "M": {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": ONE_PASS, "End": True}
    },
}
DISTRIBUTED_MAP = {
    "StartAt": "M",
    "States": {
        "M": {
            "Type": "Map",
            "ItemsPath": "$.items",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
                **ONE_PASS,
            },
            "ResultPath": None,
            "End": True,
        }
    },
}
PARALLEL = {
    "StartAt": "B",
    "States": {
        "B": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": f"P{n}", "States": {f"P{n}": {"Type": "Pass", "End": True}}}
                for n in range(40)
            ],
            "ResultPath": None,
            "End": True,
        }
    },
}
JSONATA = {
    "QueryLanguage": "JSONata",
    "StartAt": "T",
    "States": {
        "T": {
            "Type": "Pass",
            "Output": (
                "{% {'total': $sum($states.input.items.(price * count)), 'names':"
                " $states.input.items[price > 50].name, 'sorted': $sort($states.input.items,"
                " function($a, $b) { $a.price > $b.price }).price} %}"
            ),
            "End": True,
        }
    },
}
ITEMS = [{"name": f"item {n}", "price": (n * 37) % 101, "count": n % 7} for n in range(200)]

# name, definition, input, transitions of one execution, executions of a round
CASES: tuple[tuple[str, dict[str, Any], dict[str, Any], int, int], ...] = (
    ("loop of 1,000 transitions", LOOP, {"n": 0}, 1001, 5),
    ("inline Map of 5,000 items", INLINE_MAP, {"items": list(range(5000))}, 5001, 1),
    ("Parallel of 40 branches", PARALLEL, {}, 41, 150),
    ("JSONata over 200 items", JSONATA, {"items": ITEMS}, 1, 50),
    # Last: a server that is given up on is still at work.
    ("distributed Map of 10,000", DISTRIBUTED_MAP, {"items": list(range(10_000))}, 10_001, 1),
)


async def measure(server: Server) -> dict[str, float]:
    """Transitions a second of each case; a case that fails is left out."""
    role = make_role(server.port)
    server.settle()
    found = {}
    for number, (name, definition, document, transitions, count) in enumerate(CASES):
        connection = await Connection("127.0.0.1", server.port).open()
        _, made = await connection.call(
            "states",
            "CreateStateMachine",
            {"name": f"case{number}", "definition": json.dumps(definition), "roleArn": role},
        )
        connection.close()
        try:
            if "stateMachineArn" not in made:
                raise RuntimeError(str(made)[:80])
            times = [
                run(server.port, made["stateMachineArn"], json.dumps(document), count)
                for _ in range(ROUNDS + 1)
            ][1:]
        except (RuntimeError, TimeoutError) as error:
            print(f"{server.name:12} {name:28} {error}", flush=True)
            continue
        found[name] = transitions * count / statistics.median(times)
        print(f"{server.name:12} {name:28} {found[name]:10.0f} transitions/s", flush=True)
    return found


def run(port: int, machine: str, document: str, count: int) -> float:
    """Start executions and wait for them all: how long it took, in seconds."""
    prepare = make_prepare(port)
    arn = machine.replace(":stateMachine:", ":execution:")
    # moto makes up no name of its own.
    names = [f"n{time.monotonic_ns()}-{number}" for number in range(count)]
    request = {"stateMachineArn": machine, "input": document}
    starts = [prepare("states", "StartExecution", {**request, "name": name}) for name in names]
    looks = {
        name: prepare("states", "DescribeExecution", {"executionArn": f"{arn}:{name}"})
        for name in names
    }
    began_at = time.perf_counter()
    drive_executions(port, starts, looks, CLIENTS, pause_s=0.005, give_up_s=GIVE_UP_S)
    return time.perf_counter() - began_at


def main() -> None:
    """Measure all and print how many times the better rival Groundstate is."""
    results: dict[str, dict[str, float]] = {}
    for start in (start_groundstate, start_ministack, start_moto):
        server = start()
        try:
            results[server.name] = asyncio.run(measure(server))
        finally:
            server.stop()
            server.clean()
    for name, *_ in CASES:
        rivals = [
            found[name]
            for server, found in results.items()
            if server != "groundstate" and name in found
        ]
        ours = results["groundstate"].get(name)
        if ours and rivals:
            print(f"{name:28} {ours / max(rivals):.1f} times the better rival")


if __name__ == "__main__":
    main()
