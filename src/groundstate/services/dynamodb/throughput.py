"""Billing modes and throughput of tables and indexes, and what may be changed of them.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from groundstate.operation import Call
from groundstate.services.dynamodb import schema
from groundstate.services.dynamodb.errors import (
    LimitExceededException,
    ValidationException,
    invalid,
)

UNITS = ("ReadCapacityUnits", "WriteCapacityUnits")
# After these, units can be decreased once an hour.
FREE_DECREASES_A_DAY = 4
_HOUR_S = 3600
_DAY_S = 24 * 3600
# What a new on-demand table sustains at once (observed).
WARM_READS = 12000
WARM_WRITES = 4000
# The members of WarmThroughput, the units that they follow, and what they are on demand.
_WARM = (
    ("ReadUnitsPerSecond", "ReadCapacityUnits", WARM_READS),
    ("WriteUnitsPerSecond", "WriteCapacityUnits", WARM_WRITES),
)
UNLIMITED = -1


def new_throughput(throughput: dict[str, int] | None) -> dict[str, Any]:
    """ProvisionedThroughputDescription of a new table or index; zeros on demand."""
    units = throughput or dict.fromkeys(UNITS, 0)
    return {"NumberOfDecreasesToday": 0, **units}


def set_on_demand(definition: dict[str, Any], at: float) -> None:
    """Bill a table by the request from a time on."""
    for part in (definition, *definition.get("GlobalSecondaryIndexes", ())):
        _keep_warm(part, on_demand=False)
    definition["ProvisionedThroughput"] = {
        **definition["ProvisionedThroughput"],
        **new_throughput(None),
    }
    for index in definition.get("GlobalSecondaryIndexes", ()):
        index["ProvisionedThroughput"] = new_throughput(None)
    _set_mode(definition, schema.ON_DEMAND, at)


def _set_mode(definition: dict[str, Any], mode: str, at: float) -> None:
    times = {"LastUpdateToPayPerRequestDateTime": at}
    definition["BillingModeSummary"] = {"BillingMode": mode, **times}
    # The real service tells this one as well, though its model does not know it.
    definition["TableThroughputModeSummary"] = {"TableThroughputMode": mode, **times}


def without_times(shape: dict[str, Any]) -> None:
    """Tell a table's billing mode as while it changes: without the time of the change."""
    for member, mode in (
        ("BillingModeSummary", "BillingMode"),
        ("TableThroughputModeSummary", "TableThroughputMode"),
    ):
        if member in shape:
            shape[member] = {mode: shape[member][mode]}


def is_on_demand(definition: dict[str, Any]) -> bool:
    """Whether a table is billed by the request."""
    summary = definition.get("BillingModeSummary") or {}
    return bool(summary.get("BillingMode") == schema.ON_DEMAND)


def change_billing(call: Call, definition: dict[str, Any], request: dict[str, Any]) -> None:
    """Change a table's billing mode and units as UpdateTable asks.

    Raises:
        LimitExceededException: units were decreased too often today.
        ValidationException: the units do not go with the mode, or do not change.
    """
    mode = request.get("BillingMode")
    wanted = request.get("ProvisionedThroughput")
    if is_on_demand(definition):
        if mode == "PROVISIONED":
            _provision(definition, request)
        elif wanted is not None:
            raise invalid(
                "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when"
                " BillingMode is PAY_PER_REQUEST"
            )
    elif mode == schema.ON_DEMAND:
        set_on_demand(definition, call.now)
    elif wanted is not None:
        change_units(call, definition, wanted)


def _provision(definition: dict[str, Any], request: dict[str, Any]) -> None:
    """From on demand to provisioned: the table and each global index need their units."""
    given = {
        update["Update"]["IndexName"]: update["Update"].get("ProvisionedThroughput")
        for update in request.get("GlobalSecondaryIndexUpdates", ())
        if "Update" in update
    }
    for index in definition.get("GlobalSecondaryIndexes", ()):
        if not given.get(index["IndexName"]):
            raise invalid(
                f"ProvisionedThroughput must be specified for index: {index['IndexName']}"
            )
    for part in (definition, *definition.get("GlobalSecondaryIndexes", ())):
        part.pop("OnDemandThroughput", None)
        _keep_warm(part, on_demand=True)
    definition["ProvisionedThroughput"].update(request["ProvisionedThroughput"])
    since = definition["BillingModeSummary"]["LastUpdateToPayPerRequestDateTime"]
    _set_mode(definition, "PROVISIONED", since)


def warm(part: dict[str, Any], *, on_demand: bool) -> dict[str, int]:
    """What a table or index is ready for: as much as it ever had, and as its mode gives."""
    units = part["ProvisionedThroughput"]
    given = part.get("WarmThroughput", {})
    return {
        member: max(given.get(member, 0), initial if on_demand else units[unit])
        for member, unit, initial in _WARM
    }


def _keep_warm(part: dict[str, Any], *, on_demand: bool) -> None:
    """What a table or index was ready for, it stays ready for."""
    part["WarmThroughput"] = warm(part, on_demand=on_demand)


def change_units(call: Call, part: dict[str, Any], wanted: dict[str, int], index: str = "") -> None:
    """Change the units of a table or index.

    Raises:
        LimitExceededException: they were decreased too often today.
        ValidationException: they do not change.
    """
    current = part["ProvisionedThroughput"]
    differences = [wanted[unit] - current[unit] for unit in UNITS]
    if not any(differences):
        raise _unchanged(current, wanted, index)
    if min(differences) < 0:
        _count_decrease(call, current)
        _keep_warm(part, on_demand=False)
    if max(differences) > 0:
        current["LastIncreaseDateTime"] = call.now
    current.update(wanted)


def _unchanged(current: dict[str, Any], wanted: dict[str, int], index: str) -> ValidationException:
    kind = "index" if index else "table"
    told = " ".join(
        f"Current {unit} provisioned for the {kind}: {current[unit]}."
        f" Requested {unit}: {wanted[unit]}."
        for unit in UNITS
    )
    what = f"index {index}" if index else "table"
    return ValidationException(
        f"The provisioned throughput for the {what} will not change."
        f" The requested value equals the current value. {told}"
        " Refer to the Amazon DynamoDB Developer Guide for current limits and how to request"
        " higher limits."
    )


def decreases_today(throughput: dict[str, Any], now: float) -> int:
    """How often units were decreased in this UTC day."""
    last = throughput.get("LastDecreaseDateTime")
    if last is None or last // _DAY_S != now // _DAY_S:
        return 0
    count: int = throughput["NumberOfDecreasesToday"]
    return count


def _count_decrease(call: Call, current: dict[str, Any]) -> None:
    count = decreases_today(current, call.now)
    last = current.get("LastDecreaseDateTime", 0.0)
    if count >= FREE_DECREASES_A_DAY and call.now < last + _HOUR_S:
        raise LimitExceededException(
            "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given"
            f" UTC day. After the first {FREE_DECREASES_A_DAY} decreases, each subsequent decrease"
            f" in the same UTC day can be performed at most once every {_HOUR_S} seconds. Number of"
            f" decreases today: {count}. Last decrease at {_show_time(last)}. Next decrease can be"
            f" made at {_show_time(last + _HOUR_S)}"
        )
    current.update(LastDecreaseDateTime=call.now, NumberOfDecreasesToday=count + 1)


def _show_time(at: float) -> str:
    time = datetime.fromtimestamp(at, UTC)
    hour = time.hour % 12 or 12
    return f"{time:%A, %B} {time.day}, {time.year} {hour}:{time:%M:%S %p} UTC"


def check_limits(given: dict[str, Any], mode: str | None, index: str = "") -> None:
    """Check the limits of a new table or index. Raises ValidationException."""
    on_demand = mode == schema.ON_DEMAND
    if given.get("OnDemandThroughput"):
        if not on_demand:
            what = f" for index: {index}" if index else ""
            raise invalid(_on_demand_alone(given["OnDemandThroughput"], what, "table") + ".")
        if index and UNLIMITED in given["OnDemandThroughput"].values():
            raise _out_of_range(given["OnDemandThroughput"], index)
        check_on_demand(given["OnDemandThroughput"], index, on_demand=True)
    if given.get("WarmThroughput"):
        check_new_warm(given["WarmThroughput"], given, index, mode or "PROVISIONED")


def check_on_demand(given: dict[str, int], index: str, *, on_demand: bool) -> None:
    """Check OnDemandThroughput of a table or index. Raises ValidationException."""
    if not on_demand:
        what = f" for index : {index}" if index else ""
        raise invalid(_on_demand_alone(given, what, "the table"))
    if any(units != UNLIMITED and units < 1 for units in given.values()):
        raise _out_of_range(given, index)


def _out_of_range(given: dict[str, int], index: str) -> ValidationException:
    member = next(member for member in sorted(given) if given[member] < 1)
    what = f"index : {index}" if index else "table"
    return invalid(
        f"Requested {member} for OnDemandThroughput for {what} is outside of valid range"
    )


def _on_demand_alone(given: dict[str, int], what: str, table: str) -> str:
    """What a provisioned table is told; CreateTable says `table`, UpdateTable `the table`."""
    member = next(iter(sorted(given)), "MaxReadRequestUnits")
    return (
        f"{member} for OnDemandThroughput{what} cannot be specified when {table} BillingMode is"
        " PROVISIONED"
    )


def limits_set(given: dict[str, int]) -> dict[str, int]:
    """The limits that are any; `-1` takes one away."""
    return {member: units for member, units in given.items() if units != UNLIMITED}


def check_new_warm(given: dict[str, int], part: dict[str, Any], index: str, mode: str) -> None:
    """Check WarmThroughput of a new table or index.

    Args:
        part: the request for it.

    Raises:
        ValidationException: it is too low.
    """
    on_demand = mode == schema.ON_DEMAND
    units = part.get("ProvisionedThroughput") or dict.fromkeys(UNITS, 0)
    lowest = warm({"ProvisionedThroughput": units}, on_demand=on_demand)
    why = f"initial throughput for {'OnDemand' if on_demand else 'Provisioned'}"
    _check_warm(given, lowest, index, why)


def change_warm(
    part: dict[str, Any], given: dict[str, int], index: str, *, on_demand: bool
) -> None:
    """Let a table or index be ready for more. Raises ValidationException if it is less."""
    current = warm(part, on_demand=on_demand)
    why = "current WarmThroughput, decreasing WarmThroughput is not supported"
    _check_warm(given, current, index, why)
    part["WarmThroughput"] = {**current, **given}


def _check_warm(given: dict[str, int], lowest: dict[str, int], index: str, why: str) -> None:
    what = f"index {index}" if index else "table"
    for member in sorted(given):
        if given[member] < lowest[member]:
            raise invalid(f"Requested {member} for WarmThroughput for {what} is lower than {why}")
