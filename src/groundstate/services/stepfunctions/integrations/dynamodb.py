"""The optimised integration with DynamoDB: items are read and written in the burst's transaction.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html
"""

from __future__ import annotations

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call, ServiceError
from groundstate.services.stepfunctions.answer_texts import fill
from groundstate.services.stepfunctions.integrations import sdk_v1
from groundstate.services.stepfunctions.integrations.parameters import without_nulls
from groundstate.services.stepfunctions.integrations.result import Answered, Result
from groundstate.services.stepfunctions.integrations.role import principal_of
from groundstate.services.stepfunctions.run import Run


def get_item(call: Call, run: Run, command: ScheduleTask) -> Result:
    """dynamodb:getItem."""
    # Recorded in November 2025: GetItem alone writes the header's name in small letters.
    return _perform(call, run, command, "GetItem", "x-amzn-requestid")


def put_item(call: Call, run: Run, command: ScheduleTask) -> Result:
    """dynamodb:putItem."""
    return _perform(call, run, command, "PutItem")


def update_item(call: Call, run: Run, command: ScheduleTask) -> Result:
    """dynamodb:updateItem."""
    return _perform(call, run, command, "UpdateItem")


def delete_item(call: Call, run: Run, command: ScheduleTask) -> Result:
    """dynamodb:deleteItem."""
    return _perform(call, run, command, "DeleteItem")


def _perform(
    call: Call,
    run: Run,
    command: ScheduleTask,
    operation: str,
    id_header: str = "x-amzn-RequestId",
) -> Result:
    principal = principal_of(call, run, command)
    try:
        answer = call.invoke(
            "dynamodb", operation, without_nulls(command.parameters), principal=principal
        )
    except ServiceError as error:
        return sdk_v1.failed(sdk_v1.DYNAMODB, error)
    assert isinstance(answer, dict), f"{operation} of dynamodb answers at once"
    form = sdk_v1.answer_form(call, answer, id_header)
    text = fill(form)
    run.forms[text] = form
    return Answered(text)
