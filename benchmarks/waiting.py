"""Many executions that wait at once: their memory, their ends, and the rest meanwhile.

    python -m benchmarks waiting            100,000
    python -m benchmarks.waiting 1000000    and a restart in the middle

The executions are started as fast as the clients can; each waits for the same time from its own
start, so they come due at the rate at which they were started.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from typing import Any

from benchmarks.load import Connection, percentile
from benchmarks.servers import Server, start_groundstate
from benchmarks.tasks_workflow import set_up

CLIENTS = 8
PROBES_PER_S = 20


async def start_all(server: Server, count: int, wait_s: int) -> tuple[str, float]:
    """Start all of them; the state machine's ARN and the time when the last one was started."""
    connections = [await Connection("127.0.0.1", server.port).open() for _ in range(CLIENTS)]
    machine = await set_up(connections[0], wait_s)
    numbers = iter(range(count))

    async def client(connection: Connection) -> None:
        for number in numbers:
            document = json.dumps({"taskId": f"task-{number}", "timestamp": number})
            status, answer = await connection.call(
                "states",
                "StartExecution",
                {"stateMachineArn": machine, "input": document, "name": f"n{number}"},
            )
            assert status == 200, answer

    await asyncio.gather(*(client(connection) for connection in connections))
    for connection in connections:
        connection.close()
    return machine, time.time()


async def probe(server: Server, seconds: float) -> list[float]:
    """How long a GetItem takes meanwhile, in milliseconds."""
    connection = await Connection("127.0.0.1", server.port).open()
    times = []
    end_at = time.perf_counter() + seconds
    while time.perf_counter() < end_at:
        began_at = time.perf_counter()
        key = {"taskId": {"S": "nobody"}, "timestamp": {"N": "0"}}
        await connection.call("dynamodb", "GetItem", {"TableName": "Tasks", "Key": key})
        times.append((time.perf_counter() - began_at) * 1000)
        await asyncio.sleep(1 / PROBES_PER_S)
    connection.close()
    return times


async def lateness(server: Server, machine: str, count: int, wait_s: int) -> float:
    """How much later than due the last sampled execution ended, in seconds."""
    connection = await Connection("127.0.0.1", server.port).open()
    worst = 0.0
    for number in [*range(0, count, max(1, count // 500)), count - 1]:
        arn = machine.replace(":stateMachine:", ":execution:") + f":n{number}"
        while True:
            _, found = await connection.call("states", "DescribeExecution", {"executionArn": arn})
            if found["status"] != "RUNNING":
                break
            await asyncio.sleep(0.05)
        assert found["status"] == "SUCCEEDED", found
        worst = max(worst, found["stopDate"] - found["startDate"] - wait_s)
    connection.close()
    return worst


def restart_when_overdue(server: Server, machine: str, wait_s: int) -> Server:
    """Kill the process, wait until the first timer is overdue, start again, time its service."""
    folder, port = server.data_dir, server.port
    first = machine.replace(":stateMachine:", ":execution:") + ":n0"
    due_at = asyncio.run(describe(server, first))["startDate"] + wait_s
    server.stop(signal.SIGKILL)
    time.sleep(max(0.0, due_at + 1 - time.time()))
    began_at = time.perf_counter()
    server = start_groundstate(folder, port)
    print(f"restart after kill -9: answers after {time.perf_counter() - began_at:.2f} s")
    while asyncio.run(describe(server, first))["status"] == "RUNNING":
        time.sleep(0.005)
    print(f"first overdue timer served {time.perf_counter() - began_at:.2f} s after the start")
    return server


async def describe(server: Server, arn: str) -> dict[str, Any]:
    """One DescribeExecution on a connection of its own."""
    connection = await Connection("127.0.0.1", server.port).open()
    _, found = await connection.call("states", "DescribeExecution", {"executionArn": arn})
    connection.close()
    return dict(found)


def measure(count: int, wait_s: int, *, restart: bool) -> None:
    """Run it all once and print what was seen."""
    server = start_groundstate()
    try:
        asyncio.run(start_all(server, 2000, 0))
        memory = server.memory_bytes
        server.stop()
        server.clean()
        server = start_groundstate()
        began_at = time.time()
        machine, ended_at = asyncio.run(start_all(server, count, wait_s))
        grown = server.memory_bytes - memory
        print(
            f"{count} started in {ended_at - began_at:.1f} s: {count / (ended_at - began_at):.0f}/s"
        )
        print(f"memory: {memory / 2**20:.0f} MiB before, {grown / count:.0f} bytes more for each")
        times = asyncio.run(probe(server, 3))
        p50_ms, p99_ms = percentile(times, 0.5), percentile(times, 0.99)
        print(f"GetItem meanwhile: p50 {p50_ms:.2f} ms, p99 {p99_ms:.2f} ms")
        if restart:
            server = restart_when_overdue(server, machine, wait_s)
        late_s = asyncio.run(lateness(server, machine, count, wait_s))
        print(f"all ended; the latest of those looked at was {late_s:.2f} s late")
    finally:
        server.stop()
        server.clean()


def main() -> None:
    """100,000 without a restart, unless the command line says otherwise."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 100_000
    measure(count, wait_s=max(60, count // 1500), restart=count > 100_000)


if __name__ == "__main__":
    main()
