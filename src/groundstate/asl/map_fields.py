"""Numbers of a Map: concurrency and tolerated failures, in either query language.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import StateError, query_error, runtime_error
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonata_query import compile_typed
from groundstate.asl.paths import compile_field_path

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

Number = Callable[[Any, "Turn"], Any]
"""A number for the state at work, from its effective input; None where it is not set."""


def compile_number(
    definition: dict[str, Any], field: str, *, jsonata: bool, kind: str = "integer"
) -> Number:
    """A field such as MaxConcurrency, or its Path form.

    Args:
        definition: of the state, or of the field's own object.
        field: its name, without `Path`.
        jsonata: the state's query language.
        kind: `integer` or `float`.
    """
    path_field = f"{field}Path"
    if path_field in definition:
        return _compile_path(definition[path_field], path_field, kind)
    value = definition.get(field)
    if jsonata and isinstance(value, str):
        evaluate = compile_typed(value, field, "number")
        return lambda data, turn: _queried(evaluate(turn, {"input": data}), field, kind)
    return lambda data, turn: value


def _compile_path(text: str, field: str, kind: str) -> Number:
    path = compile_field_path(text) or (lambda data, turn: data)

    def evaluate(data: Any, turn: Turn) -> Any:
        value = path(data, turn)
        number = _parse(value, kind)
        if number is None:
            raise runtime_error(
                f"The {field} field refers to value {to_text(value)} which is not a valid"
                f" {kind}: {text}"
            )
        return number

    return evaluate


def _parse(value: Any, kind: str) -> float | None:
    """The number that a value is or spells (observed: "1" is one)."""
    if isinstance(value, str):
        try:
            return int(value) if kind == "integer" else float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if kind == "float" or isinstance(value, int) else None


def _queried(value: Any, field: str, kind: str) -> Any:
    if kind == "integer" and isinstance(value, float):
        raise query_error(
            f"The {field} field cannot be parsed as an integer: {to_text(value)}", field
        )
    return value


def error_of(jsonata: bool, cause: str, location: str) -> StateError:
    """A wrong value's error: States.QueryEvaluationError in JSONata states, else States.Runtime."""
    return query_error(cause, location) if jsonata else runtime_error(cause)
