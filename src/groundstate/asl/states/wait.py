"""Wait: goes on after some seconds, or at a time.

https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import query_error, runtime_error
from groundstate.asl.json_text import to_text
from groundstate.asl.paths import compile_field_path
from groundstate.asl.states.state import State
from groundstate.asl.times import parse_timestamp

if TYPE_CHECKING:
    from groundstate.asl.errors import StateError
    from groundstate.asl.execution import Strand
    from groundstate.asl.fields import Field
    from groundstate.asl.jsonpath import Path, PathNotFound
    from groundstate.asl.query import Query
    from groundstate.asl.turn import Turn

DELAY_S_MAX = 2_147_483_647
"""Observed: 24,856 days from now are too long, and 24,855 are not."""


class WaitState(State):
    """A Wait state.

    Args:
        index, name, query: as for every state.
        definition: of the state.
        field: the compiled JSONata Seconds or Timestamp, or None where it is a literal or a path.
    """

    type = "Wait"
    aborted = True

    def __init__(
        self,
        index: int,
        name: str,
        query: Query,
        definition: dict[str, Any],
        field: Field | None,
    ) -> None:
        super().__init__(index, name, query)
        self._due = _due_of(definition, query, field)

    def begin(self, turn: Turn, strand: Strand) -> None:
        due_at = self._due(turn, strand)
        if due_at - turn.now > DELAY_S_MAX:
            raise runtime_error("Wait state delay is too long.")
        if due_at <= turn.now:
            self.query.pass_on(turn, strand, self.next)
        else:
            turn.set_timer(strand, due_at)

    def evaluation_previous(self, strand: Strand) -> int:
        # Observed: unlike other states' it follows WaitStateEntered.
        return strand.previous

    def timer_fired(self, turn: Turn, strand: Strand) -> None:
        self.query.pass_on(turn, strand, self.next)


def _due_of(definition: dict[str, Any], query: Query, field: Field | None) -> Any:
    """From the turn and strand to the epoch seconds at which the wait ends."""
    if field is not None:
        if "Seconds" in definition:
            return lambda turn, strand: turn.now + _queried_seconds(field(turn))
        return lambda turn, strand: _queried_timestamp(field(turn))
    if "Seconds" in definition:
        seconds = definition["Seconds"]
        return lambda turn, strand: turn.now + seconds
    if "Timestamp" in definition:
        due_at = parse_timestamp(definition["Timestamp"])
        return lambda turn, strand: due_at
    if "SecondsPath" in definition:
        text = definition["SecondsPath"]
        path = _compile_reference("SecondsPath", text)
        return lambda turn, strand: (
            turn.now + _seconds_at(text, path(query.input(turn, strand), turn))
        )
    text = definition["TimestampPath"]
    path = _compile_reference("TimestampPath", text)
    return lambda turn, strand: _timestamp_at(text, path(query.input(turn, strand), turn))


def _compile_reference(field: str, text: str) -> Any:
    """The path of a field, which says in its own words that there is nothing (observed)."""

    def nothing(data: Any, path: Path, error: PathNotFound) -> StateError:
        return runtime_error(
            f"The {field} parameter does not reference an input value: {path.text}"
        )

    return compile_field_path(text, nothing) or (lambda data, turn: data)


def _seconds_at(path: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise runtime_error(
            f"The SecondsPath parameter cannot be parsed as a long value: {path} == {_shown(value)}"
        )
    if value < 0:
        raise runtime_error(
            f"The SecondsPath parameter references a negative value: {path} == {value}"
        )
    return value


def _timestamp_at(path: str, value: Any) -> float:
    due_at = parse_timestamp(value)
    if due_at is None:
        raise runtime_error(
            "The TimestampPath parameter does not reference a valid ISO-8601 extended offset"
            f" date-time format string: {path} == {_shown(value)}"
        )
    return due_at


def _queried_seconds(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise query_error(
            f"The Seconds field cannot be parsed as a long value: {_shown(value)}", "Seconds"
        )
    if value < 0:
        raise query_error(f"The Seconds field has a negative value: {value}", "Seconds")
    return value


def _queried_timestamp(value: Any) -> float:
    due_at = parse_timestamp(value)
    if due_at is None:
        raise query_error(
            "The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format"
            f" string: {_shown(value)}",
            "Timestamp",
        )
    return due_at


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else to_text(value)
