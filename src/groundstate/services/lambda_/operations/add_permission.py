"""AddPermission: let another account, user or service use a function.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

import orjson

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import function_arn, parse_function_name
from groundstate.services.lambda_.policies import (
    KIND,
    add_statement,
    empty_policy,
    parse_principal,
    policy_qualifier,
)

# Members of the request that become conditions: operator, key.
_CONDITIONS = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
}


def add_permission(call: Call, request: Shape) -> Shape:
    """Add a statement to the resource policy of a function, version or alias.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
        ResourceConflictException: the statement's id is taken.
        InvalidParameterValueException: the principal cannot be.
        PreconditionFailedException: the RevisionId is not the latest one.
        PolicyLengthExceededException: the policy would be too long.
    """
    named = parse_function_name(call, request)
    function = get_function_row(call, named.name, named.qualifier)
    qualifier = policy_qualifier(call, function, named.qualifier)
    statement: Shape = {
        "Sid": request["StatementId"],
        "Effect": "Allow",
        "Principal": parse_principal(request["Principal"]),
        "Action": request["Action"],
        "Resource": function_arn(call, named.name, qualifier),
    }
    conditions = _conditions(request)
    if conditions:
        statement["Condition"] = conditions
    kept = call.tx.functions.find_setting(function.function_id, KIND, qualifier) or empty_policy()
    add_statement(kept, statement, request)
    call.tx.functions.put_setting(function.function_id, KIND, qualifier, kept)
    return {"Statement": orjson.dumps(statement).decode()}


def _conditions(request: Shape) -> Shape:
    conditions: Shape = {}
    for member, (operator, key) in _CONDITIONS.items():
        if member in request:
            conditions.setdefault(operator, {})[key] = request[member]
    if request.get("InvokedViaFunctionUrl"):
        conditions.setdefault("Bool", {})["lambda:InvokedViaFunctionUrl"] = "true"
    return conditions
