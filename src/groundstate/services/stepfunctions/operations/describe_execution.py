"""DescribeExecution: how an execution goes, or how it went.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.executions import describe, get_execution


def describe_execution(call: Call, request: Shape) -> Shape:
    """Describe a Standard execution.

    Raises:
        InvalidArn, ExecutionDoesNotExist.
    """
    machine, row = get_execution(call, request["executionArn"])
    with_data = request.get("includedData", "ALL_DATA") == "ALL_DATA"
    return describe(call, machine, row, with_data=with_data)
