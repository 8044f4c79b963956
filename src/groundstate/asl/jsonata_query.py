"""Input and output processing of JSONata states: Arguments, Output, Assign and single fields.

https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundstate.asl.effort import HASTY_EXPRESSION_MAX, StepTooLong
from groundstate.asl.errors import data_limit_exceeded, query_error
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonata import (
    EvaluationThrew,
    compile_jsonata,
    expression_text,
    is_expression,
)
from groundstate.asl.jsonata.results import ResultTooLarge

if TYPE_CHECKING:
    from groundstate.asl.execution import Strand
    from groundstate.asl.jsonata.adapter import Expression
    from groundstate.asl.query import Assign
    from groundstate.asl.states.state import State
    from groundstate.asl.turn import Turn

Members = dict[str, Any]
"""The members of `$states`, without `context`, which is made when an expression asks for it."""

Template = Callable[["Turn", Members], Any]
"""A compiled value of a JSONata state."""


def compile_value(value: Any, location: str) -> Template:
    """Compile a value with expressions in it.

    Args:
        value: any JSON; strings in `{% %}` are expressions.
        location: the field, as errors name it: `Output`, `Arguments/Payload`.
    """
    if is_expression(value):
        return _compile_one(value, location)
    if not has_expression(value):
        return lambda turn, members: value
    if isinstance(value, dict):
        parts = {name: compile_value(item, f"{location}/{name}") for name, item in value.items()}
        return lambda turn, members: {name: part(turn, members) for name, part in parts.items()}
    items = [compile_value(item, f"{location}[{index}]") for index, item in enumerate(value)]
    return lambda turn, members: [item(turn, members) for item in items]


def compile_typed(value: Any, location: str, *type_names: str) -> Template:
    """As `compile_value`, for a field whose expression must give a type (`array`, `boolean`...).

    Args:
        value, location: as for `compile_value`.
        type_names: what it may give; AWS's error names the first.
    """
    evaluate = compile_value(value, location)
    if not is_expression(value):
        return evaluate
    text = expression_text(value)

    def evaluate_typed(turn: Turn, members: Members) -> Any:
        result = evaluate(turn, members)
        found = json_type(result)
        if found not in type_names:
            raise query_error(
                f"The JSONata expression '{text}' specified for the field '{location}' returned"
                f" an unexpected result type. Expected '{type_names[0]}', but was '{found}' for"
                f" value: {to_text(result)}",
                location,
            )
        return result

    return evaluate_typed


def has_expression(value: Any) -> bool:
    """Whether there is an expression anywhere in a value."""
    if isinstance(value, str):
        return is_expression(value)
    if isinstance(value, dict):
        return any(has_expression(item) for item in value.values())
    return isinstance(value, list) and any(has_expression(item) for item in value)


def json_type(value: Any) -> str:
    """JSON's name for the type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _compile_one(value: str, location: str) -> Template:
    # Compiled when it is first evaluated: a start would else wait for all of a long definition.
    compiled: list[_Compiled] = []

    def evaluate(turn: Turn, members: Members) -> Any:
        if not compiled:
            if turn.effort.hasty and len(value) > HASTY_EXPRESSION_MAX:
                raise StepTooLong
            compiled.append(_Compiled(expression_text(value)))
        return compiled[0].evaluate(turn, members, location)

    return evaluate


class _Compiled:
    __slots__ = ("_expression", "_wants_context", "_wants_states")

    def __init__(self, text: str) -> None:
        self._expression = expression = compile_jsonata(text)
        self._wants_states = "states" in expression.references.variables
        self._wants_context = bool(expression.references.states & {"context", ""})

    def evaluate(self, turn: Turn, members: Members, location: str) -> Any:
        values = dict(turn.variables())
        if self._wants_states:
            if self._wants_context:
                members = {**members, "context": turn.context()}
            values["states"] = members
        return _evaluate(self._expression, turn, values, location)


def _evaluate(expression: Expression, turn: Turn, values: Members, location: str) -> Any:
    about = f"The JSONata expression '{expression.text}' specified for the field '{location}'"
    try:
        result = expression.evaluate(turn, values)
    except ResultTooLarge:
        raise data_limit_exceeded(turn.strand.state.name) from None
    except EvaluationThrew as error:
        if error.internal:
            raise query_error(
                f"{about} threw an internal error during evaluation. {error.message}", location
            ) from None
        ending = f". {error.code}: {error.message}" if error.code else f": {error.message}"
        raise query_error(f"{about} threw an error during evaluation{ending}", location) from None
    if expression.is_undefined(result):
        raise query_error(f"{about} returned nothing (undefined).", location)
    if expression.is_unsupported(result):
        raise query_error(f"{about} returned an unsupported result type.", location)
    return result


class JsonataQuery:
    """A JSONata state's Arguments, Output and Assign."""

    language = "JSONata"

    __slots__ = ("_arguments", "assign", "output", "reads_result")

    def __init__(self, definition: dict[str, Any]) -> None:
        self._arguments = _compile_field(definition, "Arguments")
        self.output = _compile_field(definition, "Output")
        self.assign = _compile_field(definition, "Assign") if definition.get("Assign") else None
        self.reads_result = self.output is not None or self.assign is not None

    def input(self, turn: Turn, strand: Strand) -> Any:
        return strand.value

    def arguments(self, turn: Turn, strand: Strand) -> Any:
        if self._arguments is None:
            return strand.value
        return self._arguments(turn, {"input": strand.value})

    def leave(
        self,
        turn: Turn,
        strand: Strand,
        result: Any,
        result_text: str | None,
        next_state: State | None,
    ) -> None:
        if self.output is None and self.assign is None:
            turn.exit(strand, result, result_text, next_state)
            return
        members = {"input": strand.value, "result": result}
        # Both are evaluated before either takes effect (observed).
        output = result if self.output is None else self.output(turn, members)
        assigned = None if self.assign is None else self.assign(turn, members)
        text = result_text if output is result else None
        turn.exit(strand, output, text, next_state, assigned)

    def pass_on(
        self, turn: Turn, strand: Strand, next_state: State | None, assign: Assign | None = None
    ) -> None:
        assign = assign or self.assign
        if self.output is None and assign is None:
            turn.exit(strand, strand.raw_value, strand.text, next_state)
            return
        members = {"input": strand.value}
        output = strand.value if self.output is None else self.output(turn, members)
        assigned = None if assign is None else assign(turn, members)
        text = strand.text if output is strand.value else None
        turn.exit(strand, output, text, next_state, assigned)


def _compile_field(definition: dict[str, Any], name: str) -> Template | None:
    return compile_value(definition[name], name) if name in definition else None


class JsonataCatch:
    """A JSONata catcher's Output and Assign."""

    __slots__ = ("assign", "output")

    def __init__(self, definition: dict[str, Any], location: str) -> None:
        self.output: Template | None = None
        if "Output" in definition:
            self.output = compile_value(definition["Output"], f"{location}/Output")
        self.assign: Template | None = None
        if definition.get("Assign"):
            self.assign = compile_value(definition["Assign"], f"{location}/Assign")

    def evaluate(
        self, turn: Turn, strand: Strand, error_output: dict[str, Any]
    ) -> tuple[Any, dict[str, Any] | None]:
        members = {"input": strand.value, "errorOutput": error_output}
        output = error_output if self.output is None else self.output(turn, members)
        assigned = None if self.assign is None else self.assign(turn, members)
        return output, assigned
