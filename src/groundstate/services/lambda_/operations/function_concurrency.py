"""PutFunctionConcurrency, GetFunctionConcurrency, DeleteFunctionConcurrency.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.functions import get_function_row, require_unqualified
from groundstate.services.lambda_.limits import CONCURRENCY_MAX, UNRESERVED_CONCURRENCY_MIN
from groundstate.services.lambda_.names import parse_function_name
from groundstate.store.functions import FunctionRow


def put_function_concurrency(call: Call, request: Shape) -> Shape:
    """Reserve concurrency for a function, which then may not use more either.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: too little would be left for the others.
    """
    function = _function(call, request)
    wanted = request["ReservedConcurrentExecutions"]
    others = call.tx.functions.sum_reserved_concurrency(call.region, but=function.function_id)
    if CONCURRENCY_MAX - others - wanted < UNRESERVED_CONCURRENCY_MIN:
        raise InvalidParameterValueException(
            "Specified ReservedConcurrentExecutions for function decreases account's"
            " UnreservedConcurrentExecution below its minimum value of"
            f" [{UNRESERVED_CONCURRENCY_MIN}]."
        )
    call.tx.functions.set_reserved_concurrency(function.function_id, wanted)
    return {"ReservedConcurrentExecutions": wanted}


def get_function_concurrency(call: Call, request: Shape) -> Shape:
    """Show a function's reserved concurrency.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    reserved = _function(call, request).reserved_concurrency
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


def delete_function_concurrency(call: Call, request: Shape) -> Shape:
    """Give a function's reserved concurrency back.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    call.tx.functions.set_reserved_concurrency(_function(call, request).function_id, None)
    return {}


def _function(call: Call, request: Shape) -> FunctionRow:
    named = parse_function_name(call, request)
    require_unqualified(named)
    return get_function_row(call, named.name)
