"""RemovePermission: take a statement out of a function's resource policy.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import ResourceNotFoundException
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.policies import KIND, policy_qualifier, remove_statement


def remove_permission(call: Call, request: Shape) -> Shape:
    """Remove a statement; the policy goes with its last one.

    Raises:
        ResourceNotFoundException: there is no such function, policy or statement.
        PreconditionFailedException: the RevisionId is not the latest one.
    """
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    qualifier = policy_qualifier(call, function, named.qualifier)
    kept = call.tx.functions.find_setting(function.function_id, KIND, qualifier)
    if kept is None:
        raise ResourceNotFoundException("No policy is associated with the given resource.")
    if remove_statement(kept, request["StatementId"], request):
        call.tx.functions.put_setting(function.function_id, KIND, qualifier, kept)
    else:
        call.tx.functions.remove_setting(function.function_id, KIND, qualifier)
    return {}
