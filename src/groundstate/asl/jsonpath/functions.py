"""Functions at the end of a path: `.length()`, `.sum()`, `.keys()` and so on."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from groundstate.asl.jsonpath.document import Document
from groundstate.asl.jsonpath.errors import InvalidPath, PathNotFound
from groundstate.asl.jsonpath.parser import Function, Literal, ParsedPath


def compile_function(
    step: Function, compile_path: Callable[[ParsedPath], Callable[[Any, Document], Any]]
) -> Callable[[Any, Document], Any]:
    """A closure from the value before the function, and the document, to the result.

    Raises:
        InvalidPath: there is no such function.
    """
    function = _FUNCTIONS.get(step.name)
    if function is None:
        raise InvalidPath(f"Function with name: {step.name} does not exist.")
    operands = [_compile_argument(argument, compile_path) for argument in step.arguments]
    return lambda value, document: function(
        value, [operand(value, document) for operand in operands]
    )


def _compile_argument(
    argument: Any, compile_path: Callable[[ParsedPath], Callable[[Any, Document], Any]]
) -> Callable[[Any, Document], Any]:
    if isinstance(argument, Literal):
        constant = argument.value
        return lambda value, document: constant
    if isinstance(argument, ParsedPath):
        return compile_path(argument)
    raise InvalidPath(f"Not an argument: {argument}")


def _length(value: Any, arguments: list[Any]) -> Any:
    measured = arguments[0] if arguments else value
    return len(measured) if isinstance(measured, list | dict | str) else None


def _numbers(value: Any, arguments: list[Any]) -> list[float]:
    values = [*(value if isinstance(value, list) else []), *arguments]
    numbers = [float(x) for x in values if isinstance(x, int | float) and not isinstance(x, bool)]
    if not numbers:
        raise PathNotFound("Aggregation function attempted to calculate value using empty array")
    return numbers


def _deviation(numbers: list[float]) -> float:
    mean = sum(numbers) / len(numbers)
    return math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers))


def _keys(value: Any, arguments: list[Any]) -> Any:
    return list(value) if isinstance(value, dict) else None


def _concat(value: Any, arguments: list[Any]) -> str:
    parts = [*(value if isinstance(value, list) else []), *arguments]
    return "".join(part if isinstance(part, str) else "" for part in parts)


def _append(value: Any, arguments: list[Any]) -> Any:
    return [*value, *arguments] if isinstance(value, list) else value


def _item(value: Any, index: int) -> Any:
    if isinstance(value, list) and -len(value) <= index < len(value):
        return value[index]
    raise PathNotFound(f"No item at index {index}")


_FUNCTIONS: dict[str, Callable[[Any, list[Any]], Any]] = {
    "length": _length,
    "size": _length,
    "min": lambda value, arguments: min(_numbers(value, arguments)),
    "max": lambda value, arguments: max(_numbers(value, arguments)),
    "sum": lambda value, arguments: sum(_numbers(value, arguments)),
    "avg": lambda value, arguments: (
        sum(_numbers(value, arguments)) / len(_numbers(value, arguments))
    ),
    "stddev": lambda value, arguments: _deviation(_numbers(value, arguments)),
    "keys": _keys,
    "concat": _concat,
    "append": _append,
    "first": lambda value, arguments: _item(value, 0),
    "last": lambda value, arguments: _item(value, -1),
    "index": lambda value, arguments: _item(value, arguments[0]),
}
