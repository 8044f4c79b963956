"""JSONPaths of a definition, with AWS's errors for those that lead nowhere.

An evaluator is `evaluate(data, turn) -> value`: `data` is what `$` stands for, the turn knows the
context object (`$$`) and the workflow variables (`$name`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import StateError, runtime_error
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonpath import Path, PathNotFound, compile_path

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

Evaluate = Callable[[Any, "Turn"], Any]

NotFound = Callable[[Any, Path, PathNotFound], StateError]


def compile_field_path(text: str, not_found: NotFound | None = None) -> Evaluate | None:
    """InputPath, OutputPath, ItemsPath, TimeoutSecondsPath and the like; None for `$`.

    Args:
        text: the path.
        not_found: makes the error when it leads nowhere, where that is the field's own.
    """
    path = compile_path(text)
    return None if path.is_identity else evaluator(path, not_found or _invalid_path)


def compile_template_path(text: str, field: str) -> Evaluate:
    """A path in a payload template, an ErrorPath or a CausePath.

    Args:
        text: the path.
        field: the member that holds it, with its `.$`.
    """

    def not_found(data: Any, path: Path, error: PathNotFound) -> StateError:
        return path_not_found(path.text, field, data)

    return evaluator(compile_path(text), not_found, past_end_is_null=True)


def path_not_found(path: str, field: str, data: Any) -> StateError:
    """AWS's error for a path in a template that leads nowhere."""
    return runtime_error(
        f"The JSONPath '{path}' specified for the field '{field}' could not be found in the input"
        f" '{to_text(data)}'"
    )


def evaluator(path: Path, not_found: NotFound, *, past_end_is_null: bool = False) -> Evaluate:
    """Bind a path to its root.

    Args:
        path: what to evaluate.
        not_found: makes the error when it leads nowhere.
        past_end_is_null: an index past the end of an array gives null (observed in payload
            templates, 2026).
    """
    find, plain = path.find, path.plain

    def reach(root: Any, turn: Turn) -> Any:
        return find(root) if plain else path.search(root, turn.effort)

    def fail(data: Any, error: PathNotFound) -> Any:
        if error.past_end and past_end_is_null:
            return None
        raise not_found(data, path, error) from None

    if path.root == "$":
        if not path.steps:
            return lambda data, turn: data

        def from_data(data: Any, turn: Turn) -> Any:
            try:
                return find(data) if plain else path.search(data, turn.effort)
            except PathNotFound as error:
                return fail(data, error)

        return looking_first(path, from_data)

    if path.root == "$$":

        def from_context(data: Any, turn: Turn) -> Any:
            try:
                return reach(turn.context(), turn)
            except PathNotFound as error:
                return fail(data, error)

        return from_context

    name = path.variable

    def from_variable(data: Any, turn: Turn) -> Any:
        variables = turn.variables()
        if name not in variables:
            raise not_found(data, path, PathNotFound(f"Missing property in path $['{name}']"))
        try:
            return reach(variables[name], turn)
        except PathNotFound as error:
            return fail(data, error)

    return from_variable


def looking_first(path: Path, evaluate: Evaluate) -> Evaluate:
    """The same evaluator of a path from `$`; where that is `$.name`, it looks there by itself.

    Most paths are such ones, and `evaluate` is two calls.
    """
    name = path.only_name
    if name is None:
        return evaluate

    def evaluate_name(data: Any, turn: Turn) -> Any:
        if type(data) is dict and name in data:
            return data[name]
        return evaluate(data, turn)

    return evaluate_name


def _invalid_path(data: Any, path: Path, error: PathNotFound) -> StateError:
    return runtime_error(f"Invalid path '{path.text}' : {error.detail}")
