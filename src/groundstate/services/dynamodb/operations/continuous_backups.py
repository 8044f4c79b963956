"""UpdateContinuousBackups, DescribeContinuousBackups: whether one can go back to any time.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
"""

from __future__ import annotations

from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb.errors import TableNotFoundException, ValidationException
from groundstate.services.dynamodb.model import Table
from groundstate.services.dynamodb.tables import find_table, save_table
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.shapes import BOOLEAN, INTEGER, Member, structure
from groundstate.services.dynamodb.validation.table_inputs import MANAGED_NAME

RECOVERY_DAYS = 35
_DAY_S = 24 * 3600
_UPDATE = Checker(
    TableName=MANAGED_NAME,
    PointInTimeRecoverySpecification=Member(
        structure(
            "PointInTimeRecoverySpecification",
            PointInTimeRecoveryEnabled=Member(BOOLEAN, required=True),
            RecoveryPeriodInDays=Member(INTEGER, minimum=1, maximum=RECOVERY_DAYS),
        ),
        required=True,
    ),
)
_DESCRIBE = Checker(TableName=MANAGED_NAME)


def update_continuous_backups(call: Call, request: Shape) -> Shape:
    """Begin or end to keep what each change replaces.

    Raises:
        TableNotFoundException: there is no such table.
        ValidationException: days are given for what is disabled.
    """
    request = _UPDATE.check(request).request
    table = _find(call, request["TableName"])
    wanted = request["PointInTimeRecoverySpecification"]
    if not wanted["PointInTimeRecoveryEnabled"] and "RecoveryPeriodInDays" in wanted:
        raise ValidationException(
            "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time"
            " recovery."
        )
    settings = dict(table.settings)
    days = wanted.get("RecoveryPeriodInDays", RECOVERY_DAYS)
    changes = call.tx.dynamodb.backups
    if wanted["PointInTimeRecoveryEnabled"]:
        current = settings.get("PointInTimeRecovery", {"EnabledAt": call.now})
        settings["PointInTimeRecovery"] = {**current, "Days": days}
        changes.forget_changes(table.table_id, call.now - days * _DAY_S)
    elif settings.pop("PointInTimeRecovery", None) is not None:
        changes.forget_changes(table.table_id, call.now + 1)
    return {
        "ContinuousBackupsDescription": _describe(
            call, save_table(call, table, table.definition, settings)
        )
    }


def describe_continuous_backups(call: Call, request: Shape) -> Shape:
    """Tell whether a table can be restored to a time, and to which.

    Raises:
        TableNotFoundException: there is no such table.
    """
    request = _DESCRIBE.check(request).request
    return {"ContinuousBackupsDescription": _describe(call, _find(call, request["TableName"]))}


def _find(call: Call, name: str) -> Table:
    table = find_table(call, name)
    if table is None:
        raise TableNotFoundException(f"Table not found: {name}")
    return table


def _describe(call: Call, table: Table) -> dict[str, Any]:
    recovery = table.settings.get("PointInTimeRecovery")
    if recovery is None:
        state: dict[str, Any] = {"PointInTimeRecoveryStatus": "DISABLED"}
    else:
        state = {
            "PointInTimeRecoveryStatus": "ENABLED",
            "RecoveryPeriodInDays": recovery["Days"],
            "EarliestRestorableDateTime": max(
                recovery["EnabledAt"], call.now - recovery["Days"] * _DAY_S
            ),
            "LatestRestorableDateTime": call.now,
        }
    return {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": state}
