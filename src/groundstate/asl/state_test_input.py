"""What a test of a state is asked for: the request, its checks, and finding the state.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundstate.asl.compile import compile_valid
from groundstate.asl.interface import ExecutionInfo, InvalidDefinition
from groundstate.asl.json_text import from_text, to_text
from groundstate.asl.machine import Machine
from groundstate.asl.states.map_distributed import DistributedMapState
from groundstate.asl.states.parallel import ParallelState
from groundstate.asl.states.state import State
from groundstate.asl.states.task import TaskState
from groundstate.asl.validation import validate, validate_state

UNNAMED = "StateName"
"""What the context object calls the state under test, whatever its name is (observed)."""

_MOCKABLE = ("Task", "Map", "Parallel")
_CONTEXT_FIELDS: dict[str, dict[str, type]] = {
    "Execution": {
        "Id": str,
        "Input": object,
        "Name": str,
        "RedriveCount": int,
        "RedriveTime": str,
        "RoleArn": str,
        "StartTime": str,
    },
    "State": {"EnteredTime": str, "Name": str, "RetryCount": int},
    "StateMachine": {"Id": str, "Name": str},
    "Task": {"Token": str},
}
_TYPE_WORDS = {str: "string", int: "integer"}


class StateTestRefused(Exception):
    """What is asked for cannot be tested; AWS answers a ValidationException.

    Attributes:
        code: `ValidationException`, or `InvalidDefinition` where AWS says so.
    """

    def __init__(self, message: str, code: str = "ValidationException") -> None:
        super().__init__(message)
        self.message = message
        self.code = code


@dataclass(slots=True)
class StateMock:
    """What stands in for the state's work: a result (JSON text), or an error."""

    result: str | None = None
    error: str | None = None
    cause: str | None = None
    is_error: bool = False


@dataclass(slots=True)
class StateTestInput:
    """What is tested, and how.

    Attributes:
        definition: of a state, or of a machine when `state_name` is given.
        input_text: JSON.
        role_arn: or None.
        context: the context object, or None for one that is made up.
        variables: workflow variables.
        mock: or None to do the work for real.
        retrier_retry_count, error_caused_by_state, map_iteration_failure_count,
        map_item_reader_data: stateConfiguration.
        inspects: the inspection level is DEBUG or TRACE.
        reveals_secrets: revealSecrets was asked for.
        execution_arn, machine_arn: made up by the caller, for the context object.
    """

    definition: str
    input_text: str = "{}"
    state_name: str | None = None
    role_arn: str | None = None
    context: dict[str, Any] | None = None
    variables: dict[str, Any] | None = None
    mock: StateMock | None = None
    retrier_retry_count: int = 0
    error_caused_by_state: str | None = None
    map_iteration_failure_count: int | None = None
    map_item_reader_data: str | None = None
    inspects: bool = False
    reveals_secrets: bool = False
    execution_arn: str = "arn:aws:states:us-east-1:000000000000:express:test:test"
    machine_arn: str = "arn:aws:states:us-east-1:000000000000:stateMachine:test"


def check_request(test: StateTestInput, state: State) -> Any:
    """Check that what is asked for fits together, and the mock the state.

    Returns:
        The mocked result as a value, or None.

    Raises:
        StateTestRefused: it does not.
    """
    type_name, mocked = state.type, None
    if test.mock is not None:
        if test.mock.result is not None and test.mock.is_error:
            raise StateTestRefused(
                "A test mock should have only one of the following fields: [result, errorOutput]."
            )
        if type_name not in _MOCKABLE:
            raise StateTestRefused(
                f"State type '{type_name}' is not supported when a mock is specified"
            )
        if test.reveals_secrets:
            raise StateTestRefused(
                "TestState does not support RevealSecrets when a mock is specified."
            )
        mocked = _mocked_result(test, test.mock, state)
    elif test.map_iteration_failure_count is not None:
        raise StateTestRefused(
            "TestState does not support MapIterationFailureCount when a mock is not specified."
        )
    elif type_name in ("Map", "Parallel"):
        raise StateTestRefused(
            "TestState API does not support Map or Parallel states. Supported state types"
            " include: [Task, Wait, Pass, Succeed, Fail, Choice]",
            "InvalidDefinition",
        )
    elif type_name == "Task" and not test.role_arn:
        raise StateTestRefused("RoleArn must be specified when testing a Task state")
    elif type_name == "Task":
        _check_pattern(state)
    wrong = _wrong_in_context(test.context or {})
    if wrong:
        raise StateTestRefused(f"Invalid Context object provided: {wrong}")
    return mocked


def _check_pattern(state: State) -> None:
    """Refuse a Task that would wait for more than the answer to its request."""
    assert isinstance(state, TaskState)
    resource = state.resource
    if resource.kind == "activity":
        what = "activities"
    elif resource.pattern:
        what = f"the '.{resource.pattern}' service integration pattern"
    else:
        return
    raise StateTestRefused(
        f"TestState API does not support {what} when a mock is not specified",
        "InvalidDefinition",
    )


def _wrong_in_context(context: dict[str, Any]) -> str:
    """What is wrong with a context object that was given, or ''."""
    for section, members in context.items():
        fields = _CONTEXT_FIELDS.get(section)
        if section == "Map":
            return "'Map' field is not supported when mocking a Context object"
        if fields is None:
            return f"Field '{section}' is not allowed"
        if not isinstance(members, dict):
            return f"{section} must be a object"
        for name, value in members.items():
            if name not in fields:
                return f"Field '{name}' is not allowed"
            expected = fields[name]
            if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
                return f"{section}.{name} must be a {_TYPE_WORDS[expected]}"
    return ""


def _mocked_result(test: StateTestInput, mock: StateMock, state: State) -> Any:
    if mock.result is None:
        return None
    try:
        result = from_text(mock.result)
    except ValueError:
        raise StateTestRefused("Mocked result must be valid JSON") from None
    if isinstance(state, ParallelState):
        if not isinstance(result, list):
            raise StateTestRefused("Mocked result must be an array.")
        if len(result) != len(state.starts):
            raise StateTestRefused(
                "Mocked result must contain the same number of items as number of Parallel"
                " branches."
            )
    elif state.type == "Map":
        _check_map_result(test, state, result)
    return result


def _check_map_result(test: StateTestInput, state: State, result: Any) -> None:
    writes = isinstance(state, DistributedMapState) and state.writer is not None
    if writes:
        if not isinstance(result, dict):
            raise StateTestRefused("Mocked result must be a JSON object.")
        return
    if not isinstance(result, list):
        raise StateTestRefused("Mocked result must be an array.")
    failures = test.map_iteration_failure_count
    if failures is not None and failures > len(result):
        raise StateTestRefused(
            "Map iteration failure count must be less than or equal to the number of Map iterations"
        )


def make_info(test: StateTestInput, now: float) -> ExecutionInfo:
    """The execution that a test seems to be."""
    role: Any = test.role_arn
    return ExecutionInfo(
        test.execution_arn,
        test.execution_arn.rsplit(":", 1)[1],
        role,
        test.machine_arn,
        test.machine_arn.rsplit(":", 1)[1],
        test.input_text,
        now,
        redrive_count=None,
        context=test.context,
    )


def find_state(test: StateTestInput) -> tuple[Machine, State]:
    """The state under test, and the machine or processor that it is a state of.

    Raises:
        InvalidDefinition: the definition is wrong.
        StateTestRefused: it has no such state.
    """
    if test.state_name is None:
        definition, diagnostics = validate_state(test.definition)
        errors = [found for found in diagnostics if found.severity == "ERROR"]
        if errors:
            raise InvalidDefinition(errors)
        machine = compile_valid(to_text(definition), definition, "EXPRESS")
        name = definition["StartAt"]
    else:
        definition, diagnostics = validate(test.definition, "STANDARD")
        errors = [found for found in diagnostics if found.severity == "ERROR"]
        if errors:
            raise InvalidDefinition(errors)
        machine = compile_valid(test.definition, definition, "EXPRESS")
        name = test.state_name
    found = _search(machine, name)
    if found is None:
        raise StateTestRefused("State not found in definition")
    holder, state = found
    state.name = UNNAMED
    return holder, state


def _search(machine: Machine, name: str) -> tuple[Machine, State] | None:
    state = machine.state(name)
    if state is not None:
        return machine, state
    for processor in machine.processors.values():
        found = _search(processor, name)
        if found is not None:
            return found
    return None
