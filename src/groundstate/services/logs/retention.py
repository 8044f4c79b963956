"""Retention: events that are older than their group keeps them are deleted.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
"""

from __future__ import annotations

from groundstate.operation import Call
from groundstate.store.logs import LogGroupRow

TIMER = "retention"
# AWS deletes within 72 hours of the expiry. Looking every hour costs one index search.
_EVERY_S = 3600.0
_DAY_S = 24 * 3600


def set_retention(call: Call, group: LogGroupRow, days: int | None) -> None:
    """Keep a group's events for so many days from now on; None keeps them for ever."""
    if group.retention_timer is not None:
        call.tx.timers.cancel(group.retention_timer)
    timer_id = None if days is None else _set_timer(call, group)
    call.tx.logs.set_retention(group.group_id, days, timer_id)


def serve_retention_timer(call: Call, subject: str, data: bytes) -> None:
    """Delete what is too old, and look again later."""
    group = call.tx.logs.find_group(call.region, subject)
    if group is None or group.retention_days is None:
        return
    before_ms = int((call.now - group.retention_days * _DAY_S) * 1000)
    call.tx.logs.remove_before(group.group_id, before_ms)
    call.tx.logs.set_retention(group.group_id, group.retention_days, _set_timer(call, group))


def _set_timer(call: Call, group: LogGroupRow) -> int:
    return call.tx.timers.set(call.now + _EVERY_S, "logs", TIMER, group.name, region=group.region)
