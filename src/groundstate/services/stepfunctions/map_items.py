"""What the children of a map run work on: items, selected and put into batches.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
"""

from __future__ import annotations

from typing import Any

import orjson

from groundstate import ids
from groundstate.asl import select_item
from groundstate.operation import Call
from groundstate.services.stepfunctions.item_reader import ItemReaderError, read_source
from groundstate.services.stepfunctions.run import Run
from groundstate.store.map_runs import MapRun, MapRunItem

# An execution's input, and so a batch, has at most this many bytes.
INPUT_BYTES_MAX = 262_144


def read_items(
    call: Call, parent: Run, map_run: MapRun
) -> list[MapRunItem] | tuple[str, str | None]:
    """The inputs of the children, or the error and cause that fail the map run."""
    settings = map_run.settings
    try:
        if settings["source"] is not None:
            items = settings["source"]["items"]
        else:
            items = read_source(call, parent, settings["reader"])
    except ItemReaderError as error:
        return "States.ItemReaderFailed", str(error)
    texts: list[str] = []
    for index, item in enumerate(items):
        selected = select_item(
            parent.program,
            parent.execution,
            map_run.task_id,
            index,
            item,
            call.now,
            ids.make_entropy(),
        )
        if not isinstance(selected, str):
            return str(selected.error), selected.cause
        texts.append(selected)
    if "batcher" not in settings:
        return [MapRunItem(number, text, 1) for number, text in enumerate(texts)]
    return _batch(texts, *settings["batcher"])


def _batch(
    texts: list[str], max_items: int, max_bytes: int, *batch_input: Any
) -> list[MapRunItem] | tuple[str, str | None]:
    head = "{"
    if batch_input:
        head += f'"BatchInput":{orjson.dumps(batch_input[0]).decode()},'
    head += '"Items":['
    limit = min(max_bytes or INPUT_BYTES_MAX, INPUT_BYTES_MAX)
    batches: list[MapRunItem] = []
    members: list[str] = []
    size = fixed = len(head.encode()) + 2

    def close() -> None:
        batches.append(MapRunItem(len(batches), f"{head}{','.join(members)}]}}", len(members)))

    for text in texts:
        length = len(text.encode()) + 1
        full = (max_items and len(members) >= max_items) or size + length > limit
        if members and full:
            close()
            members, size = [], fixed
        if size + length > INPUT_BYTES_MAX:
            return (
                "States.DataLimitExceeded",
                "The size of an item exceeds the maximum number of bytes of a batch.",
            )
        members.append(text)
        size += length
    if members:
        close()
    return batches
