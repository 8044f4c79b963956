"""Activities as tasks: the task waits until a worker asks for it.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-activities.html
"""

from __future__ import annotations

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call
from groundstate.services.stepfunctions.integrations.result import Failed, Pending, Result
from groundstate.services.stepfunctions.run import Run


def schedule(call: Call, run: Run, command: ScheduleTask) -> Result:
    """Put the task behind those that wait for the activity's workers."""
    arn = command.resource.arn
    activity = call.tx.activities.find(arn)
    if activity is None:
        # Recorded: the prefix is the one of a failure to interpret the state.
        return Failed("States.Runtime", f"The activity {arn} does not exist.")
    call.tx.activities.add_task(
        activity.activity_id,
        execution_id=run.row.execution_id,
        task_id=command.task_id,
        token=command.token,
        input_text=command.parameters_text,
    )
    call.host.pollers.wake(call, activity.activity_id)
    return Pending()
