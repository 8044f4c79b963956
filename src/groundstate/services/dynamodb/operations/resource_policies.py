"""PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: policies of a table or stream.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutResourcePolicy.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, ServiceError, Shape
from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.errors import (
    PolicyNotFoundException,
    ResourceNotFoundException,
    ValidationException,
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
    current = table.settings.get(member)
    _check_revision(request.get("ExpectedRevisionId"), current)
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
    try:
        call.invoke("iam", "CheckResourcePolicy", {"PolicyDocument": policy})
    except ServiceError as error:
        raise ValidationException(error.message) from None


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
    _check_revision(request.get("ExpectedRevisionId"), current)
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


def _check_revision(expected: str | None, current: dict[str, Any] | None) -> None:
    if expected is None:
        return
    actual = NO_POLICY if current is None else current["RevisionId"]
    if expected != actual:
        raise PolicyNotFoundException(
            "Resource-based policy not found for the provided ExpectedRevisionId"
        )


def _no_policy(arn: str) -> PolicyNotFoundException:
    return PolicyNotFoundException(
        f"Resource-based policy not found for the provided ResourceArn: {arn}"
    )
