"""The CDK's command line against each server, from a ready `cdk.out`; and the short ways of ours.

A row is a process from its start to its end, and the processor time of the server for it, which
does not depend on what else the machine does. What a server cannot do is said in its place. The
command line itself is nearly all of each figure: a second of Node.js, and polls of five seconds
for a server that is not done at the first look. The best of a few rounds is compared: on a machine
with other work the rest says more about that work.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

from benchmarks.servers import SCRATCH, Server, start_groundstate, start_ministack, start_moto
from tests.cdk.command_line import CommandLine, install, make_environment

ROUNDS = 4
SHORT_ROUNDS = 5
TIMEOUT_S = 120
ROOT = Path(__file__).parents[1]
TASKS = "AwsStepfunctionStatusStack"
# What is deployed, in this order: a row's name, the assembly, the command.
ROWS = (
    ("Tasks, create", "tasks-1", "deploy"),
    ("Tasks, again", "tasks-1", "deploy"),
    ("Tasks, update", "tasks-2", "deploy"),
    ("Tasks, destroy", "tasks-2", "destroy"),
    ("parts, create", "parts-1", "deploy"),
    ("parts, update", "parts-2", "deploy"),
    ("parts, destroy", "parts-2", "destroy"),
)
Taken = tuple[float, float] | str
Rows = dict[str, dict[str, list[Taken]]]
OPTIONS = {"deploy": ("--require-approval", "never"), "destroy": ("--force",)}


def main() -> None:
    """Measure all, in turns, and print tables."""
    program = install((SCRATCH / "cdk-cli").absolute())
    with tempfile.TemporaryDirectory(prefix="groundstate-bench-") as name:
        folder = Path(name)
        _synthesize(program, folder)
        rows: Rows = {}
        for number in range(ROUNDS):
            for start in (start_groundstate, start_ministack, start_moto):
                server = start()
                try:
                    home = folder / f"{server.name}-{number}"
                    _measure_command_line(program, folder, home, server, rows)
                finally:
                    server.stop()
                    server.clean()
        _print_rows(rows)
        command_line_s = min(_measured(rows[ROWS[0][0]]["groundstate"]))[0]
        _measure_short_ways(folder, command_line_s)


def _synthesize(program: Path, folder: Path) -> None:
    """Make the assemblies: each app, and each as it is after a change."""
    tasks = folder / "tasks"
    ignored = shutil.ignore_patterns("cdk.out", "__pycache__")
    shutil.copytree(ROOT / "app", tasks, ignore=ignored)
    _synthesize_one(program, tasks, folder / "tasks-1")
    handler = tasks / "lambdas" / "invoke" / "index.py"
    handler.write_text(handler.read_text() + "\n# Changed.\n")
    stack = tasks / "aws_stepfunction_status_stack.py"
    stack.write_text(stack.read_text().replace("Duration.seconds(30)", "Duration.seconds(31)"))
    _synthesize_one(program, tasks, folder / "tasks-2")
    parts = ROOT / "benchmarks" / "apps" / "parts"
    _synthesize_one(program, parts, folder / "parts-1")
    _synthesize_one(program, parts, folder / "parts-2", "--context", "word=second")


def _synthesize_one(program: Path, app: Path, output: Path, *options: str) -> None:
    environment = make_environment("http://127.0.0.1:1", output.parent / "home")
    CommandLine(program, app, environment).run(
        "synth", "--quiet", "--output", str(output), *options
    )


def _measure_command_line(
    program: Path,
    folder: Path,
    home: Path,
    server: Server,
    rows: Rows,
) -> None:
    # moto takes the first number of an address for a bucket; with this name it goes by the path.
    host = "localhost" if server.name == "moto" else "127.0.0.1"
    environment = make_environment(f"http://{host}:{server.port}", home)
    # The command line reads settings where it runs: nothing is there.
    home.mkdir()
    cdk = CommandLine(program, home, environment)
    cdk.run("bootstrap", "--app", str(folder / "tasks-1"))
    broken = ""
    for name, assembly, command in ROWS:
        kind = name.partition(",")[0]
        taken: Taken = "-"
        if broken != kind:
            arguments = (command, "--app", str(folder / assembly), *OPTIONS[command])
            taken = _time_command(cdk, server, *arguments)
        if isinstance(taken, str):
            broken = kind
        rows.setdefault(name, {}).setdefault(server.name, []).append(taken)
        shown = taken if isinstance(taken, str) else f"{taken[0]:.2f} s, server {taken[1]:.2f} s"
        print(f"{server.name:12} {name:16} {shown}", flush=True)


def _time_command(cdk: CommandLine, server: Server, *arguments: str) -> Taken:
    """Seconds that a command took, and the server's processor for it; or why it failed."""
    began_at, cpu_s = time.perf_counter(), server.cpu_s
    try:
        cdk.run(*arguments, timeout_s=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return f"not done after {TIMEOUT_S} s"
    except AssertionError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        telling = [line for line in lines if re.search("(?i)error|failed", line)]
        return f"fails: {(telling or lines)[-1][:80]}"
    return time.perf_counter() - began_at, server.cpu_s - cpu_s


def _measured(taken: list[Taken]) -> list[tuple[float, float]]:
    return [one for one in taken if not isinstance(one, str)]


def _print_rows(rows: Rows) -> None:
    names = list(next(iter(rows.values())))
    print(f"\n{'best, s (server)':18}" + "".join(f"{name:>16}" for name in names))
    for row, found in rows.items():
        best = {}
        for name in names:
            times = _measured(found[name])
            if times:
                best[name] = min(time_s for time_s, _ in times), min(cpu_s for _, cpu_s in times)
        texts = [
            f"{best[name][0]:.2f} ({best[name][1]:.2f})" if name in best else "fails"
            for name in names
        ]
        print(f"{row:18}" + "".join(f"{text:>16}" for text in texts))


def _measure_short_ways(folder: Path, command_line_s: float) -> None:
    """`groundstate deploy` and `groundstate watch`."""
    print()
    server = start_groundstate()
    try:
        creates, updates = [], []
        for _ in range(SHORT_ROUNDS):
            creates.append(_time_groundstate(server, "deploy", str(folder / "tasks-1")))
            updates.append(_time_groundstate(server, "deploy", str(folder / "tasks-2")))
            _time_groundstate(server, "destroy", str(folder / "tasks-2"))
        for name, times in (("create", creates), ("update", updates)):
            print(
                f"groundstate deploy, Tasks, {name:8} {_span(times)};"
                f" cdk deploy is {command_line_s / max(times):.1f} times the worst"
            )
        code, machine = _measure_watch(server, folder / "tasks")
        print(f"watch, from a saved handler to its first answer   {_span(code)}")
        print(f"watch, from the synthesis to the machine's change {_span(machine)}")
    finally:
        server.stop()
        server.clean()


def _span(times: list[float]) -> str:
    return f"{sorted(times)[len(times) // 2]:.3f} s, worst {max(times):.3f} s"


def _time_groundstate(server: Server, *arguments: str) -> float:
    began_at = time.perf_counter()
    subprocess.run(
        [*_groundstate(server, arguments[0]), *arguments[1:]], check=True, capture_output=True
    )
    return time.perf_counter() - began_at


def _groundstate(server: Server, command: str) -> list[str]:
    address = f"http://127.0.0.1:{server.port}"
    program = str(Path(sys.executable).with_name("groundstate"))
    return [program, command, "--endpoint-url", address]


def _measure_watch(server: Server, app: Path) -> tuple[list[float], list[float]]:
    """Seconds until changed code answers, and until a changed machine is there once synthesized."""
    functions, states = _client(server, "lambda"), _client(server, "stepfunctions")
    handler = app / "lambdas" / "invoke" / "index.py"
    stack = app / "aws_stepfunction_status_stack.py"
    node = make_environment("", app)["JSII_NODE"]
    log = app.parent / "watch.log"
    environment = {**os.environ, "JSII_NODE": node}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with log.open("wb") as output:
        watch = subprocess.Popen(
            [*_groundstate(server, "watch"), str(app)],
            env={**environment, "PATH": path},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    code, machine = [], []
    try:
        _until(lambda: "Watching" in log.read_text())
        text, source = handler.read_text(), stack.read_text()
        _invoke(functions)
        for number in range(SHORT_ROUNDS):
            answer = f'    return {{"round": {number}}}\n    """Start an execution'
            handler.write_text(text.replace('    """Start an execution', answer, 1))
            began_at = time.perf_counter()
            _until(lambda n=number: _invoke(functions).get("round") == n)
            code.append(time.perf_counter() - began_at)
            _until(lambda n=number: _count_deployments(log) == n + 2)
        for number in range(SHORT_ROUNDS):
            done = _count_deployments(log)
            begun = log.read_text().count("Deploying ")
            seconds = 40 + number
            stack.write_text(
                re.sub(r"Duration\.seconds\(3\d\)", f"Duration.seconds({seconds})", source)
            )
            _until(lambda n=begun: log.read_text().count("Deploying ") > n)
            began_at = time.perf_counter()
            _until(lambda s=seconds: f'"Seconds":{s}' in _definition(states))
            machine.append(time.perf_counter() - began_at)
            _until(lambda n=done: _count_deployments(log) > n)
    finally:
        os.killpg(watch.pid, signal.SIGTERM)
        watch.wait()
    return code, machine


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)


def _count_deployments(log: Path) -> int:
    """The deployments that have ended: of each there is a line with the stack's name."""
    return log.read_text().count(f"\n{TASKS}: ")


def _client(server: Server, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{server.port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def _invoke(client: Any) -> dict[str, Any]:
    answer = client.invoke(FunctionName="InvokeTaskStepFunction", Payload=b'{"taskId": "Tea"}')
    document = json.loads(answer["Payload"].read())
    return document if isinstance(document, dict) else {}


def _definition(client: Any) -> str:
    (machine,) = client.list_state_machines()["stateMachines"]
    found = client.describe_state_machine(stateMachineArn=machine["stateMachineArn"])
    return str(found["definition"])


if __name__ == "__main__":
    main()
