"""Latency of other calls while hostile definitions and inputs keep the service busy.

Each case loads a served runtime with one kind of hostile work from two connections for some
seconds; meanwhile a second client, a process of its own, reads an item again and again. What it
waits is what is printed: p50, p99 and the longest wait, and what became of the hostile work.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from typing import Any

from benchmarks.load import Connection, percentile
from benchmarks.servers import Server, start_groundstate

SECONDS = 3.0
CLIENTS = 2
PAUSE_S = 0.002
START_S = 3.0
BOUND_S = 0.100

TABLE = {
    "TableName": "Bystander",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
ITEM = {"id": {"S": "a"}, "text": {"S": "x" * 1000}}

# Machines that call nothing need no role that exists.
ROLE = "arn:aws:iam::000000000000:role/nobody"

_names = itertools.count()


def passes(count: int, padding: str = "") -> dict[str, Any]:
    """A chain of Pass states."""
    states: dict[str, Any] = {
        f"S{number}": {"Type": "Pass", "Next": f"S{number + 1}"} for number in range(count - 1)
    }
    states[f"S{count - 1}"] = {"Type": "Pass", "End": True}
    if padding:
        states["S0"]["Comment"] = padding
    return {"StartAt": "S0", "States": states}


def nested(depth: int) -> str:
    """A Parallel in a Map in a Parallel, and so on: deeper than `json` writes."""
    inner = json.dumps(passes(1))
    for level in range(depth):
        kind = '"Map", "ItemProcessor": %s' if level % 2 else '"Parallel", "Branches": [%s]'
        state = f'{{"Type": {kind % inner}, "End": true}}'
        inner = f'{{"StartAt": "N{level}", "States": {{"N{level}": {state}}}}}'
    return inner


def jsonata(expression: str) -> dict[str, Any]:
    """One Pass state whose output is an expression."""
    state = {"Type": "Pass", "Output": f"{{% {expression} %}}", "End": True}
    return {"QueryLanguage": "JSONata", "StartAt": "J", "States": {"J": state}}


def chosen(rule: dict[str, Any]) -> dict[str, Any]:
    """One Choice state."""
    states = {
        "C": {"Type": "Choice", "Choices": [{**rule, "Next": "End"}], "Default": "End"},
        "End": {"Type": "Succeed"},
    }
    return {"StartAt": "C", "States": states}


def selected(path: str) -> dict[str, Any]:
    """One Pass state that reads a path."""
    state = {"Type": "Pass", "Parameters": {"found.$": path}, "End": True}
    return {"StartAt": "P", "States": {"P": state}}


ENDLESS = {
    "StartAt": "A",
    "States": {
        "A": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "B"}],
            "Default": "B",
        },
        "B": {"Type": "Pass", "Next": "C"},
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "End"}],
            "Default": "A",
        },
        "End": {"Type": "Succeed"},
    },
}


def mapped(**processor: Any) -> dict[str, Any]:
    """A Map over `$.items`, one Pass state for each."""
    state = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": {**processor, **passes(1)},
        "ResultPath": None,
        "End": True,
    }
    return {"StartAt": "M", "States": {"M": state}}


def deep(levels: int) -> str:
    """JSON nested so deep."""
    return '{"a":' * levels + "1" + "}" * levels


REPEATED = json.dumps({"text": "a" * 30_000 + "!", "items": ["a" * 40 + "!"] * 2000})
WIDE = json.dumps({"items": [{"id": n, "text": "x" * 10} for n in range(6500)]})
NESTED_LISTS = json.dumps({"items": [[[[n] * 4] * 4] * 4 for n in range(200)]})

# name, definition, input
EXECUTED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("JSONata: endless recursion", jsonata("($f := function($n) { $f($n + 1) }; $f(1))"), "{}"),
    ("JSONata: deep recursion", jsonata("($f := function($n) { 1 + $f($n + 1) }; $f(1))"), "{}"),
    (
        "JSONata: $map in $map",
        jsonata("$map([1..9999], function($i) { $map([1..9999], function($j) { $j }) })"),
        "{}",
    ),
    (
        "JSONata: ranges in $map",
        jsonata("$map([1..99999], function($i) { [1..800000] })"),
        "{}",
    ),
    (
        "JSONata: a string doubled",
        jsonata("$reduce([1..60], function($text, $n) { $text & $text }, 'x')"),
        "{}",
    ),
    (
        "JSONata: an array doubled",
        jsonata("$reduce([1..60], function($all, $n) { $append($all, $all) }, [1, 2])"),
        "{}",
    ),
    ("JSONata: $pad", jsonata("$pad('x', 1000000000)"), "{}"),
    (
        "JSONata: a regex that explodes",
        jsonata("$match($states.input.text, /(a+)+$/)"),
        REPEATED,
    ),
    (
        "JSONata: $replace that explodes",
        jsonata("$states.input.items.$replace($, /(a|aa)+$/, 'b')"),
        REPEATED,
    ),
    ("JSONata: sorting", jsonata("$sort($states.input.items, function($a, $b) {"
     " $a.text & $string($a.id) > $b.text & $string($b.id) }).id"), WIDE),
    ("JSONata: descendants", jsonata("$count($states.input.**.**.**)"), NESTED_LISTS),
    ("JSONata: a great power", jsonata("$string($power(10, 308) * 10) & $formatBase(1e300, 2)"),
     "{}"),
    ("JSONPath: a regex that explodes", selected("$.items[?(@ =~ /(a|aa)+$/)]"), REPEATED),
    ("JSONPath: descendants", selected("$..*..*..*..*.length()"), NESTED_LISTS),
    ("JSONPath: filters in filters", selected("$.items[?(@.id in $.items[?(@.id > 1)].id)].id"),
     WIDE),
    (
        "StringMatches",
        chosen({"Variable": "$.text", "StringMatches": "*a" * 100 + "*b"}),
        REPEATED,
    ),
    ("history of 25,000 events", ENDLESS, "{}"),
    ("input of 256 KB through 40 states", passes(40), WIDE),
    ("input of 1,000 levels", passes(3), deep(1000)),
    ("input of 20,000 levels", passes(3), deep(20_000)),
    ("inline Map of 10,000", mapped(), json.dumps({"items": list(range(10_000))})),
    (
        "distributed Map of 10,000",
        mapped(ProcessorConfig={"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}),
        json.dumps({"items": list(range(10_000))}),
    ),
)  # fmt: skip

# name, definition
CREATED: tuple[tuple[str, str], ...] = (
    ("definition of 10,000 states", json.dumps(passes(10_000))),
    ("definition of 1 MB", json.dumps(passes(1000, "x" * 950_000))),
    ("nesting of 500", nested(500)),
    ("JSONata of 20,000 terms", json.dumps(jsonata(" + ".join(["1"] * 20_000)))),
    ("JSONata of 5,000 brackets", json.dumps(jsonata("(" * 5000 + "1" + ")" * 5000))),
)


@dataclass
class Load:
    """One kind of hostile work: what a client does again and again, and what became of it."""

    name: str
    work: Callable[[Connection, Counter[str]], Awaitable[None]]


def bystander(port: int, pipe: Pipe) -> None:
    """Read an item again and again; send (when, how long) whenever asked (a process of its own)."""
    asyncio.run(_bystand(port, pipe))


async def _bystand(port: int, pipe: Pipe) -> None:
    connection = await Connection("127.0.0.1", port).open()
    request = {"TableName": "Bystander", "Key": {"id": {"S": "a"}}}
    waits: list[float] = []
    while True:
        began_at = time.perf_counter()
        status, _ = await connection.call("dynamodb", "GetItem", request)
        assert status == 200, status
        waits.append(time.perf_counter() - began_at)
        if pipe.poll():
            if pipe.recv() == "end":
                return
            pipe.send(waits)
            waits = []
        await asyncio.sleep(PAUSE_S)


async def create(connection: Connection, definition: str) -> str:
    """Make a machine; its ARN, or what it was refused with."""
    request = {"name": f"m{next(_names)}", "definition": definition, "roleArn": ROLE}
    _, made = await connection.call("states", "CreateStateMachine", request)
    return made.get("stateMachineArn") or _text_of(made)


def _text_of(error: dict[str, Any]) -> str:
    kind = str(error.get("__type", error)).rpartition("#")[2]
    return f"{kind}: {str(error.get('message'))[:60]}"


def creating(name: str, definition: str) -> Load:
    """Create a machine of this definition."""

    async def work(connection: Connection, outcomes: Counter[str]) -> None:
        made = await create(connection, definition)
        outcomes["created" if made.startswith("arn:") else made] += 1

    return Load(f"create: {name}", work)


def executing(name: str, machine: str, document: str) -> Load:
    """Run an execution and wait for its end."""

    async def work(connection: Connection, outcomes: Counter[str]) -> None:
        request = {"stateMachineArn": machine, "input": document}
        _, started = await connection.call("states", "StartExecution", request)
        if "executionArn" not in started:
            outcomes[_text_of(started)] += 1
            return
        described = {"executionArn": started["executionArn"]}
        while True:
            _, found = await connection.call("states", "DescribeExecution", described)
            if found["status"] != "RUNNING":
                break
            await asyncio.sleep(0.005)
        outcomes[f"{found['status']} {found.get('error', '')} {found.get('cause', '')[-50:]}"] += 1

    return Load(name, work)


def reading_history(execution: str, *, reverse: bool) -> Load:
    """Read a whole history, a thousand events at a time."""

    async def work(connection: Connection, outcomes: Counter[str]) -> None:
        request = {"executionArn": execution, "maxResults": 1000, "reverseOrder": reverse}
        count = 0
        while True:
            _, page = await connection.call("states", "GetExecutionHistory", request)
            count += len(page["events"])
            if "nextToken" not in page:
                break
            request["nextToken"] = page["nextToken"]
        outcomes[f"{count} events"] += 1

    return Load(f"GetExecutionHistory{' reversed' if reverse else ''}", work)


async def measure(server: Server, load: Load | None, pipe: Pipe, seconds: float = SECONDS) -> bool:
    """Load the server and print what the bystander waited; False if p99 was over the bound."""
    pipe.send("ask")
    pipe.recv()
    outcomes: Counter[str] = Counter()
    until = time.perf_counter() + seconds

    async def client() -> None:
        connection = await Connection("127.0.0.1", server.port).open()
        while load is not None and time.perf_counter() < until:
            await load.work(connection, outcomes)
        connection.close()

    if load is None:
        await asyncio.sleep(seconds)
    else:
        await asyncio.gather(*(client() for _ in range(CLIENTS)))
    pipe.send("ask")
    waits = pipe.recv()
    p99 = percentile(waits, 0.99)
    print(
        f"{load.name if load else 'nothing else':36} p50 {percentile(waits, 0.5) * 1000:6.1f} ms"
        f"  p99 {p99 * 1000:6.1f} ms  max {max(waits) * 1000:6.1f} ms  "
        f" {', '.join(f'{count} x {text.strip()}' for text, count in outcomes.items())}",
        flush=True,
    )
    return p99 < BOUND_S


async def prepare(server: Server) -> None:
    """Make the item that the bystander reads."""
    connection = await Connection("127.0.0.1", server.port).open()
    await connection.call("dynamodb", "CreateTable", TABLE)
    await connection.call("dynamodb", "PutItem", {"TableName": "Bystander", "Item": ITEM})
    connection.close()


async def run(server: Server, pipe: Pipe, wanted: str) -> list[str]:
    """All cases whose name has `wanted` in it; the names of those over the bound."""
    connection = await Connection("127.0.0.1", server.port).open()
    loads: list[Load | None] = [None]
    loads += [creating(name, definition) for name, definition in CREATED]
    for name, definition, document in EXECUTED:
        machine = await create(connection, json.dumps(definition))
        loads.append(executing(name, machine, document))
    loads += [await _history(connection, reverse=reverse) for reverse in (False, True)]
    over = [
        load.name if load else "nothing else"
        for load in loads
        if (load is None or wanted in load.name) and not await measure(server, load, pipe)
    ]
    connection.close()
    return over


async def _history(connection: Connection, *, reverse: bool) -> Load:
    machine = await create(connection, json.dumps(ENDLESS))
    _, started = await connection.call(
        "states", "StartExecution", {"stateMachineArn": machine, "input": "{}"}
    )
    return reading_history(started["executionArn"], reverse=reverse)


async def run_restarted(server: Server, pipe: Pipe, machine: str) -> bool:
    """Start a machine of 10,000 states that this process has not compiled yet."""
    # The services that nobody has asked for yet are imported in the first moments.
    await asyncio.sleep(START_S)
    return await measure(server, executing("10,000 states after a restart", machine, "{}"), pipe)


def main(wanted: str = "") -> None:
    """Measure all cases, then the first execution after a restart."""
    server = start_groundstate()
    try:
        over = _beside(server, lambda pipe: run(server, pipe, wanted), prepared=False)
        machine = asyncio.run(_create_long(server))
        server.stop()
        server = start_groundstate(server.data_dir)
        if not _beside(server, lambda pipe: run_restarted(server, pipe, machine), prepared=True):
            over.append("10,000 states after a restart")
    finally:
        server.stop()
        server.clean()
    bound_ms = BOUND_S * 1000
    print(f"p99 over {bound_ms:.0f} ms: {', '.join(over) or 'nowhere'}")


def _beside(server: Server, work: Callable[[Pipe], Awaitable[Any]], *, prepared: bool) -> Any:
    """Do work while a bystander measures."""
    if not prepared:
        asyncio.run(prepare(server))
    ours, its = multiprocessing.Pipe()
    # `python -m benchmarks` has no guard that a spawned process would need.
    context = multiprocessing.get_context("fork")
    process = context.Process(target=bystander, args=(server.port, its))
    process.start()
    try:

        async def working() -> Any:
            return await work(ours)

        return asyncio.run(working())
    finally:
        ours.send("end")
        process.join(10)
        if process.is_alive():
            process.kill()


async def _create_long(server: Server) -> str:
    connection = await Connection("127.0.0.1", server.port).open()
    made = await create(connection, json.dumps(passes(10_000)))
    connection.close()
    assert made.startswith("arn:"), made
    return str(made)


if __name__ == "__main__":
    main()
