"""Versions of state machines.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html
"""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.services.stepfunctions.errors import (
    ConflictException,
    ServiceQuotaExceededException,
)
from groundstate.store.state_machines import StateMachine, Version

VERSIONS_MAX = 1000
NEWEST = 1 << 62


def publish(
    call: Call, machine: StateMachine, revision: int, description: str | None = None
) -> Version:
    """The version of a machine's newest revision: the one that there is, or a new one.

    Raises:
        ConflictException: there is one, with another description.
        ServiceQuotaExceededException: the machine has as many as it may.
    """
    tables = call.tx.state_machines
    newest = tables.list_versions(machine.machine_id, before=NEWEST, limit=VERSIONS_MAX)
    if newest and newest[0].revision == revision:
        if description is not None and description != newest[0].description:
            raise ConflictException(
                "The state machine version of this revision has a different description."
            )
        return newest[0]
    if len(newest) >= VERSIONS_MAX:
        raise ServiceQuotaExceededException(
            f"The state machine has reached its quota of {VERSIONS_MAX} versions."
        )
    number = tables.publish(machine.machine_id, revision, description, call.now)
    version = tables.find_version(machine.machine_id, number)
    assert version is not None, (machine.arn, number)
    return version
