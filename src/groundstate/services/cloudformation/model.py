"""CloudFormation's nouns beyond the stored ones: statuses and the ids of stacks."""

from __future__ import annotations

from groundstate import ids
from groundstate.arn import partition_of

# States in which a stack takes an update.
UPDATABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
    }
)


def is_running(status: str) -> bool:
    """Whether a deployment is under way. A stack in review only waits for its user."""
    return status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS"


def make_stack_id(region: str, account: str, name: str) -> str:
    """A new stack's ARN."""
    partition = partition_of(region)
    return f"arn:{partition}:cloudformation:{region}:{account}:stack/{name}/{ids.make_uuid()}"


def make_change_set_id(region: str, account: str, name: str) -> str:
    """A new change set's ARN."""
    partition = partition_of(region)
    return f"arn:{partition}:cloudformation:{region}:{account}:changeSet/{name}/{ids.make_uuid()}"
