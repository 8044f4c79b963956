"""Runs recorded executions of AWS against the pure core, with virtual time and made-up tasks.

The data is found through GROUNDSTATE_CONFORMANCE, or in a folder `shared` beside the repository.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from groundstate import asl
from groundstate.asl import interface

START = 1_700_000_000.0
REGION, ACCOUNT = "us-east-1", "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/recorded"
SUPPORTED_NEEDS = frozenset(("lambda",))

_TEMPLATE = re.compile(r"@@([^@]+)@@")


def find_data() -> Path | None:
    """The folder with the recorded cases, or None."""
    given = os.environ.get("GROUNDSTATE_CONFORMANCE")
    beside = Path(__file__).resolve().parents[4] / "shared" / "conformance"
    folder = Path(given) if given else beside
    folder = folder / "asl" if (folder / "asl").is_dir() else folder
    return folder if (folder / "run_cases.py").is_file() else None


def load_runner(folder: Path) -> ModuleType:
    """The recordings' own runner, for its comparison."""
    spec = importlib.util.spec_from_file_location("recorded_run_cases", folder / "run_cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_cases(folder: Path) -> list[dict[str, Any]]:
    """The recorded executions whose needs this harness can play."""
    cases: list[dict[str, Any]] = []
    for file in sorted(folder.glob("*.json")):
        found = json.loads(file.read_text())["cases"]
        cases.extend(case for case in found if _is_playable(case))
    return cases


def _is_playable(case: dict[str, Any]) -> bool:
    return case["kind"] == "execution" and set(case.get("needs", ())) <= SUPPORTED_NEEDS


class Played:
    """One case played to its end.

    Attributes:
        events: its history.
        finish: the command that ended it, or None.
    """

    def __init__(self, case: dict[str, Any], *, reload: bool = False) -> None:
        self.case = case
        self.reload = reload
        self.now = START
        self.count = 0
        self.events: list[dict[str, Any]] = []
        self.finish: interface.Finish | None = None
        self.lambdas: dict[str, str] = {}
        self.values: dict[str, Any] = {}
        self._setup()

    # -------------------------------------------------------------------------------- set-up

    def _setup(self) -> None:
        for step in self.case.get("setup", ()):
            if step.get("make") == "lambda":
                name = self.fill(step["name"])
                arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
                self.lambdas[name] = self.lambdas[arn] = step["behaviour"]
                self.values[step["id"]] = {"FunctionArn": arn, "FunctionName": name}

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.fill(key): self.fill(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, str):
            return _TEMPLATE.sub(self._template, value)
        return value

    def _template(self, match: re.Match[str]) -> str:
        word = match.group(1)
        if word.startswith("uid:"):
            return f"u{word[4:]}"
        if word.startswith("now"):
            moment = datetime.fromtimestamp(START + float(word[3:] or 0), UTC)
            return f"{moment:%Y-%m-%dT%H:%M:%S}"
        known = {"role": ROLE, "account": ACCOUNT, "region": REGION}
        if word in known:
            return known[word]
        step, _, member = word.partition(".")
        return str(self.values[step][member])

    @property
    def definition(self) -> str:
        if "definition" in self.case:
            return json.dumps(self.fill(self.case["definition"]))
        return str(self.fill(self.case["definition_text"]))

    @property
    def input_text(self) -> str:
        if "input" in self.case:
            return json.dumps(self.fill(self.case["input"]))
        return str(self.fill(self.case.get("input_text", "{}")))

    # ------------------------------------------------------------------------------- playing

    def play(self) -> Played:
        machine = asl.compile_machine(self.definition, type=self.case.get("type", "STANDARD"))
        self._run(machine, self._info("m", "e", self.input_text), self.events)
        return self

    def _info(self, machine: str, name: str, text: str) -> interface.ExecutionInfo:
        return interface.ExecutionInfo(
            f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine}:{name}",
            name,
            ROLE,
            f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{machine}",
            machine,
            text,
            self.now,
        )

    def _run(
        self, machine: asl.Machine, info: interface.ExecutionInfo, events: list[dict[str, Any]]
    ) -> interface.Finish | None:
        execution, outcome = asl.begin(machine, info, interface.Started(self.now, self._entropy()))
        timers: dict[int, float] = {}
        queue: list[interface.Input] = []
        while True:
            events.extend(outcome.events)
            if outcome.more:
                queue.insert(0, interface.Continue(self.now, self._entropy()))
            for command in outcome.commands:
                if isinstance(command, interface.Finish):
                    if events is self.events:
                        self.finish = command
                    return command
                self._carry_out(command, timers, queue, machine, execution)
            if self.reload:
                execution = asl.Execution.load(machine, info, execution.dump())
            if not queue:
                if not timers:
                    return None
                timer_id = min(timers, key=lambda key: (timers[key], key))
                self.now = max(self.now, timers.pop(timer_id))
                queue.append(interface.TimerFired(self.now, self._entropy(), timer_id))
            outcome = asl.step(machine, execution, queue.pop(0))

    def _entropy(self) -> int:
        self.count += 1
        return self.count * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128)

    def _carry_out(
        self,
        command: Any,
        timers: dict[int, float],
        queue: list[interface.Input],
        machine: asl.Machine,
        execution: asl.Execution,
    ) -> None:
        if isinstance(command, interface.SetTimer):
            timers[command.timer_id] = command.due_at
        elif isinstance(command, interface.CancelTimer):
            timers.pop(command.timer_id, None)
        elif isinstance(command, interface.ScheduleTask):
            queue.append(self._perform(command))
        elif isinstance(command, interface.StartMapRun):
            queue.append(self._map_run(command, machine, execution))

    def _map_run(
        self, command: interface.StartMapRun, machine: asl.Machine, execution: asl.Execution
    ) -> interface.Input:
        outputs: list[Any] = []
        child = machine.processor(command.state_name)
        for index, item in enumerate(command.items or []):
            text = asl.select_item(
                machine, execution, command.task_id, index, item, self.now, self._entropy()
            )
            assert isinstance(text, str)
            info = self._info(f"m/{command.label}", f"c{index}", text)
            finish = self._run(child, info, [])
            assert finish is not None
            if finish.output is not None:
                outputs.append(json.loads(finish.output))
        return interface.MapRunSucceeded(self.now, self._entropy(), command.task_id, outputs)

    def _perform(self, task: interface.ScheduleTask) -> interface.Input:
        assert task.resource.service == "lambda", task.resource
        plain = task.resource.kind == "lambda"
        function = task.resource.arn if plain else task.parameters["FunctionName"]
        payload = task.parameters if plain else _sent(task.parameters.get("Payload"))
        behaviour = self.lambdas.get(function)
        if behaviour is None:
            cause = (
                f"Function not found: arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}"
                ":$LATEST (Service: AWSLambda; Status Code: 404; Error Code:"
                " ResourceNotFoundException; Request ID: x; Proxy: null)"
            )
            error = "Lambda.ResourceNotFoundException"
            return interface.TaskFailed(self.now, self._entropy(), task.task_id, error, cause)
        if behaviour == "wait_60_seconds":
            if task.timeout_s is not None:
                self.now = max(self.now, START + task.timeout_s)
                return interface.TaskTimedOut(self.now, self._entropy(), task.task_id)
            self.now += 60
        if behaviour.startswith("raise"):
            error, cause = _raised(behaviour, self._entropy(), plain=plain)
            return interface.TaskFailed(self.now, self._entropy(), task.task_id, error, cause)
        result = _returned(behaviour, payload)
        if not plain:
            result = {
                "ExecutedVersion": "$LATEST",
                "Payload": result,
                "SdkHttpMetadata": {"HttpStatusCode": 200},
                "SdkResponseMetadata": {"RequestId": "x"},
                "StatusCode": 200,
            }
        return interface.TaskSucceeded(self.now, self._entropy(), task.task_id, result)

    # ----------------------------------------------------------------------------- comparing

    def compare(self, runner: ModuleType) -> tuple[bool, bool, Any]:
        """(L1, L2, the first differences), as the recordings' runner sees them."""
        matcher = runner.Matcher(self.case, {})
        expected = self.case["expected"]
        if "events" in expected:
            live = {"events": self.events}
            level_1, level_2 = runner.compare(
                matcher, "history", {"events": expected["events"]}, live
            )
            return level_1, level_2, matcher.diff
        finish = self.finish
        shown = {
            name: value
            for name in ("status", "output", "error", "cause")
            if (value := getattr(finish, name, None)) is not None
        }
        wanted = {name: expected[name] for name in shown.keys() | {"status"} if name in expected}
        level_1, level_2 = runner.compare(matcher, "describe_execution", wanted, shown)
        return level_1, level_1 and level_2, matcher.diff


def _raised(behaviour: str, number: int, *, plain: bool) -> tuple[str, str]:
    custom = behaviour == "raise_custom_exception"
    name = "CustomException" if custom else "Exception"
    line, statement = (
        (9, "raise CustomException()")
        if custom
        else (2, 'raise Exception("Some exception was raised.")')
    )
    payload = {
        "errorMessage": "" if custom else "Some exception was raised.",
        "errorType": name,
        "requestId": str(uuid.UUID(int=number)),
        "stackTrace": [
            f'  File "/var/task/handler.py", line {line}, in handler\n    {statement}\n'
        ],
    }
    # A plain function's error comes as its runtime wrote it, an integration's compact (observed).
    return name, json.dumps(payload, separators=None if plain else (",", ":"))


def _sent(payload: Any) -> Any:
    """What the function gets: a text is sent as it is, and nothing is sent as `{}` (observed)."""
    if payload is None:
        return {}
    return json.loads(payload) if isinstance(payload, str) else payload


def _returned(behaviour: str, payload: Any) -> Any:
    if behaviour == "hello":
        return {"Return": "HelloWorld"}
    if behaviour == "large_output":
        return "a" * (257 * 1024)
    if behaviour == "return_bytes":
        return '"HelloWorld!"'
    if behaviour == "decorate_input":
        return f"input-event-{payload}"
    return payload
