"""Statuses of tables that are being changed.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html

Theory. Nothing here takes time, so a table is `ACTIVE` whenever it is described. Who wants to see
an application wait sets `GROUNDSTATE_TABLE_CHANGE_S`: then a change is done at once as before, but
for so many seconds its table tells the status that AWS's has meanwhile, and clients are refused
what AWS refuses. The status is computed from the stored definition's `Changing` when it is asked
for; only a deletion needs a timer. A table that is being imported is `CREATING` until that is over,
whatever the setting. The runtime's own services (CloudFormation, state machines) need
not wait.
"""

from __future__ import annotations

from math import inf
from typing import Any

from groundstate.operation import Call
from groundstate.services.dynamodb.errors import ResourceInUseException
from groundstate.services.dynamodb.model import Table

DELETING = "DELETING"
DELETION_TIMER = "deletion"
_DOING = {"CREATING": "created", "UPDATING": "updated", DELETING: "deleted"}


def begin(call: Call, definition: dict[str, Any], status: str) -> bool:
    """Note in a table's definition that it is being changed; whether that takes time."""
    definition.pop("Changing", None)
    takes_s = call.config.table_change_s
    if takes_s <= 0 or not call.takes_fragments:
        return False
    definition["Changing"] = {"Status": status, "Until": call.now + takes_s}
    return True


def hold(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition of a table that is `CREATING` until `release`."""
    return {**definition, "Changing": {"Status": "CREATING"}}


def release(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition of a table that was made."""
    return {name: value for name, value in definition.items() if name != "Changing"}


def current(call: Call, definition: dict[str, Any]) -> str:
    """A table's status at this moment."""
    changing = definition.get("Changing")
    if changing is None:
        return "ACTIVE"
    status: str = changing["Status"]
    # A deletion ends with the table.
    return status if status == DELETING or call.now < changing.get("Until", inf) else "ACTIVE"


def has_items(call: Call, table: Table) -> bool:
    """Whether a table can be read and written: not before it is made, nor when it is going."""
    return not call.takes_fragments or current(call, table.definition) in ("ACTIVE", "UPDATING")


def check_settled(call: Call, table: Table) -> None:
    """Check that a table is not being changed already.

    Raises:
        ResourceInUseException: it is.
    """
    status = current(call, table.definition)
    if status != "ACTIVE" and call.takes_fragments:
        raise ResourceInUseException(
            "Attempt to change a resource which is still in use: Table is being"
            f" {_DOING[status]}: {table.name}"
        )


def set_deletion_timer(call: Call, table: Table) -> None:
    """Delete a table when its deletion has taken its time."""
    until = table.definition["Changing"]["Until"]
    call.tx.timers.set(until, "dynamodb", DELETION_TIMER, str(table.table_id), region=table.region)
