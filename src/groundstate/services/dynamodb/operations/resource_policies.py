"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: policies of a table or stream.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.errors import (
    PolicyNotFoundException,
    ResourceNotFoundException,
    ValidationException,
    invalid,
)
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import find_table, save_table
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.shapes import BOOLEAN, STRING, Member

POLICY_BYTES_MAX = 20480
_ARN = Member(STRING, required=True, shortest=1, longest=1283)
_PUT = Checker(
    ResourceArn=_ARN,
    Policy=Member(STRING, required=True),
    ExpectedRevisionId=Member(STRING, shortest=1, longest=255),
    ConfirmRemoveSelfResourceAccess=BOOLEAN,
)
_GET = Checker(ResourceArn=_ARN)
_DELETE = Checker(ResourceArn=_ARN, ExpectedRevisionId=Member(STRING, shortest=1, longest=255))
NO_POLICY = "NO_POLICY"
_ACCOUNT = re.compile(r"[0-9]{12}")
_STATEMENT_ORDER = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)


def put_resource_policy(call: Call, request: Shape) -> Shape:
    """Set the policy of a table or stream; the new revision.

    Raises:
        PolicyNotFoundException: another revision was expected.
        ResourceNotFoundException: there is no such table.
        ValidationException: it is no policy, or too large.
    """
    request = _PUT.check(request).request
    table, member = _find(call, request["ResourceArn"])
    policy = request["Policy"]
    check_policy(call, policy)
    policy = canonical(policy)
    current = table.settings.get(member)
    _check_revision(table, request.get("ExpectedRevisionId"), current)
    if current is not None and current["Policy"] == policy:
        return {"RevisionId": current["RevisionId"]}
    revision = str(int(call.now * 1000))
    settings = {**table.settings, member: {"Policy": policy, "RevisionId": revision}}
    save_table(call, table, table.definition, settings)
    return {"RevisionId": revision}


def check_policy(call: Call, policy: str) -> None:
    """Check the text of a policy.

    Raises:
        ValidationException: it is too large, or no policy.
    """
    if len(policy.encode()) > POLICY_BYTES_MAX:
        raise ValidationException(
            f"Resource-based policy size exceeds the maximum of {POLICY_BYTES_MAX} bytes"
        )
    fault = _find_fault(policy)
    try:
        if not fault:
            call.invoke("iam", "CheckResourcePolicy", {"PolicyDocument": policy})
    except ServiceError as error:
        fault = error.message
    if fault:
        raise invalid(f"Invalid policy document: {fault}")


def _find_fault(policy: str) -> str:
    """What DynamoDB has words of its own for; empty if there is nothing of it."""
    try:
        document = json.loads(policy)
    except ValueError:
        return "This policy contains invalid Json"
    if document is None:
        return "This text appears not to be a policy"
    if not isinstance(document, dict):
        return "This policy contains invalid Json"
    if "Statement" not in document:
        lines = policy.split("\n")
        return f"Syntax error at position ({len(lines)},{len(lines[-1]) + 1})"
    statements = document["Statement"]
    if statements == []:
        return "Could not parse the policy: Statement is empty!"
    if isinstance(statements, list):
        sids = [one["Sid"] for one in statements if isinstance(one, dict) and "Sid" in one]
        if len(sids) != len({json.dumps(sid) for sid in sids}):
            return "The Statement Ids in the policy are not unique"
    return ""


def canonical(policy: str) -> str:
    """A valid policy as it is kept, told, and compared with others: each in the same form."""
    document = json.loads(policy)
    statements = document["Statement"]
    if isinstance(statements, dict):
        statements = [statements]
    told: dict[str, Any] = {"Version": document.get("Version", "2008-10-17")}
    if "Id" in document:
        told["Id"] = document["Id"]
    told["Statement"] = [_canonical_statement(statement) for statement in statements]
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


def _canonical_statement(statement: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for member in _STATEMENT_ORDER:
        if member not in statement:
            continue
        value = statement[member]
        if member == "Effect":
            value = str(value).capitalize()
        elif member.endswith("Principal") and isinstance(value, dict):
            value = {kind: _one_or_all(_principals(kind, ids)) for kind, ids in value.items()}
        elif member.endswith(("Action", "Resource")):
            value = _one_or_all(value)
        told[member] = value
    return told


def _principals(kind: str, given: Any) -> Any:
    found = [
        f"arn:aws:iam::{name}:root" if kind == "AWS" and _ACCOUNT.fullmatch(str(name)) else name
        for name in (given if isinstance(given, list) else [given])
    ]
    return list(dict.fromkeys(found))


def _one_or_all(value: Any) -> Any:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def get_resource_policy(call: Call, request: Shape) -> Shape:
    """The policy of a table or stream.

    Raises:
        PolicyNotFoundException: it has none.
        ResourceNotFoundException: there is no such table.
    """
    request = _GET.check(request).request
    table, member = _find(call, request["ResourceArn"])
    current = table.settings.get(member)
    if current is None:
        raise _no_policy(request["ResourceArn"])
    return dict(current)


def delete_resource_policy(call: Call, request: Shape) -> Shape:
    """Remove the policy of a table or stream.

    Raises:
        PolicyNotFoundException: another revision was expected.
        ResourceNotFoundException: there is no such table.
    """
    request = _DELETE.check(request).request
    table, member = _find(call, request["ResourceArn"])
    current = table.settings.get(member)
    _check_revision(table, request.get("ExpectedRevisionId"), current)
    if current is None:
        return {}
    settings = {name: value for name, value in table.settings.items() if name != member}
    save_table(call, table, table.definition, settings)
    return {"RevisionId": current["RevisionId"]}


def _find(call: Call, arn: str) -> tuple[Table, str]:
    """The table, and where its settings keep this resource's policy."""
    base, _, label = arn.partition("/stream/")
    name = arns.find_table_name(base)
    if name is None:
        raise ValidationException(f"Invalid ResourceArn provided as input {arn}")
    own = base == arns.table_arn(call.region, call.account, name)
    table = find_table(call, name) if own else None
    if table is None:
        raise ResourceNotFoundException(
            f"Requested resource not found: ResourcArn: {arn} not found"
        )
    return (table, f"StreamPolicy/{label}" if label else "ResourcePolicy")


def _check_revision(table: Table, expected: str | None, current: dict[str, Any] | None) -> None:
    if expected is None:
        return
    actual = NO_POLICY if current is None else current["RevisionId"]
    if expected == actual:
        return
    asked = f"Requested update for policy with revision id {expected}"
    if current is None:
        raise _no_policy(f"{asked}, but table {table.name} has no associated policy.")
    raise _no_policy(
        f"{asked}, but the policy associated to target table {table.name} has revision id {actual},"
        " which did not match."
    )


def _no_policy(arn: str) -> PolicyNotFoundException:
    return PolicyNotFoundException(
        f"Resource-based policy not found for the provided ResourceArn: {arn}"
    )
