"""May this be done? AWS's evaluation logic, within one account.

AWS: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html (the texts)

In this order: an explicit deny anywhere decides; a resource's policy that names the caller itself
allows; otherwise the identity's policies or the resource's must allow, and so must the permissions
boundary and the session's policies, where there are any.
"""

from __future__ import annotations

from typing import NamedTuple

from groundstate.services.iam.policy.principals import Named
from groundstate.services.iam.policy.request import Request
from groundstate.services.iam.policy.statements import PolicySet

IDENTITY = "identity-based policy"
RESOURCE = "resource-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"

_NO_POLICY = PolicySet(())


class Decision(NamedTuple):
    """The answer.

    Attributes:
        allowed: yes or no.
        kind: the kind of policy that decided, or that should have allowed and does not.
        explicit: a statement denies it.
    """

    allowed: bool
    kind: str = IDENTITY
    explicit: bool = False

    def reason(self, action: str) -> str:
        """The end of AWS's sentence: `because no identity-based policy allows the ... action`."""
        if self.explicit:
            article = "an" if self.kind == IDENTITY else "a"
            return f"with an explicit deny in {article} {self.kind}"
        return f"because no {self.kind} allows the {action} action"


ALLOWED = Decision(True)
_IMPLICIT = Decision(False)


class Policies(NamedTuple):
    """The policies that bear on a caller.

    Attributes:
        identity: those of the role or user, inline and managed, and of the user's groups.
        boundary: the permissions boundary, or None.
        session: those that the session was made with, or None.
    """

    identity: PolicySet
    boundary: PolicySet | None = None
    session: PolicySet | None = None


NO_POLICIES = Policies(_NO_POLICY)


def decide(request: Request, policies: Policies, resource: PolicySet | None = None) -> Decision:
    """Decide about a request of a user, a role's session or an AWS service.

    Args:
        policies: the caller's own.
        resource: the resource's policy, or None.
    """
    if policies.boundary is None and policies.session is None and resource is None:
        verdict = ask(policies.identity, request)
        if verdict is True:
            return ALLOWED
        return _IMPLICIT if verdict is None else Decision(False, IDENTITY, explicit=True)
    return _decide_among_all(request, policies, resource)


def _decide_among_all(request: Request, policies: Policies, resource: PolicySet | None) -> Decision:
    identity = ask(policies.identity, request)
    boundary = None if policies.boundary is None else ask(policies.boundary, request)
    session = None if policies.session is None else ask(policies.session, request)
    named, denied = (Named.NOT, False) if resource is None else ask_resource(resource, request)
    for refused, kind in (
        (identity is False, IDENTITY),
        (denied, RESOURCE),
        (boundary is False, BOUNDARY),
        (session is False, SESSION),
    ):
        if refused:
            return Decision(False, kind, explicit=True)
    if named is Named.CALLER:
        return ALLOWED
    if request.caller.service:
        return Decision(False, RESOURCE)
    if identity is not True and named is not Named.ROLE:
        return _IMPLICIT
    if policies.boundary is not None and boundary is not True:
        return Decision(False, BOUNDARY)
    if policies.session is not None and session is not True:
        return Decision(False, SESSION)
    return ALLOWED


def ask_resource(policy: PolicySet, request: Request) -> tuple[Named, bool]:
    """How closely a resource's policy allows it to the caller, and whether it denies it."""
    denies, allows = policy.select(request.action_key)
    for statement in denies:
        principals = statement.principals
        is_meant = principals is None or principals.names(request.caller)
        if is_meant and statement.applies(request):
            return Named.NOT, True
    closest = Named.NOT
    for statement in allows:
        if statement.principals is None:
            continue
        named = statement.principals.names(request.caller)
        if named > closest and statement.applies(request):
            closest = named
    return closest, False


def ask(policies: PolicySet, request: Request) -> bool | None:
    """True: allowed. False: denied by a statement. None: no statement applies."""
    denies, allows = policies.select(request.action_key)
    for statement in denies:
        if statement.applies(request):
            return False
    for statement in allows:
        if statement.applies(request):
            return True
    return None
