"""What each identity asked for and whether it was allowed: gathered in memory, written at commits.

A call costs a look at a dict. Something new is written with the tick that it belongs to; what was
seen before is only counted, and the count is written with the next new thing or after a minute.
"""

from __future__ import annotations

import re

from groundstate.store import Transaction
from groundstate.store.iam import UsageRow

FLUSH_EVERY_S = 60.0

_Key = tuple[str, str, str, bool]

# Objects, log streams and executions come and go: they are counted as one, by what holds them.
_MANY = re.compile(
    r"(?P<object>arn:[\w-]+:s3:::[^/]+/).+"
    r"|(?P<stream>arn:[\w-]+:logs:.*:log-stream:).+"
    r"|(?P<execution>arn:[\w-]+:states:[^:]*:[^:]*:(?:execution|express):[^:]+:).+"
)


class _Count:
    """How often something was asked; `unwritten` of it is not in the table yet."""

    __slots__ = ("first_at", "last_at", "unwritten")

    def __init__(self, now: float) -> None:
        self.unwritten = 1
        self.first_at = now
        self.last_at = now


class UsageLog:
    """The log of one runtime."""

    # Somebody could ask about ever new resources: then what was seen is forgotten.
    _KEYS_MAX = 50_000

    def __init__(self) -> None:
        self._seen: dict[_Key, _Count] = {}
        self._unwritten: set[_Key] = set()
        self._flush_at = 0.0

    def record(
        self,
        tx: Transaction,
        now: float,
        identity_arn: str,
        action: str,
        resource: str,
        allowed: bool,
    ) -> None:
        """Remember that an identity asked for something."""
        key = (identity_arn, action, resource, allowed)
        count = self._seen.get(key)
        if count is None:
            key = (identity_arn, action, collective(resource), allowed)
            count = self._seen.get(key)
        if count is None:
            self._seen[key] = _Count(now)
            self._unwritten.add(key)
            # A refusal opens no transaction by itself, and is to be written with its answer.
            tx.begin()
            self._flush_before_commit(tx)
            return
        if count.unwritten == 0:
            self._unwritten.add(key)
        count.unwritten += 1
        count.last_at = now
        if now >= self._flush_at:
            self._flush_at = now + FLUSH_EVERY_S
            self._flush_before_commit(tx)

    def _flush_before_commit(self, tx: Transaction) -> None:
        tx.before_commit(lambda: self.flush(tx))
        # An undo of what was asked for drops the callback; that it was asked for stays true.
        tx.on_undo(lambda: self._flush_before_commit(tx))

    def flush(self, tx: Transaction) -> None:
        """Write what was not written yet."""
        if not self._unwritten:
            return
        tx.begin()
        rows = []
        for key in sorted(self._unwritten):
            count = self._seen[key]
            rows.append(UsageRow(*key, count.unwritten, count.first_at, count.last_at))
            count.unwritten = 0
        tx.iam.add_usage(rows)
        self._unwritten.clear()
        if len(self._seen) > self._KEYS_MAX:
            self._seen.clear()


def collective(resource: str) -> str:
    """A resource, or the pattern of those that it is one of many of."""
    found = _MANY.fullmatch(resource)
    return resource if found is None else f"{found.group(found.lastgroup or 0)}*"
