"""Work that leaves the process and blocks: done in a thread, after the commit that recorded it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from groundstate.operation import Call, Deferred

THREADS_MAX = 32


class Outside:
    """Threads for work that blocks. None is started before it is needed.

    Args:
        threads_max: how much of it is done at a time.
    """

    def __init__(self, threads_max: int = THREADS_MAX) -> None:
        self._threads_max = threads_max
        self._pool: ThreadPoolExecutor | None = None
        self._under_way = 0
        self._kept: dict[Any, Any] = {}
        self._keeping = threading.Lock()
        self._stopped = False

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._under_way > 0

    def call(self, call: Call, work: Callable[[], Any]) -> Deferred:
        """Do work in a thread; the deferred's result is `{"result": ...}`.

        The work must give a failure as a result and raise nothing.
        """
        deferred, runner, region = Deferred(), call.runner, call.region
        self._under_way += 1
        call.tx.on_undo(self._end)

        def begin() -> None:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads_max, thread_name_prefix="outside")
            loop = asyncio.get_running_loop()
            future = loop.run_in_executor(self._pool, work)
            future.add_done_callback(ended)

        def ended(future: asyncio.Future[Any]) -> None:
            self._end()
            if not future.cancelled() and not self._stopped:
                result = future.result()
                runner.run("stepfunctions", lambda _: deferred.resolve({"result": result}), region)

        call.after_commit(begin)
        return deferred

    def keep(self, key: Any, make: Callable[[], Any]) -> Any:
        """Something that threads share, such as a client: made once, closed at the end."""
        with self._keeping:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]

    def stop(self) -> None:
        """Wait for no answer any more."""
        self._stopped = True
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        for kept in self._kept.values():
            kept.close()

    def _end(self) -> None:
        self._under_way -= 1
