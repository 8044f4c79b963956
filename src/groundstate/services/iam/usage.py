"""What each identity asked for and whether it was allowed: gathered in memory, written at commits.

A call costs a look at a dict. Something new is written with the tick that it belongs to; what was
seen before is only counted, and the count is written with the next new thing or after a minute.
"""

from __future__ import annotations

from groundstate.store import Transaction
from groundstate.store.iam import UsageRow

FLUSH_EVERY_S = 60.0

_Key = tuple[str, str, str, bool]


class UsageLog:
    """The log of one runtime."""

    # Somebody could ask about ever new resources: then what was seen is forgotten.
    _KEYS_MAX = 50_000

    def __init__(self) -> None:
        # [not yet written, first at, last at]
        self._seen: dict[_Key, list[float]] = {}
        self._flush_at = 0.0
        self._dirty: set[_Key] = set()

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
        seen = self._seen.get(key)
        if seen is None:
            self._seen[key] = [1, now, now]
            self._dirty.add(key)
            tx.before_commit(lambda: self.flush(tx))
            return
        if seen[0] == 0:
            self._dirty.add(key)
        seen[0] += 1
        seen[2] = now
        if now >= self._flush_at:
            self._flush_at = now + FLUSH_EVERY_S
            tx.before_commit(lambda: self.flush(tx))

    def flush(self, tx: Transaction) -> None:
        """Write what was not written yet."""
        if not self._dirty:
            return
        tx.begin()
        tx.iam.add_usage(
            UsageRow(*key, int(self._seen[key][0]), self._seen[key][1], self._seen[key][2])
            for key in sorted(self._dirty)
        )
        for key in self._dirty:
            self._seen[key][0] = 0
        self._dirty.clear()
        if len(self._seen) > self._KEYS_MAX:
            self._seen.clear()
