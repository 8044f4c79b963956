"""Callers that wait for the end of an execution, in memory: a restart ends their requests, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from groundstate.operation import Call
from groundstate.services.lambda_.model import Outcome

Finish = Callable[[Call, Outcome], None]


class Waiters:
    """Who waits for which execution."""

    def __init__(self) -> None:
        self._waiting: defaultdict[int, list[Finish]] = defaultdict(list)

    def add(self, call: Call, execution_id: int, finish: Finish) -> None:
        """Be told of the end of an execution, unless the call is undone."""
        self._waiting[execution_id].append(finish)

        def forget() -> None:
            waiting = self._waiting.get(execution_id, [])
            if finish in waiting:
                waiting.remove(finish)

        call.tx.on_undo(forget)

    def tell(self, call: Call, execution_id: int, outcome: Outcome) -> None:
        """An execution has ended."""
        for finish in self._waiting.pop(execution_id, ()):
            finish(call, outcome)
