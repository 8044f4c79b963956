"""The Lambda function that starts the state machine for a task.

Event: `{"taskId": "Breakfast"}`. Environment: `StateMachineArn`, the machine to start.
"""

from __future__ import annotations

import json
import logging
import os
import time
from typing import Any

import boto3

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

# Made once for each environment, so that only its first invocation pays for it.
states = boto3.client("stepfunctions")


class InvalidEvent(ValueError):
    """The event does not say which task to start."""


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Start an execution for the event's task.

    Returns:
        `executionArn`, `taskId` and `timestamp`, the unix time that the item is stored under.

    Raises:
        InvalidEvent: `taskId` is missing, empty or no string. Nothing was started.
    """
    task_id = parse_task_id(event)
    timestamp = int(time.time())
    answer = states.start_execution(
        stateMachineArn=os.environ["StateMachineArn"],
        input=json.dumps({"taskId": task_id, "timestamp": timestamp}),
    )
    execution_arn = answer["executionArn"]
    logger.info("Started execution %s", execution_arn)
    return {"executionArn": execution_arn, "taskId": task_id, "timestamp": timestamp}


def parse_task_id(event: Any) -> str:
    """The event's task.

    Raises:
        InvalidEvent: `taskId` is missing, empty or no string.
    """
    task_id = event.get("taskId") if isinstance(event, dict) else None
    if not isinstance(task_id, str) or not task_id:
        raise InvalidEvent(
            'The event must have a "taskId" that is a string and not empty, '
            f'such as {{"taskId": "Breakfast"}}; it is {json.dumps(event)}'
        )
    return task_id
