"""Roles and users as policies see them: with everything that is attached to them, compiled.

Remembered by the tables until one of them changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from groundstate.services.iam.aws_managed import find_aws_document
from groundstate.services.iam.model import ManagedPolicy, Role, User
from groundstate.services.iam.policy import Decision, Policies, PolicySet
from groundstate.store import Transaction
from groundstate.store.iam import EntityRow


class Identity(NamedTuple):
    """A role or a user.

    Attributes:
        entity_id: the unique id; a session of an earlier role of this name carries another.
        policies: its own, its groups' and its boundary, compiled.
        tags: `aws:PrincipalTag/...`.
        decisions: by action and resource, where only the policies decided: no condition, no
            variable, no policy of a session or a resource. They are forgotten with the identity.
    """

    kind: str
    name: str
    arn: str
    entity_id: str
    policies: Policies
    tags: Mapping[str, str]
    decisions: dict[tuple[str, str], Decision]


def find_identity(tx: Transaction, arn: str) -> Identity | None:
    """The role or user of an ARN; None if there is none (any more)."""
    return tx.iam.remember(("identity", arn), _load, tx, arn)


def find_policy_document(tx: Transaction, policy_arn: str) -> str | None:
    """The document that a managed policy stands for now; None if there is no such policy."""
    document = find_aws_document(policy_arn)
    if document is not None:
        return document
    row = tx.iam.find_entity_by_arn(policy_arn)
    if row is None or row.kind != ManagedPolicy.kind:
        return None
    number = ManagedPolicy.from_row(row).default_version
    version = tx.iam.find_version(policy_arn, number)
    assert version is not None, (policy_arn, number)
    return version.document


def identity_documents(tx: Transaction, row: EntityRow) -> Iterator[str]:
    """The documents of all policies that a role, user or group has: its own and those attached."""
    for _, document in tx.iam.list_inline_policies(row.entity_id):
        yield document
    for policy_arn in tx.iam.list_attached_policies(row.entity_id):
        attached = find_policy_document(tx, policy_arn)
        if attached is not None:
            yield attached


def _load(tx: Transaction, arn: str) -> Identity | None:
    row = tx.iam.find_entity_by_arn(arn)
    if row is None or row.kind not in (Role.kind, User.kind):
        return None
    entity = Role.from_row(row) if row.kind == Role.kind else User.from_row(row)
    documents = list(identity_documents(tx, row))
    if row.kind == User.kind:
        for group in tx.iam.list_containers(row.entity_id):
            documents += identity_documents(tx, group)
    boundary = None
    if entity.boundary_arn:
        bounding = find_policy_document(tx, entity.boundary_arn)
        boundary = PolicySet(() if bounding is None else (bounding,))
    policies = Policies(PolicySet(documents), boundary)
    return Identity(row.kind, row.name, row.arn, row.entity_id, policies, entity.tags, {})
