"""Map in distributed mode: a map run whose iterations are executions of their own.

The core records the run, asks for it with `StartMapRun` and waits for its end. It takes no part in
the children; `select_item` tells what each of them gets.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import Failed, too_deep
from groundstate.asl.interface import (
    ItemBatcher,
    ItemReader,
    MachineType,
    MapRunFailed,
    MapRunSucceeded,
    RedriveMapRun,
    ResultWriter,
    StartMapRun,
)
from groundstate.asl.map_fields import compile_number, error_of
from groundstate.asl.sizes import LEVELS_MAX, is_deeper
from groundstate.asl.states.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundstate.asl.execution import Strand
    from groundstate.asl.interface import Input, Resource
    from groundstate.asl.map_items import MapItems
    from groundstate.asl.query import Query
    from groundstate.asl.turn import Turn

    Value = Callable[[Any, Turn], Any]


class Transfer:
    """ItemReader or ResultWriter: a resource, its arguments and its configuration.

    Attributes:
        resource: None where a ResultWriter only says how results look.
        arguments, config: values for the state at work, from its effective input.
    """

    __slots__ = ("arguments", "config", "max_items", "resource")

    def __init__(
        self, resource: Resource | None, arguments: Value, config: Value, max_items: Value | None
    ) -> None:
        self.resource = resource
        self.arguments = arguments
        self.config = config
        self.max_items = max_items


class Batcher:
    """ItemBatcher's fields, as values for the state at work."""

    __slots__ = ("batch_input", "max_input_bytes", "max_items")

    def __init__(self, max_items: Value, max_input_bytes: Value, batch_input: Value | None) -> None:
        self.max_items = max_items
        self.max_input_bytes = max_input_bytes
        self.batch_input = batch_input


class DistributedMapState(State):
    """A Map state in distributed mode."""

    type = "Map"
    aborted = True
    counts_retries = True

    def __init__(
        self,
        index: int,
        name: str,
        query: Query,
        definition: dict[str, Any],
        items: MapItems,
        reader: Transfer | None,
        batcher: Batcher | None,
        writer: Transfer | None,
        execution_type: MachineType,
    ) -> None:
        super().__init__(index, name, query)
        jsonata = query.language == "JSONata"
        self.jsonata = jsonata
        self.items = items
        self.reader = reader
        self.batcher = batcher
        self.writer = writer
        self.execution_type: MachineType = execution_type
        self.label: str = definition.get("Label", "")
        self.tolerated_count = compile_number(definition, "ToleratedFailureCount", jsonata=jsonata)
        self.tolerated_percentage = compile_number(
            definition, "ToleratedFailurePercentage", jsonata=jsonata, kind="float"
        )

    def begin(self, turn: Turn, strand: Strand) -> None:
        data = self.query.input(turn, strand)
        # The concurrency is looked at before the state starts, all else after it (observed).
        concurrency = self.items.max_concurrency(data, turn)
        items = None if self.reader is not None else self.items.find(data, turn)
        # Whoever runs the map run writes them down.
        if is_deeper(items, LEVELS_MAX):
            raise too_deep()
        strand.previous = turn.record(
            strand.previous,
            "MapStateStarted",
            {"length": 0 if items is None else len(items)},
        )
        command = self._command(turn, data, items, concurrency)
        info = turn.execution.info
        arn = ":".join(info.arn.split(":")[:5])
        command.map_run_arn = (
            f"{arn}:mapRun:{info.machine_name}/{command.label}:{turn.chance.uuid()}"
        )
        task_id = turn.emit(
            strand,
            "MapRunStarted",
            {"mapRunArn": command.map_run_arn},
        )
        command.task_id = strand.task = task_id
        strand.map_run = [command.map_run_arn, 0]
        turn.execution.tasks[task_id] = strand.id
        turn.outcome.commands.append(command)

    def _command(
        self, turn: Turn, data: Any, items: list[Any] | None, concurrency: int
    ) -> StartMapRun:
        count = self.tolerated_count(data, turn)
        if count is not None and count < 0:
            raise error_of(
                self.jsonata, "ToleratedFailureCount cannot be negative.", "ToleratedFailureCount"
            )
        percentage = self.tolerated_percentage(data, turn)
        if percentage is not None and not 0 <= percentage <= 100:
            raise error_of(
                self.jsonata,
                "ToleratedFailurePercentage must be between 0 and 100.",
                "ToleratedFailurePercentage",
            )
        return StartMapRun(
            task_id=0,
            map_run_arn="",
            label=self.label or turn.chance.uuid(),
            state_name=self.name,
            execution_type=self.execution_type,
            items=items,
            item_reader=self._item_reader(data, turn),
            item_batcher=self.item_batcher(data, turn),
            result_writer=self._result_writer(data, turn),
            max_concurrency=concurrency,
            tolerated_failure_count=count,
            tolerated_failure_percentage=percentage,
        )

    def _item_reader(self, data: Any, turn: Turn) -> ItemReader | None:
        reader = self.reader
        if reader is None:
            return None
        assert reader.resource is not None
        config = reader.config(data, turn)
        if reader.max_items is not None:
            max_items = reader.max_items(data, turn)
            config = {**config, "MaxItems": max_items}
            config.pop("MaxItemsPath", None)
        return ItemReader(reader.resource, reader.arguments(data, turn), config)

    def item_batcher(self, data: Any, turn: Turn) -> ItemBatcher | None:
        """How the items are to be put together; None if each is by itself."""
        batcher = self.batcher
        if batcher is None:
            return None
        has_input = batcher.batch_input is not None
        return ItemBatcher(
            int(batcher.max_items(data, turn) or 0),
            int(batcher.max_input_bytes(data, turn) or 0),
            batcher.batch_input(data, turn) if batcher.batch_input is not None else None,
            has_input,
        )

    def _result_writer(self, data: Any, turn: Turn) -> ResultWriter | None:
        writer = self.writer
        if writer is None:
            return None
        return ResultWriter(
            writer.resource, writer.arguments(data, turn), writer.config(data, turn)
        )

    def redrive(self, turn: Turn, strand: Strand) -> None:
        if strand.map_run is None:
            self.begin(turn, strand)
            return
        arn, count = strand.map_run
        strand.map_run = [arn, count + 1]
        task_id = turn.emit(
            strand,
            "MapRunRedriven",
            {"mapRunArn": arn, "redriveCount": count + 1},
        )
        strand.task = task_id
        turn.execution.tasks[task_id] = strand.id
        turn.outcome.commands.append(RedriveMapRun(task_id, arn, count + 1))

    def answered(self, turn: Turn, strand: Strand, event: Input) -> None:
        if isinstance(event, MapRunSucceeded):
            turn.close_task(strand)
            succeeded = turn.record(strand.previous, "MapRunSucceeded", None)
            turn.record(succeeded, "MapStateSucceeded", None)
            # Recordings until July 2024, which are most, have it so; in those since November 2024
            # what comes next follows MapRunStarted.
            if not turn.machine.is_recent:
                strand.previous = succeeded
            self.query.leave(turn, strand, event.output, None, self.next)
        elif isinstance(event, MapRunFailed):
            turn.close_task(strand)
            details: dict[str, Any] = {"error": event.error}
            if event.cause is not None:
                details["cause"] = event.cause
            turn.emit(strand, "MapRunFailed", details)
            turn.fail(strand, Failed(event.error, event.cause))

    def record_failed(self, turn: Turn, strand: Strand) -> None:
        strand.previous = turn.record(strand.previous, "MapStateFailed", None)
