"""Fail: ends its scope with an error.

https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import Failed, runtime_error
from groundstate.asl.execution import READY
from groundstate.asl.json_text import to_text
from groundstate.asl.states.state import State
from groundstate.asl.templates import compile_expression

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.fields import Field
    from groundstate.asl.paths import Evaluate
    from groundstate.asl.query import Query
    from groundstate.asl.turn import Turn


class FailState(State):
    """A Fail state.

    Args:
        index, name, query: as for every state.
        definition: of the state.
        error, cause: compiled JSONata members, or None where the definition has a plain text or
            a path.
    """

    type = "Fail"

    def __init__(
        self,
        index: int,
        name: str,
        query: Query,
        definition: dict[str, Any],
        error: Field | None,
        cause: Field | None,
    ) -> None:
        super().__init__(index, name, query)
        self._error = _text_of(definition, "Error", error)
        self._cause = _text_of(definition, "Cause", cause)

    def begin(self, turn: Turn, strand: Strand) -> None:
        data = self.query.input(turn, strand)
        error = None if self._error is None else self._error(data, turn)
        cause = None if self._cause is None else self._cause(data, turn)
        turn.fail(strand, Failed(error, cause))

    def redrive(self, turn: Turn, strand: Strand) -> None:
        # AWS's documentation: "Reenters the Fail state and fails again".
        strand.phase = READY
        turn.ready.append(strand)


def _text_of(definition: dict[str, Any], name: str, field: Field | None) -> Evaluate | None:
    if field is not None:
        return lambda data, turn: field(turn)
    if name in definition:
        constant = definition[name]
        return lambda data, turn: constant
    path_name = f"{name}Path"
    if path_name not in definition:
        return None
    evaluate = compile_expression(definition[path_name], path_name)

    def evaluate_text(data: Any, turn: Turn) -> str:
        value = evaluate(data, turn)
        if not isinstance(value, str):
            raise runtime_error(
                f"The {path_name} parameter does not reference a string: {to_text(value)}"
            )
        return value

    return evaluate_text
