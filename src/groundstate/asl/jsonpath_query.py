"""Input and output processing of JSONPath states.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-input-output-filtering.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import StateError
from groundstate.asl.execution import UNREAD
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonpath import ReferencePath, compile_reference
from groundstate.asl.paths import Evaluate, compile_field_path
from groundstate.asl.templates import compile_template

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.query import Assign
    from groundstate.asl.states.state import State
    from groundstate.asl.turn import Turn


def _nothing(data: Any, turn: Turn) -> dict[str, Any]:
    return {}


def _compile_io_path(definition: dict[str, Any], field: str) -> Evaluate | None:
    """InputPath or OutputPath: None keeps all, null keeps nothing."""
    if field not in definition:
        return None
    path = definition[field]
    return _nothing if path is None else compile_field_path(path)


class ResultPlace:
    """ResultPath: where a result is put into the input.

    Attributes:
        replaces: the result replaces the input (`$`, or no ResultPath).
        discards: the result is thrown away (null).
    """

    __slots__ = ("_path", "discards", "replaces")

    def __init__(self, definition: dict[str, Any]) -> None:
        text = definition.get("ResultPath", "$")
        self.discards = text is None
        self._path: ReferencePath | None = None if text is None else compile_reference(text)
        self.replaces = self._path is not None and not self._path.keys

    def put(self, strand: Strand, result: Any) -> Any:
        """The input with the result in it.

        Raises:
            StateError: the input has no place for it.
        """
        if self.replaces:
            return result
        if self._path is None:
            return strand.value
        try:
            return self._path.put(strand.value, result)
        except (TypeError, IndexError):
            raise StateError(
                "States.ResultPathMatchFailure",
                f"Unable to apply ReferencePath {self._path.text} to input {strand.text}",
            ) from None


class JsonPathQuery:
    """A JSONPath state's InputPath, Parameters, ResultSelector, ResultPath and OutputPath.

    Args:
        definition: of the state.
        parameters: the member that has the payload template; Map has its own ideas.

    Attributes:
        keeps_input: nothing is done with an input that is passed on.
    """

    language = "JSONPath"

    __slots__ = (
        "assign",
        "input_path",
        "keeps_input",
        "output_path",
        "parameters",
        "place",
        "reads_result",
        "selector",
    )

    def __init__(self, definition: dict[str, Any], parameters: str | None = "Parameters") -> None:
        self.input_path = _compile_io_path(definition, "InputPath")
        self.output_path = _compile_io_path(definition, "OutputPath")
        self.parameters: Evaluate | None = None
        if parameters is not None and parameters in definition:
            self.parameters = compile_template(definition[parameters])
        self.selector: Evaluate | None = None
        if "ResultSelector" in definition:
            self.selector = compile_template(definition["ResultSelector"])
        self.place = ResultPlace(definition)
        self.assign: Evaluate | None = None
        if definition.get("Assign"):
            self.assign = compile_template(definition["Assign"])
        is_kept_or_dropped = self.place.replaces or self.place.discards
        changes = (self.selector, self.assign, self.output_path)
        self.reads_result = not is_kept_or_dropped or changes != (None, None, None)
        paths = (self.input_path, self.output_path)
        self.keeps_input = paths == (None, None) and self.assign is None

    def input(self, turn: Turn, strand: Strand) -> Any:
        data = strand.raw_value
        if data is UNREAD:
            data = strand.value
        return data if self.input_path is None else self.input_path(data, turn)

    def arguments(self, turn: Turn, strand: Strand) -> Any:
        data = strand.raw_value
        if data is UNREAD:
            data = strand.value
        if self.input_path is not None:
            data = self.input_path(data, turn)
        # Calling `self.parameters` itself would be slower: Python takes it for a method.
        parameters = self.parameters
        return data if parameters is None else parameters(data, turn)

    def leave(
        self,
        turn: Turn,
        strand: Strand,
        result: Any,
        result_text: str | None,
        next_state: State | None,
    ) -> None:
        if self.selector is not None:
            result, result_text = self.selector(result, turn), None
        assigned = None if self.assign is None else self.assign(result, turn)
        place = self.place
        if place.replaces:
            output, text = result, result_text
        elif place.discards and self.output_path is None:
            # The input goes on as it came; its text need not even be read.
            turn.exit(strand, strand.raw_value, strand.text, next_state, assigned)
            return
        else:
            output, text = place.put(strand, result), None
        if self.output_path is not None:
            output, text = self.output_path(output, turn), None
        turn.exit(strand, output, text, next_state, assigned)

    def pass_on(
        self, turn: Turn, strand: Strand, next_state: State | None, assign: Assign | None = None
    ) -> None:
        if self.keeps_input and assign is None:
            turn.exit(strand, strand.raw_value, strand.raw_text or strand.text, next_state)
            return
        assign = assign or self.assign
        data = self.input(turn, strand)
        assigned = None if assign is None else assign(data, turn)
        output = data if self.output_path is None else self.output_path(data, turn)
        text = strand.text if output is strand.value else to_text(output)
        turn.exit(strand, output, text, next_state, assigned)


class JsonPathCatch:
    """A JSONPath catcher's ResultPath and Assign."""

    __slots__ = ("assign", "place")

    def __init__(self, definition: dict[str, Any]) -> None:
        self.place = ResultPlace(definition)
        self.assign: Evaluate | None = None
        if definition.get("Assign"):
            self.assign = compile_template(definition["Assign"])

    def evaluate(
        self, turn: Turn, strand: Strand, error_output: dict[str, Any]
    ) -> tuple[Any, dict[str, Any] | None]:
        assigned = None if self.assign is None else self.assign(error_output, turn)
        return self.place.put(strand, error_output), assigned
