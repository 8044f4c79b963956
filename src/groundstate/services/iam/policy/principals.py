"""The Principal element: whom a resource's policy or a role's trust policy is about.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from groundstate.services.iam.policy.conditions import as_texts
from groundstate.services.iam.policy.request import Caller


class Named(IntEnum):
    """How closely a policy names a caller. It matters for what a permission may bypass.

    A resource's policy that names a user or a role's session gives the permission itself, whatever
    the caller's permissions boundary and session policies leave out. One that names the role is
    limited by them. One that names the account hands the decision to the account's own policies.
    """

    NOT = 0
    ACCOUNT = 1
    ROLE = 2
    CALLER = 3


class Principals:
    """A Principal or NotPrincipal element.

    Attributes:
        inverted: it is a NotPrincipal.
    """

    __slots__ = ("_aws", "_everyone", "_others", "inverted")

    def __init__(self, element: Any, *, inverted: bool) -> None:
        self.inverted = inverted
        given = {"AWS": element} if isinstance(element, str) else element
        self._aws = frozenset(as_texts(given.get("AWS", [])))
        self._everyone = "*" in self._aws
        self._others = {
            kind: frozenset(as_texts(names)) for kind, names in given.items() if kind != "AWS"
        }

    @classmethod
    def of(cls, statement: Mapping[str, Any]) -> Principals | None:
        """The element of a statement; None if it has none."""
        if "Principal" in statement:
            return cls(statement["Principal"], inverted=False)
        if "NotPrincipal" in statement:
            return cls(statement["NotPrincipal"], inverted=True)
        return None

    def names(self, caller: Caller) -> Named:
        """How closely it names a caller."""
        named = self._names(caller)
        if not self.inverted:
            return named
        # Naming the account spares its root, not everybody in it.
        return Named.NOT if named >= Named.ROLE else Named.CALLER

    def _names(self, caller: Caller) -> Named:
        if caller.service:
            services = self._others.get("Service", frozenset())
            found = self._everyone or caller.service in services or "*" in services
            return Named.CALLER if found else Named.NOT
        aws = self._aws
        if caller.arn in aws or (caller.unique_id and caller.unique_id in aws):
            return Named.CALLER
        if self._everyone:
            # Observed nowhere: AWS documents `*` next to the role's ARN, so it is read like that.
            return Named.ROLE if caller.is_session else Named.CALLER
        if caller.identity_arn in aws or caller.unique_id.partition(":")[0] in aws:
            return Named.ROLE if caller.is_session else Named.CALLER
        root = f":iam::{caller.account}:root"
        if caller.account in aws or any(name.endswith(root) for name in aws):
            return Named.ACCOUNT
        return Named.NOT
