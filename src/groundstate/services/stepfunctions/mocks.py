"""Mocked integrations, as the mock configuration file of Step Functions Local has them.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call
from groundstate.services.stepfunctions.errors import ValidationException
from groundstate.services.stepfunctions.integrations.result import Failed, Result, Succeeded
from groundstate.services.stepfunctions.run import Run
from groundstate.store.state_machines import StateMachine

_ATTEMPTS = re.compile(r"\d{1,9}(-\d{1,9})?")


def split_test_case(arn: str) -> tuple[str, str]:
    """The ARN and the name of the test case in `stateMachineArn#TestCase`."""
    machine_arn, _, test_case = arn.partition("#")
    return machine_arn, test_case


def find_mocks(call: Call, machine: StateMachine, test_case: str) -> dict[str, Any]:
    """The mocked responses of a test case, by the state's name.

    The file is read again at each start. What a state has none for is called for real.

    Raises:
        ValidationException: there is no such file or test case.
    """
    path = call.config.mock_config
    if not path:
        raise ValidationException(
            f"The test case {test_case} needs a mock configuration file; name it with"
            " GROUNDSTATE_MOCK_CONFIG."
        )
    try:
        document = orjson.loads(Path(path).read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ValidationException(f"The mock configuration file {path}: {error}") from None
    found = _member(document, "StateMachines", machine.name, "TestCases", test_case)
    if not isinstance(found, dict):
        raise ValidationException(
            f"The mock configuration file has no test case {test_case} of {machine.name}."
        )
    mocks = {state: _member(document, "MockedResponses", name) for state, name in found.items()}
    for state, responses in mocks.items():
        _check_responses(found[state], responses)
    return mocks


def _member(document: Any, *names: Any) -> Any:
    """What is there under these names, one inside the other; None if that is nothing."""
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def _check_responses(name: Any, responses: Any) -> None:
    if responses is None:
        return
    if not isinstance(responses, dict):
        raise ValidationException(f"The mocked response {name} must be an object.")
    for attempts, response in responses.items():
        if _ATTEMPTS.fullmatch(attempts) is None:
            raise ValidationException(
                f"The mocked response {name} has invocations {attempts!r}; they are numbers"
                " (`0`) or ranges (`1-3`)."
            )
        if not isinstance(response, dict) or len({"Return", "Throw"} & response.keys()) != 1:
            raise ValidationException(
                f"The mocked response {name} must have either Return or Throw for {attempts}."
            )
        if not isinstance(response.get("Throw", {}), dict):
            raise ValidationException(f"Throw of the mocked response {name} must be an object.")


def answer_mocked(call: Call, run: Run, command: ScheduleTask) -> Result | None:
    """The mocked answer to a task's attempt; None if its state is not mocked.

    Attempts are counted over an execution and the children of its map runs, in memory alone: mocks
    are for tests, which do not outlive the process.
    """
    mocks = run.extra["mocks"]
    if command.state_name not in mocks:
        return None
    responses = mocks[command.state_name]
    counts = call.host.mocked_attempts.setdefault(mock_root(run), {})
    attempt = counts.get(command.state_name, 0)
    counts[command.state_name] = attempt + 1
    response = _select(responses, attempt) if isinstance(responses, dict) else None
    if response is None:
        return Failed(
            "States.Runtime",
            f"The mock configuration has no response for invocation {attempt} of the state"
            f" {command.state_name}.",
        )
    if "Throw" in response:
        thrown = response["Throw"]
        return Failed(thrown.get("Error"), thrown.get("Cause"))
    returned = response.get("Return")
    if command.resource.kind == "lambda" and isinstance(returned, dict) and "Payload" in returned:
        # A plain function's result is the payload alone.
        returned = returned["Payload"]
    return Succeeded(returned)


def mock_root(run: Run) -> int:
    """The execution that was started with the test case: this one, or the parent of its map run."""
    return int(run.extra.get("mock_root", run.row.execution_id))


def _select(responses: dict[str, Any], attempt: int) -> dict[str, Any] | None:
    for key, response in responses.items():
        first, _, last = key.partition("-")
        if int(first) <= attempt <= int(last or first):
            return dict(response)
    return None
