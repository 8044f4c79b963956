"""GetPolicy: the resource policy of a function, version or alias.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import ResourceNotFoundException
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.policies import KIND, policy_qualifier, shown_policy


def get_policy(call: Call, request: Shape) -> Shape:
    """Show a resource policy.

    Raises:
        ResourceNotFoundException: there is no such function, or it has no policy.
    """
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    qualifier = policy_qualifier(call, function, named.qualifier)
    kept = call.tx.functions.find_setting(function.function_id, KIND, qualifier)
    if kept is None:
        raise ResourceNotFoundException("The resource you requested does not exist.")
    return shown_policy(kept)
