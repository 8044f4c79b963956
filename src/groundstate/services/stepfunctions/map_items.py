"""What the children of a map run work on: items, selected and put into batches.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from groundstate import ids
from groundstate.asl import STATE_DATA, ItemTooLarge, put_into_batches, select_item
from groundstate.operation import Call
from groundstate.services.stepfunctions.item_reader import ItemReaderError, read_source
from groundstate.services.stepfunctions.run import Run
from groundstate.store.map_runs import MapRun, MapRunItem

# How many inputs are handed over at a time.
CHUNK = 100
# How long items are selected before what there is of them is handed over.
BREATH_S = 0.004


class ItemsFailedError(Exception):
    """The items of a map run cannot be had, which fails the run.

    Attributes:
        error, cause: as in MapRunFailed.
    """

    def __init__(self, error: str, cause: str | None) -> None:
        super().__init__(error, cause)
        self.error = error
        self.cause = cause


def read_items(call: Call, parent: Run, map_run: MapRun) -> Iterator[list[MapRunItem]]:
    """The inputs of the children, some at a time: a long list must not hold up everybody else.

    Raises:
        ItemsFailedError: they cannot be read, selected or put into batches.
    """
    settings = map_run.settings
    texts = _select(call, parent, map_run, _read(call, parent, settings))
    if "batcher" in settings:
        inputs = _batch(texts, settings["batcher"])
    else:
        inputs = (None if text is None else (text, 1) for text in texts)
    chunk: list[MapRunItem] = []
    number = 0
    for found in inputs:
        if found is not None:
            chunk.append(MapRunItem(number, *found))
            number += 1
        if found is None or len(chunk) == CHUNK:
            yield chunk
            chunk = []
    yield chunk


_Sourced = list[tuple[str, list[Any]]]
"""Where items come from, and they."""


def _read(call: Call, parent: Run, settings: dict[str, Any]) -> _Sourced:
    if settings["source"] is not None:
        return [(STATE_DATA, settings["source"]["items"])]
    try:
        return read_source(call, parent, settings["reader"])
    except ItemReaderError as error:
        raise ItemsFailedError("States.ItemReaderFailed", str(error)) from None


def _select(call: Call, parent: Run, map_run: MapRun, sourced: _Sourced) -> Iterator[str | None]:
    """The items through the selector; None in between when others should get their turn."""
    program, execution, task_id = parent.program, parent.execution, map_run.task_id
    began_at = time.perf_counter()
    each = ((source, item) for source, items in sourced for item in items)
    for index, (source, item) in enumerate(each):
        if time.perf_counter() - began_at > BREATH_S:
            yield None
            began_at = time.perf_counter()
        entropy = ids.make_entropy()
        selected = select_item(program, execution, task_id, index, item, call.now, entropy, source)
        if not isinstance(selected, str):
            raise ItemsFailedError(str(selected.error), selected.cause)
        yield selected


def _batch(texts: Iterator[str | None], batcher: list[Any]) -> Iterator[tuple[str, int] | None]:
    try:
        yield from put_into_batches(texts, *batcher)
    except ItemTooLarge as error:
        raise ItemsFailedError("States.DataLimitExceeded", str(error)) from None
