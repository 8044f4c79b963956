"""Policy documents as they come in and go out: checked, limited in size, percent-encoded.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html. Sizes do not count
white space.
"""

from __future__ import annotations

from urllib.parse import quote

from groundstate.operation import Call
from groundstate.services.iam.errors import InvalidInput, LimitExceeded, MalformedPolicyDocument
from groundstate.services.iam.model import Entity
from groundstate.services.iam.policy import compile_document
from groundstate.services.iam.policy.validation import (
    MalformedDocument,
    check_identity_document,
    check_resource_document,
    check_trust_document,
    invalid_principal,
    named_principals,
)

MANAGED_SIZE_MAX = 6_144
TRUST_SIZE_MAX = 2_048
INLINE_SIZE_MAX = {"role": 10_240, "user": 2_048, "group": 5_120}


def encode_document(document: str) -> str:
    """A document as IAM answers it: percent-encoded by RFC 3986."""
    return quote(document, safe="-._~")


def check_managed(document: str) -> None:
    """Check the document of a managed policy.

    Raises:
        MalformedPolicyDocument: it breaks the grammar.
        LimitExceeded: it is too long.
    """
    _check(document)
    if size(document) > MANAGED_SIZE_MAX:
        raise LimitExceeded(f"Cannot exceed quota for PolicySize: {MANAGED_SIZE_MAX}")


def check_inline(call: Call, owner: Entity, policy_name: str, document: str) -> None:
    """Check a document that is to become an entity's own policy, with those that it has.

    Raises:
        MalformedPolicyDocument: it breaks the grammar.
        LimitExceeded: they are too long together.
    """
    _check(document, inline=True)
    limit = INLINE_SIZE_MAX[owner.kind]
    others = sum(
        size(other)
        for name, other in call.tx.iam.list_inline_policies(owner.entity_id)
        if name.lower() != policy_name.lower()
    )
    if others + size(document) > limit:
        raise LimitExceeded(
            f"Maximum policy size of {limit} bytes exceeded for {owner.kind} {owner.name}"
        )


def check_trust(call: Call, document: str) -> None:
    """Check a trust policy; the users and roles of this account that it names must exist.

    Raises:
        MalformedPolicyDocument: it breaks the grammar, or names somebody who does not exist.
        LimitExceeded: it is too long.
    """
    try:
        check_trust_document(document)
    except MalformedDocument as error:
        raise MalformedPolicyDocument(str(error)) from None
    stranger = _find_stranger(call, document)
    if stranger is not None:
        raise MalformedPolicyDocument(str(invalid_principal("AWS", stranger)))
    if size(document) > TRUST_SIZE_MAX:
        raise LimitExceeded(f"Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE_MAX}")


def check_resource_policy(call: Call, document: str) -> None:
    """Check the policy of a bucket, a table or a stream.

    Raises:
        MalformedPolicyDocument: it breaks the grammar, or names somebody who does not exist.
    """
    try:
        check_resource_document(document)
    except MalformedDocument as error:
        raise MalformedPolicyDocument(str(error)) from None
    if _find_stranger(call, document) is not None:
        raise MalformedPolicyDocument("Invalid principal in policy")


def check_session_policy(document: str) -> None:
    """Check the policy that a session is to be limited by.

    Raises:
        MalformedPolicyDocument: it breaks the grammar.
    """
    _check(document)


def check_simulated(document: str, member: str) -> None:
    """Check a policy that a simulation is given: any that the evaluator can read will do.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        compile_document(document)
    except ValueError:
        raise InvalidInput(f"Invalid Input Policy: {member}") from None


def size(document: str) -> int:
    """The characters of a document, without white space."""
    return len("".join(document.split()))


def _find_stranger(call: Call, document: str) -> str | None:
    """A user or role of this account that a document names and that does not exist."""
    for name in named_principals(document):
        parts = name.split(":", 5)
        is_ours = len(parts) == 6 and parts[2] == "iam" and parts[4] == call.account
        if is_ours and parts[5] != "root" and call.tx.iam.find_entity_by_arn(name) is None:
            return name
    return None


def _check(document: str, *, inline: bool = False) -> None:
    try:
        check_identity_document(document, inline=inline)
    except MalformedDocument as error:
        raise MalformedPolicyDocument(str(error)) from None
