"""The fields of a Map that say what it runs over: items, selector and limits.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemspath.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from groundstate.asl.errors import runtime_error
from groundstate.asl.json_text import to_text
from groundstate.asl.paths import Evaluate, compile_field_path
from groundstate.asl.templates import compile_template

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.turn import Turn


class MapItems(Protocol):
    """A Map's items in either query language.

    Attributes:
        keeps_data: the selector needs the state's effective input when an iteration begins.
    """

    keeps_data: bool

    def find(self, data: Any, turn: Turn) -> tuple[list[Any], list[str] | None]:
        """The items, and their names when they are the members of an object."""

    def max_concurrency(self, data: Any, turn: Turn) -> int:
        """How many iterations may run at once; 0 for no limit."""

    def select(self, turn: Turn, strand: Strand, data: Any, item: dict[str, Any]) -> Any:
        """What the iteration of an item gets as its input."""


class JsonPathMapItems:
    """ItemsPath, ItemSelector (or the older Parameters) and MaxConcurrency(Path)."""

    __slots__ = ("_concurrency", "_concurrency_path", "_items_path", "_items_text", "_selector")

    def __init__(self, definition: dict[str, Any]) -> None:
        self._items_text = definition.get("ItemsPath", "$")
        self._items_path = compile_field_path(self._items_text)
        selector = definition.get("ItemSelector", definition.get("Parameters"))
        self._selector: Evaluate | None = None if selector is None else compile_template(selector)
        self._concurrency = definition.get("MaxConcurrency", 0)
        self._concurrency_path = compile_number_path(definition, "MaxConcurrencyPath")

    @property
    def keeps_data(self) -> bool:
        return self._selector is not None

    def find(self, data: Any, turn: Turn) -> tuple[list[Any], list[str] | None]:
        items = data if self._items_path is None else self._items_path(data, turn)
        if not isinstance(items, list):
            raise runtime_error(
                f"Reference path \"{self._items_text}\" must point to array."
            )
        return items, None

    def max_concurrency(self, data: Any, turn: Turn) -> int:
        if self._concurrency_path is None:
            return int(self._concurrency)
        value = self._concurrency_path(data, turn)
        if value < 0:
            raise runtime_error("MaxConcurrency cannot be negative.")
        return int(value)

    def select(self, turn: Turn, strand: Strand, data: Any, item: dict[str, Any]) -> Any:
        if self._selector is None:
            return item["Value"]
        turn.strand, turn.item = strand, item
        try:
            return self._selector(data, turn)
        finally:
            turn.item = None


def compile_number_path(
    definition: dict[str, Any], field: str, *, kind: str = "integer"
) -> Evaluate | None:
    """A field like MaxConcurrencyPath, whose value must be a number of a kind.

    Args:
        definition: of the state.
        field: its name.
        kind: `integer` or `float`.
    """
    if field not in definition:
        return None
    text = definition[field]
    path = compile_field_path(text) or (lambda data, turn: data)

    def evaluate(data: Any, turn: Turn) -> Any:
        value = path(data, turn)
        allowed = int if kind == "integer" else int | float
        if isinstance(value, bool) or not isinstance(value, allowed):
            raise runtime_error(
                f"The {field} field refers to value {to_text(value)} which is not a valid"
                f" {kind}: {text}"
            )
        return value

    return evaluate
