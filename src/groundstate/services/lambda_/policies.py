"""Resource policies of functions and layers: who else may use them.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

import orjson

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    PolicyLengthExceededException,
    PreconditionFailedException,
    ResourceConflictException,
    ResourceNotFoundException,
)
from groundstate.services.lambda_.functions import get_version
from groundstate.services.lambda_.limits import POLICY_BYTES_MAX
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import split_function_name
from groundstate.store.functions import FunctionRow

KIND = "policy"


def empty_policy() -> Shape:
    """A policy without statements, as it is kept: the document and its revision."""
    return {
        "Policy": {"Version": "2012-10-17", "Id": "default", "Statement": []},
        "RevisionId": ids.make_uuid(),
    }


def add_statement(kept: Shape, statement: Shape, request: Shape) -> None:
    """Add a statement to a policy.

    Raises:
        ResourceConflictException: its Sid is taken.
        PolicyLengthExceededException: the policy would be too long.
        PreconditionFailedException: the RevisionId is not the latest one.
    """
    check_policy_revision(kept, request)
    statements = kept["Policy"]["Statement"]
    sid = statement["Sid"]
    if any(other["Sid"] == sid for other in statements):
        raise ResourceConflictException(
            f"The statement id ({sid}) provided already exists. Please provide a new statement id,"
            " or remove the existing statement."
        )
    statements.append(statement)
    size = len(orjson.dumps(kept["Policy"]))
    if size > POLICY_BYTES_MAX:
        raise PolicyLengthExceededException(
            f"The final policy size ({size}) is bigger than the limit ({POLICY_BYTES_MAX})."
        )
    kept["RevisionId"] = ids.make_uuid()


def remove_statement(kept: Shape, sid: str, request: Shape) -> bool:
    """Take a statement out of a policy; False if none is left.

    Raises:
        ResourceNotFoundException: there is no such statement.
        PreconditionFailedException: the RevisionId is not the latest one.
    """
    check_policy_revision(kept, request)
    statements = kept["Policy"]["Statement"]
    left = [statement for statement in statements if statement["Sid"] != sid]
    if len(left) == len(statements):
        raise ResourceNotFoundException(f"Statement {sid} is not found in resource policy.")
    kept["Policy"]["Statement"] = left
    kept["RevisionId"] = ids.make_uuid()
    return bool(left)


def check_policy_revision(kept: Shape, request: Shape) -> None:
    """Refuse a change that was meant for an older policy.

    Raises:
        PreconditionFailedException: the request names another revision.
    """
    if request.get("RevisionId", kept["RevisionId"]) != kept["RevisionId"]:
        raise PreconditionFailedException(
            "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API"
            " to retrieve the latest Revision Id"
        )


def shown_policy(kept: Shape) -> Shape:
    """A policy as GetPolicy answers it."""
    return {"Policy": orjson.dumps(kept["Policy"]).decode(), "RevisionId": kept["RevisionId"]}


def parse_principal(text: str) -> object:
    """The Principal element for what AddPermission was given.

    Raises:
        InvalidParameterValueException: it is neither an account, an ARN, nor a service.
    """
    if text == "*":
        return "*"
    if text.isdecimal() and len(text) == 12:
        return {"AWS": f"arn:aws:iam::{text}:root"}
    if text.startswith("arn:"):
        return {"AWS": text}
    if "." in text:
        return {"Service": text}
    raise InvalidParameterValueException(
        "The provided principal was invalid. Please check the principal and try again."
    )


def policy_qualifier(call: Call, function: FunctionRow, qualifier: str) -> str:
    """Under which qualifier a policy is kept; the one of `$LATEST` is the function's own.

    Raises:
        InvalidParameterValueException: `$LATEST` was named.
        ResourceNotFoundException: there is no such version or alias.
    """
    if qualifier == LATEST:
        raise InvalidParameterValueException(
            "We currently do not support adding policies for $LATEST."
        )
    if qualifier:
        get_version(call, function, qualifier)
    return qualifier


def function_policy(call: Call, request: Shape) -> str | None:
    """The resource policy that decides on a request about a function; None if there is none."""
    named = split_function_name(str(request.get("FunctionName", "")))
    function = call.tx.functions.find(call.region, named.name)
    if function is None:
        return None
    qualifier = named.qualifier or str(request.get("Qualifier", ""))
    kept = call.tx.functions.find_setting(
        function.function_id, KIND, "" if qualifier == LATEST else qualifier
    )
    return None if kept is None else orjson.dumps(kept["Policy"]).decode()
