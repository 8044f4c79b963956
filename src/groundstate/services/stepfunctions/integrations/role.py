"""Whose rights a task has: its state machine's role, or the one that its Credentials name."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from groundstate.asl.interface import ScheduleTask
from groundstate.operation import Call, Principal, ServiceError
from groundstate.principals import role_principal
from groundstate.services.stepfunctions.run import Run

SOURCE = "states.amazonaws.com"


class RoleNotAssumableError(Exception):
    """The machine's role may not assume the role of a task's Credentials."""


def principal_of(call: Call, run: Run, command: ScheduleTask) -> Principal:
    """The principal that a task calls as.

    Raises:
        RoleNotAssumableError: the task's Credentials name a role that is out of reach.
    """
    own_arn = run.revision.role_arn
    own = role_principal(own_arn, session_of(own_arn), SOURCE)
    wanted = command.credentials_role
    if not wanted or wanted == own_arn:
        return own
    try:
        call.invoke(
            "sts",
            "AssumeRole",
            {"RoleArn": wanted, "RoleSessionName": session_of(own_arn)},
            principal=own,
        )
    except ServiceError:
        raise RoleNotAssumableError(
            f"The role {own_arn} is not authorized to assume the task state's role, {wanted}."
        ) from None
    return role_principal(wanted, session_of(own_arn), SOURCE)


@lru_cache(maxsize=1024)
def session_of(role_arn: str) -> str:
    """The session name of a role's principals."""
    # AWS makes up 32 letters for each; ours stay the same for a role, so that its principal does.
    digest = hashlib.sha256(role_arn.encode()).digest()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join(letters[byte % 52] for byte in digest)
