"""TestState: run one state by itself, for real or with a mock.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TestState.html
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate import ids
from groundstate.asl import StateMock, StateTest, StateTestInput, StateTestRefused
from groundstate.asl.interface import InvalidDefinition as BadDefinition
from groundstate.asl.interface import Resource, ScheduleTask, TaskFailed, TaskSucceeded
from groundstate.operation import Answer, Call, Deferred, ServiceError, Shape, named_error
from groundstate.services.stepfunctions.arns import make_arn
from groundstate.services.stepfunctions.definitions import aside, is_long, pass_on
from groundstate.services.stepfunctions.errors import InvalidDefinition, InvalidExecutionInput
from groundstate.services.stepfunctions.integrations import perform
from groundstate.services.stepfunctions.integrations.http_invoke import REVEALS, TRACE
from groundstate.services.stepfunctions.integrations.result import (
    Answered,
    Failed,
    Pending,
    Result,
    Succeeded,
)
from groundstate.services.stepfunctions.mock_schema import check_mocked_result
from groundstate.services.stepfunctions.operations.start_execution import check_input
from groundstate.services.stepfunctions.run import Run
from groundstate.services.stepfunctions.settings import check_role
from groundstate.services.stepfunctions.test_runs import make_test_run


def test_state(call: Call, request: Shape) -> Answer:
    """Run a state and tell what became of it.

    Raises:
        InvalidDefinition, InvalidArn, InvalidExecutionInput: bad parts.
        ValidationException: what is asked for does not fit together, or a mocked result is not
            like an answer of the API that it stands for.
    """
    if "roleArn" in request:
        check_role(call, request["roleArn"])
    if request.get("revealSecrets"):
        call.authorize("states:RevealSecrets", "*")
    name = f"test-{ids.make_uuid()}"
    machine_arn = make_arn(call, f"stateMachine:{name}")
    execution_arn = make_arn(call, f"express:{name}:{ids.make_uuid()}")
    read = _read_request(request, execution_arn, machine_arn)
    if not is_long(read.definition) or not call.takes_fragments:
        return _run(call, request, name, _make_test(read))
    runner, region, answer = call.runner, call.region, Deferred()

    def made(done: Deferred) -> None:
        assert done.result is not None
        test = done.result["result"]
        try:
            ran = runner.run("stepfunctions", lambda job: _run(job, request, name, test), region)
        except ServiceError as error:
            answer.fail(error)
        else:
            pass_on(ran, answer)

    call.host.compiling.call(call, lambda: aside(lambda: _make_test(read))).add_callback(made)
    return answer


def _make_test(read: StateTestInput) -> StateTest | ServiceError:
    try:
        return StateTest(read)
    except BadDefinition as error:
        return InvalidDefinition(error.answer)
    except StateTestRefused as error:
        return named_error(error.code, error.message)


def _run(call: Call, request: Shape, name: str, test: StateTest | ServiceError) -> Answer:
    if isinstance(test, ServiceError):
        raise test
    mock = request.get("mock", {})
    resource = getattr(test.state, "resource", None)
    if "result" in mock and isinstance(resource, Resource):
        mode = mock.get("fieldValidationMode", "STRICT")
        check_mocked_result(resource, orjson.loads(mock["result"]), mode)
    task = test.begin(call.now, ids.make_entropy())
    if task is None:
        return test.result()
    run = make_test_run(call, request["roleArn"], name)
    if request.get("inspectionLevel") == "TRACE":
        run.extra |= {TRACE: {}, REVEALS: bool(request.get("revealSecrets"))}
    return _answer(call, test, task, run, perform(call, run, task))


def _read_request(request: Shape, execution_arn: str, machine_arn: str) -> StateTestInput:
    configuration = request.get("stateConfiguration", {})
    return StateTestInput(
        definition=request["definition"],
        input_text=check_input(request),
        state_name=request.get("stateName"),
        role_arn=request.get("roleArn"),
        context=_read_object(request, "context"),
        variables=_read_object(request, "variables"),
        mock=_read_mock(request.get("mock")),
        retrier_retry_count=configuration.get("retrierRetryCount", 0),
        error_caused_by_state=configuration.get("errorCausedByState"),
        map_iteration_failure_count=configuration.get("mapIterationFailureCount"),
        map_item_reader_data=configuration.get("mapItemReaderData"),
        inspects=request.get("inspectionLevel", "INFO") != "INFO",
        reveals_secrets=bool(request.get("revealSecrets")),
        execution_arn=execution_arn,
        machine_arn=machine_arn,
    )


def _read_mock(mock: Shape | None) -> StateMock | None:
    if mock is None:
        return None
    thrown = mock.get("errorOutput")
    if thrown is None:
        return StateMock(result=mock.get("result"))
    return StateMock(mock.get("result"), thrown.get("error"), thrown.get("cause"), is_error=True)


def _read_object(request: Shape, member: str) -> dict[str, Any] | None:
    if member not in request:
        return None
    try:
        value = orjson.loads(request[member])
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise InvalidExecutionInput(f"Invalid {member}: must be a JSON object")
    return value


def _answer(call: Call, test: StateTest, task: ScheduleTask, run: Run, result: Result) -> Answer:
    now, entropy = call.now, ids.make_entropy()
    if isinstance(result, Answered):
        result = Succeeded(orjson.loads(result.text))
    if isinstance(result, Succeeded):
        test.answer(TaskSucceeded(now, entropy, task.task_id, result.output, result.text))
        return _traced(test.result(), run)
    if isinstance(result, Failed):
        test.answer(TaskFailed(now, entropy, task.task_id, result.error, result.cause))
        return _traced(test.result(), run)
    # The language core refuses to test tasks that wait for more than their request's answer.
    assert isinstance(result, Pending), result
    assert result.deferred is not None, result
    assert result.read is not None, result
    read, runner, region = result.read, call.runner, call.region
    answer = Deferred()

    def answered(done: Deferred) -> None:
        def job(job_call: Call) -> None:
            ended = _answer(job_call, test, task, run, read(job_call, done))
            assert isinstance(ended, dict), ended
            answer.resolve(ended)

        runner.run("stepfunctions", job, region)

    result.deferred.add_callback(answered)
    return answer


def _traced(answer: Shape, run: Run) -> Shape:
    """The answer with the HTTP exchange of an HTTP task, if that is to be shown."""
    if run.extra.get(TRACE):
        answer["inspectionData"] = answer.get("inspectionData", {}) | run.extra[TRACE]
    return answer
