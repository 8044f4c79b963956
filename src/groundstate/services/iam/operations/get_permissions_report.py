"""GetPermissionsReport: what each role and user used, was denied, and has for nothing. Internal.

AWS has its like in IAM Access Analyzer's policy generation:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from groundstate.operation import Call, Shape
from groundstate.services.iam.errors import NoSuchEntity
from groundstate.services.iam.identities import find_policy_document
from groundstate.services.iam.model import Role, User
from groundstate.services.iam.permissions import (
    LOG_WRITES,
    Asked,
    cdk_python,
    cdk_typescript,
    find_unused,
    least_policy,
)
from groundstate.store.iam import EntityRow, UsageRow


def get_permissions_report(call: Call, request: Shape) -> Shape:
    """Report on every role and user, or on the one named `Identity` (a name or an ARN).

    Raises:
        NoSuchEntity: there is no such role or user.
    """
    wanted = request.get("Identity")
    rows = [
        row
        for kind in (Role.kind, User.kind)
        for row in call.tx.iam.list_entities(kind)
        if wanted in (None, row.name, row.arn)
    ]
    if wanted is not None and not rows:
        raise NoSuchEntity(f"There is no role or user {wanted}.")
    return {"identities": [_report(call, row) for row in rows]}


def _report(call: Call, row: EntityRow) -> Shape:
    usage = call.tx.iam.list_usage(row.arn)
    used = [entry for entry in usage if entry.allowed]
    last_allowed = {(entry.action, entry.resource): entry.last_at for entry in used}
    # A refusal counts until the same was allowed: somebody may have granted it since.
    denied = [
        entry
        for entry in usage
        if not entry.allowed
        and last_allowed.get((entry.action, entry.resource), -1.0) < entry.last_at
    ]
    own = list(_written_by_lambda(call, row))
    asked = [*own, *(Asked(entry.action, entry.resource) for entry in used)]
    document = least_policy([*asked, *(Asked(entry.action, entry.resource) for entry in denied)])
    return {
        "arn": row.arn,
        "name": row.name,
        "kind": row.kind,
        "used": [_describe(entry) for entry in used],
        "denied": [_describe(entry) for entry in denied],
        "unused": [
            {"policy": unused.policy, "action": unused.action, "resources": list(unused.resources)}
            for unused in find_unused(_documents(call, row), asked)
        ],
        "least_policy": document,
        "cdk": {"python": cdk_python(document), "typescript": cdk_typescript(document)},
    }


def _documents(call: Call, row: EntityRow) -> Iterator[tuple[str, str]]:
    yield from call.tx.iam.list_inline_policies(row.entity_id)
    for arn in call.tx.iam.list_attached_policies(row.entity_id):
        document = find_policy_document(call.tx, arn)
        if document is not None:
            yield arn.rpartition("/")[2], document
    if row.kind == User.kind:
        for group in call.tx.iam.list_containers(row.entity_id):
            yield from _documents(call, group)


def _written_by_lambda(call: Call, row: EntityRow) -> Iterator[Asked]:
    """What Lambda needs of a function's role by itself."""
    if row.kind != Role.kind:
        return
    trust = json.dumps(json.loads(Role.from_row(row).trust_document))
    if '"lambda.amazonaws.com"' in trust:
        group = f"arn:aws:logs:*:{call.account}:log-group:/aws/lambda/*"
        for action in LOG_WRITES:
            yield Asked(action, group)


def _describe(entry: UsageRow) -> Shape:
    return {
        "action": entry.action,
        "resource": entry.resource,
        "calls": entry.calls,
        "first_at": entry.first_at,
        "last_at": entry.last_at,
    }
