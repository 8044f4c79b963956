"""AWS Lambda: functions that run as processes behind the real Runtime API.

AWS: https://docs.aws.amazon.com/lambda/latest/api/welcome.html
"""

from __future__ import annotations

from groundstate.operation import Operation, Service
from groundstate.services.lambda_.async_events import TIMER, serve_event_timer
from groundstate.services.lambda_.host import LambdaHost
from groundstate.services.lambda_.names import function_resource, unqualified_resource
from groundstate.services.lambda_.operations.create_function import create_function
from groundstate.services.lambda_.operations.delete_function import delete_function
from groundstate.services.lambda_.operations.get_function import get_function
from groundstate.services.lambda_.operations.get_function_configuration import (
    get_function_configuration,
)
from groundstate.services.lambda_.operations.invoke import invoke
from groundstate.services.lambda_.operations.list_functions import list_functions
from groundstate.services.lambda_.operations.update_function_code import update_function_code
from groundstate.services.lambda_.operations.update_function_configuration import (
    update_function_configuration,
)
from groundstate.services.lambda_.recovery import recover

OPERATIONS = {
    "CreateFunction": Operation(create_function, resource=unqualified_resource),
    "DeleteFunction": Operation(delete_function, resource=function_resource),
    "GetFunction": Operation(get_function, resource=function_resource, reads=True),
    "GetFunctionConfiguration": Operation(
        get_function_configuration, resource=function_resource, reads=True
    ),
    "Invoke": Operation(invoke, resource=function_resource, action="lambda:InvokeFunction"),
    "ListFunctions": Operation(list_functions, reads=True),
    "UpdateFunctionCode": Operation(update_function_code, resource=unqualified_resource),
    "UpdateFunctionConfiguration": Operation(
        update_function_configuration, resource=unqualified_resource
    ),
}

SERVICE = Service(
    name="lambda",
    operations=OPERATIONS,
    iam_prefix="lambda",
    timers={TIMER: serve_event_timer},
    recover=recover,
    make_host=LambdaHost,
)
