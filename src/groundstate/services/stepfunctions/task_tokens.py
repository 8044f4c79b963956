"""Task tokens: the open task that a token is for, or AWS's refusal.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
"""

from __future__ import annotations

from groundstate.operation import Answer, Call, Deferred, ServiceError
from groundstate.services.stepfunctions import executor
from groundstate.services.stepfunctions.errors import InvalidToken, TaskTimedOut
from groundstate.services.stepfunctions.integrations.result import Result

# What every token begins with; one that does so and is not known belongs to a task that is closed.
_PREFIX = "AQC"


def get_task(call: Call, token: str) -> tuple[int, int]:
    """The execution and the task of a token.

    Raises:
        InvalidToken: this was never a token.
        TaskTimedOut: its task is closed.
    """
    found = call.tx.executions.find_token(token)
    if found is None:
        if token.startswith(_PREFIX):
            raise closed()
        raise InvalidToken("Invalid Token: 'Invalid token'")
    return found


def answer(call: Call, token: str, result: Result) -> Answer:
    """Give a task the answer that its token's holder has.

    The holder may be quicker than the service that was given the token: then it waits until that
    one's answer is in the history.

    Raises:
        InvalidToken, TaskTimedOut.
    """
    execution_id, task_id = get_task(call, token)
    submission = call.host.submitting.get((execution_id, task_id))
    if submission is not None:
        return _answer_after(call, submission, token, result)
    if not executor.answer_task(call, execution_id, task_id, result):
        raise closed()
    return {}


def _answer_after(call: Call, submission: Deferred, token: str, result: Result) -> Deferred:
    later, runner, region = Deferred(), call.runner, call.region

    def submitted(_: Deferred) -> None:
        def job(job_call: Call) -> None:
            try:
                answer(job_call, token, result)
            except ServiceError as error:
                later.fail(error)
            else:
                later.resolve({})

        runner.run("stepfunctions", job, region)

    submission.add_callback(submitted)
    return later


def closed() -> TaskTimedOut:
    """The error for a task that has ended or whose execution has."""
    return TaskTimedOut("Task Timed Out: 'Provided task does not exist anymore'")
