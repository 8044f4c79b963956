"""What a Map runs over, and what each iteration gets of it.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemspath.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from groundstate.asl.errors import query_error, runtime_error
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonata_query import Template, compile_typed, compile_value
from groundstate.asl.map_fields import compile_number, error_of
from groundstate.asl.paths import Evaluate, compile_field_path
from groundstate.asl.templates import compile_template

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.turn import Turn


class MapItems(Protocol):
    """A Map's items in either query language."""

    @property
    def keeps_data(self) -> bool:
        """The selector needs the state's effective input when an iteration begins."""

    def find(self, data: Any, turn: Turn) -> list[Any]:
        """The items."""

    def max_concurrency(self, data: Any, turn: Turn) -> int:
        """How many iterations may run at once; 0 for no limit."""

    def select(self, turn: Turn, strand: Strand, data: Any, item: dict[str, Any]) -> Any:
        """What the iteration of an item gets as its input."""


def make_item(index: int, value: Any) -> dict[str, Any]:
    """The context object's `Map.Item`."""
    return {"Index": index, "Value": value}


class JsonPathMapItems:
    """ItemsPath, ItemSelector (or the older Parameters) and MaxConcurrency(Path)."""

    __slots__ = ("_concurrency", "_items_path", "_items_text", "_selector")

    def __init__(self, definition: dict[str, Any]) -> None:
        self._items_text = definition.get("ItemsPath", "$")
        self._items_path = compile_field_path(self._items_text)
        selector = definition.get("ItemSelector", definition.get("Parameters"))
        self._selector: Evaluate | None = None if selector is None else compile_template(selector)
        self._concurrency = compile_number(definition, "MaxConcurrency", jsonata=False)

    @property
    def keeps_data(self) -> bool:
        return self._selector is not None

    def find(self, data: Any, turn: Turn) -> list[Any]:
        items = data if self._items_path is None else self._items_path(data, turn)
        if not isinstance(items, list):
            # A path into the context object is shown with one `$` (observed).
            shown = self._items_text.replace("$$", "$")
            raise runtime_error(f'Reference path "{shown}" must point to array.')
        return items

    def max_concurrency(self, data: Any, turn: Turn) -> int:
        return _concurrency(self._concurrency(data, turn), jsonata=False)

    def select(self, turn: Turn, strand: Strand, data: Any, item: dict[str, Any]) -> Any:
        if self._selector is None:
            return item["Value"]
        turn.strand, turn.item = strand, item
        try:
            return self._selector(data, turn)
        finally:
            turn.item = None


class JsonataMapItems:
    """Items, ItemSelector and MaxConcurrency.

    Args:
        definition: of the Map state.
        takes_objects: Items may give an object, whose members are the items (distributed mode;
            observed: an inline Map refuses it).
    """

    __slots__ = ("_concurrency", "_items", "_selector", "_takes_objects")

    def __init__(self, definition: dict[str, Any], *, takes_objects: bool) -> None:
        self._takes_objects = takes_objects and "Items" in definition
        self._items: Template | None = None
        if "Items" in definition:
            types = ("array", "object") if takes_objects else ("array",)
            self._items = compile_typed(definition["Items"], "Items", *types)
        self._selector: Template | None = None
        if "ItemSelector" in definition:
            self._selector = compile_value(definition["ItemSelector"], "ItemSelector")
        self._concurrency = compile_number(definition, "MaxConcurrency", jsonata=True)

    @property
    def keeps_data(self) -> bool:
        return self._selector is not None

    def find(self, data: Any, turn: Turn) -> list[Any]:
        items = data if self._items is None else self._items(turn, {"input": data})
        if self._takes_objects and isinstance(items, dict):
            # The same pairs as of an object that an ItemReader reads.
            return [{"Key": name, "Value": value} for name, value in items.items()]
        if not isinstance(items, list):
            raise query_error(f"Map state input must be an array but was: {to_text(items)}")
        return items

    def max_concurrency(self, data: Any, turn: Turn) -> int:
        return _concurrency(self._concurrency(data, turn), jsonata=True)

    def select(self, turn: Turn, strand: Strand, data: Any, item: dict[str, Any]) -> Any:
        if self._selector is None:
            return item["Value"]
        turn.strand, turn.item = strand, item
        try:
            return self._selector(turn, {"input": data})
        finally:
            turn.item = None


def _concurrency(value: Any, *, jsonata: bool) -> int:
    number = int(value or 0)
    if number < 0:
        raise error_of(jsonata, "MaxConcurrency cannot be negative.", "MaxConcurrency")
    return number
