"""Pass: passes its input, or a fixed or made result, on to its output.

https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.states.state import State

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.query import Query
    from groundstate.asl.turn import Turn

_WORKS = frozenset(
    (
        *("Assign", "InputPath", "Output", "OutputPath", "Parameters", "Result", "ResultPath"),
        "ResultSelector",
    )
)


class PassState(State):
    """A Pass state.

    Attributes:
        has_result: a JSONPath state with Result; it goes before Parameters (observed).
        passes_on: nothing is done with the input, which need not even be read; or the state has
            no result, as JSONata's (observed: it has no `$states.result`).
    """

    type = "Pass"

    def __init__(self, index: int, name: str, query: Query, definition: dict[str, Any]) -> None:
        super().__init__(index, name, query)
        self.has_result = "Result" in definition
        self.result = definition.get("Result")
        self.passes_on = query.language == "JSONata" or _WORKS.isdisjoint(definition)

    def begin(self, turn: Turn, strand: Strand) -> None:
        query = self.query
        if self.passes_on:
            query.pass_on(turn, strand, self.next)
            return
        result = self.result if self.has_result else query.arguments(turn, strand)
        text = strand.text if result is strand.raw_value else None
        query.leave(turn, strand, result, text, self.next)
