"""A distributed Map compiled: its reader, batcher and writer, in either query language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundstate.asl.interface import MachineType
from groundstate.asl.jsonata_query import compile_value
from groundstate.asl.map_fields import compile_number
from groundstate.asl.map_items import MapItems
from groundstate.asl.query import Query
from groundstate.asl.resources import parse_resource
from groundstate.asl.states.map_distributed import Batcher, DistributedMapState, Transfer
from groundstate.asl.templates import compile_template

Definition = dict[str, Any]
Value = Callable[[Any, Any], Any]


def compile_distributed(
    index: int,
    name: str,
    query: Query,
    definition: Definition,
    items: MapItems,
    execution_type: MachineType,
) -> DistributedMapState:
    """Compile a Map whose processor is in DISTRIBUTED mode; not its processor."""
    jsonata = query.language == "JSONata"
    return DistributedMapState(
        index,
        name,
        query,
        definition,
        items,
        _transfer(definition.get("ItemReader"), "ItemReader", "ReaderConfig", jsonata=jsonata),
        _batcher(definition.get("ItemBatcher"), jsonata=jsonata),
        _transfer(definition.get("ResultWriter"), "ResultWriter", "WriterConfig", jsonata=jsonata),
        execution_type,
    )


def _transfer(
    definition: Definition | None, location: str, config_name: str, *, jsonata: bool
) -> Transfer | None:
    if definition is None:
        return None
    resource = parse_resource(definition["Resource"]) if "Resource" in definition else None
    arguments_name = "Arguments" if jsonata else "Parameters"
    config = dict(definition.get(config_name, {}))
    max_items = None
    if "MaxItems" in config or "MaxItemsPath" in config:
        max_items = compile_number(config, "MaxItems", jsonata=jsonata)
        config.pop("MaxItems", None)
    return Transfer(
        resource,
        _value(definition.get(arguments_name, {}), f"{location}/{arguments_name}", jsonata=jsonata),
        _value(config, f"{location}/{config_name}", jsonata=jsonata),
        max_items,
    )


def _batcher(definition: Definition | None, *, jsonata: bool) -> Batcher | None:
    if definition is None:
        return None
    batch_input = None
    if "BatchInput" in definition:
        location = "ItemBatcher/BatchInput"
        batch_input = _value(definition["BatchInput"], location, jsonata=jsonata)
    return Batcher(
        compile_number(definition, "MaxItemsPerBatch", jsonata=jsonata),
        compile_number(definition, "MaxInputBytesPerBatch", jsonata=jsonata),
        batch_input,
    )


def _value(template: Any, location: str, *, jsonata: bool) -> Value:
    if jsonata:
        evaluate = compile_value(template, location)
        return lambda data, turn: evaluate(turn, {"input": data})
    return compile_template(template)
