"""SimulatePrincipalPolicy, SimulateCustomPolicy and the context keys that policies ask for.

AWS: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html

The same logic decides as for real calls; only the context comes from the request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from groundstate.arn import parse_arn
from groundstate.operation import Call, Shape
from groundstate.services.iam.documents import check_simulated
from groundstate.services.iam.entities import page
from groundstate.services.iam.errors import InvalidInput, NoSuchEntity
from groundstate.services.iam.identities import find_policy_document
from groundstate.services.iam.model import Group, Role, User
from groundstate.services.iam.policy import (
    Caller,
    Decision,
    Policies,
    PolicySet,
    Request,
    ask,
    decide,
)
from groundstate.services.iam.policy.patterns import variable_keys
from groundstate.store.iam import EntityRow

_UNSUPPORTED = ("ResourceHandlingOption",)


class Source(NamedTuple):
    """A policy that takes part: what an answer calls it, of which type it is, and its document."""

    identifier: str
    type: str
    document: str


class RecordingRequest(Request):
    """A request that remembers which context keys were wanted and are not there."""

    __slots__ = ("missing",)

    def __init__(self, action: str, resource: str, caller: Caller, context: Shape) -> None:
        super().__init__(action, resource, caller, lambda: context)
        self.missing: set[str] = set()

    def find(self, key: str) -> tuple[str, ...]:
        values = super().find(key)
        if not values:
            self.missing.add(key)
        return values


def simulate_principal_policy(call: Call, request: Shape) -> Shape:
    """Say what a user, a group or a role may do.

    Raises:
        NoSuchEntity: there is no such entity.
        InvalidInput: a policy or an option cannot be taken.
    """
    row = _entity(call, request["PolicySourceArn"])
    sources = list(_sources_of(call, row))
    if row.kind == User.kind:
        for group in call.tx.iam.list_containers(row.entity_id):
            sources += _sources_of(call, group)
    boundaries = list(_given(request, "PermissionsBoundaryPolicyInputList"))
    boundary_arn = json.loads(row.details).get("boundary_arn")
    if boundary_arn and not boundaries:
        bounding = find_policy_document(call.tx, boundary_arn)
        boundaries = [Source(boundary_arn, "IAM Policy", bounding or '{"Statement": []}')]
    caller = _caller(request.get("CallerArn", row.arn))
    sources += _given(request, "PolicyInputList")
    return _simulate(request, sources, boundaries, caller)


def simulate_custom_policy(call: Call, request: Shape) -> Shape:
    """Say what policies allow that nobody needs to have.

    Raises:
        InvalidInput: a policy or an option cannot be taken.
    """
    caller = _caller(request.get("CallerArn", call.principal.arn))
    return _simulate(
        request,
        list(_given(request, "PolicyInputList")),
        list(_given(request, "PermissionsBoundaryPolicyInputList")),
        caller,
    )


def get_context_keys_for_custom_policy(call: Call, request: Shape) -> Shape:
    """List the context keys that policies ask for."""
    return {"ContextKeyNames": _context_keys(_given(request, "PolicyInputList"))}


def get_context_keys_for_principal_policy(call: Call, request: Shape) -> Shape:
    """List the context keys that the policies of a user, a group or a role ask for.

    Raises:
        NoSuchEntity: there is no such entity.
    """
    sources = list(_sources_of(call, _entity(call, request["PolicySourceArn"])))
    return {"ContextKeyNames": _context_keys([*sources, *_given(request, "PolicyInputList")])}


def simulated_resource(call: Call, request: Shape) -> str:
    """The ARN of the entity that a simulation is about, for its permission."""
    return str(request.get("PolicySourceArn", "*"))


def _simulate(
    request: Shape, sources: list[Source], boundaries: list[Source], caller: Caller
) -> Shape:
    for member in _UNSUPPORTED:
        if member in request:
            raise InvalidInput(f"{member} is not supported by Groundstate; see the README of iam.")
    boundary = PolicySet(source.document for source in boundaries) if boundaries else None
    policies = Policies(PolicySet(source.document for source in sources), boundary)
    resource_policy = None
    if "ResourcePolicy" in request:
        check_simulated(request["ResourcePolicy"], "ResourcePolicy")
        resource_policy = PolicySet((request["ResourcePolicy"],))
    context = {
        entry["ContextKeyName"]: list(entry.get("ContextKeyValues", ()))
        for entry in request.get("ContextEntries", ())
        if "ContextKeyName" in entry
    }
    results = []
    for action in request["ActionNames"]:
        for resource in request.get("ResourceArns") or ["*"]:
            question = RecordingRequest(action, resource, caller, context)
            decision = decide(question, policies, resource_policy)
            results.append(_describe(question, decision, sources, boundary))
    shown, more = page(
        request,
        "results",
        results,
        lambda result: f"{result['EvalActionName']} {result['EvalResourceName']}",
    )
    return {"EvaluationResults": shown, **more}


def _describe(
    question: RecordingRequest,
    decision: Decision,
    sources: list[Source],
    boundary: PolicySet | None,
) -> Shape:
    missing = sorted(question.missing)
    wanted = None if not decision.allowed and not decision.explicit else decision.allowed
    matched = [
        {"SourcePolicyId": source.identifier, "SourcePolicyType": source.type}
        for source in sources
        if wanted is not None and ask(PolicySet((source.document,)), question) is wanted
    ]
    shape: Shape = {
        "EvalActionName": question.action,
        "EvalResourceName": question.resource,
        "EvalDecision": (
            "allowed"
            if decision.allowed
            else "explicitDeny"
            if decision.explicit
            else "implicitDeny"
        ),
        "MatchedStatements": matched,
        "MissingContextValues": missing,
    }
    if boundary is not None:
        shape["PermissionsBoundaryDecisionDetail"] = {
            "AllowedByPermissionsBoundary": ask(boundary, question) is True
        }
    return shape


def _entity(call: Call, arn: str) -> EntityRow:
    row = call.tx.iam.find_entity_by_arn(arn)
    if row is None or row.kind not in (Role.kind, User.kind, Group.kind):
        raise NoSuchEntity(f"The entity with ARN {arn} cannot be found.")
    return row


def _sources_of(call: Call, row: EntityRow) -> Iterator[Source]:
    for name, document in call.tx.iam.list_inline_policies(row.entity_id):
        yield Source(f"{row.kind}_{row.name}_{name}", row.kind, document)
    for arn in call.tx.iam.list_attached_policies(row.entity_id):
        attached = find_policy_document(call.tx, arn)
        if attached is not None:
            yield Source(arn.rpartition("/")[2], "IAM Policy", attached)


def _given(request: Shape, member: str) -> Iterator[Source]:
    for number, document in enumerate(request.get(member, ()), 1):
        check_simulated(document, member)
        yield Source(f"{member}.{number}", "IAM Policy", document)


def _caller(arn: str) -> Caller:
    parsed = parse_arn(arn)
    if parsed is None:
        return Caller(arn, "", arn)
    identity_arn = arn
    if parsed.resource.startswith("assumed-role/"):
        role = parsed.resource.split("/")[1]
        identity_arn = f"arn:{parsed.partition}:iam::{parsed.account}:role/{role}"
    return Caller(arn, parsed.account, identity_arn)


def _context_keys(sources: Iterable[Source]) -> list[str]:
    found: dict[str, str] = {}
    for source in sources:
        document = json.loads(source.document)
        statements = document.get("Statement", [])
        for statement in statements if isinstance(statements, list) else [statements]:
            for keys in statement.get("Condition", {}).values():
                found.update((key.lower(), key) for key in keys)
            found.update((key.lower(), key) for key in _variables_in(statement))
    return sorted(found.values())


def _variables_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from variable_keys(value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _variables_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _variables_in(part)
