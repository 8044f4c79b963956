"""Paths as closures.

A definite path (names and single indexes only) is a value or `PathNotFound`; an indefinite one
(wildcards, slices, filters, `..`) is always a list, and an empty one even where its definite
beginning leads nowhere (observed; Jayway by itself fails then).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundstate.asl.effort import Effort
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonpath.document import Document
from groundstate.asl.jsonpath.errors import InvalidPath, PathNotFound
from groundstate.asl.jsonpath.filters import Accepts, compile_filter
from groundstate.asl.jsonpath.functions import compile_function
from groundstate.asl.jsonpath.parser import (
    Descendants,
    Filter,
    Function,
    Indexes,
    Names,
    ParsedPath,
    Slice,
    Step,
    Wildcard,
    parse_path,
)

__all__ = ["InvalidPath", "Path", "PathNotFound", "compile_path"]

Select = Callable[[list[Any], Document], list[Any]]
"""From the values that a path has reached so far to those one step on."""


class Path:
    """A compiled path.

    Attributes:
        text: as written.
        root: `$` the data, `$$` the context object, `$name` a variable.
        steps: what follows the root.
        definite: it names one value.
        plain: it has names and indexes alone, and so takes no time worth counting.
        find: the value at the path inside the root's value.
            Raises PathNotFound when it leads nowhere.
    """

    __slots__ = ("_search", "definite", "find", "plain", "root", "steps", "text")

    def __init__(self, text: str, parsed: ParsedPath) -> None:
        self.text = text
        self.root = parsed.root
        self.steps = parsed.steps
        self.definite = is_definite(parsed.steps)
        self.plain = is_plain(parsed.steps)
        if self.plain:
            self.find: Callable[[Any], Any] = _compile_plain(parsed.steps)
        else:
            self._search = _compile_steps(parsed.steps)
            self.find = lambda data: self.search(data, Effort())

    def search(self, data: Any, effort: Effort) -> Any:
        """As `find`, for a path that is not plain.

        Raises:
            PathNotFound: it leads nowhere.
            StateError, StepTooLong: it takes more work than it may.
        """
        document = Document(data, effort)
        try:
            return self._search(data, document)
        finally:
            document.close()

    @property
    def only_name(self) -> str | None:
        """The name that is all that follows the root, or None."""
        match self.steps:
            case [Names([name])]:
                return name
        return None

    @property
    def is_identity(self) -> bool:
        """It is `$` itself."""
        return self.root == "$" and not self.steps

    @property
    def variable(self) -> str:
        """The name of the variable that it reads, or ''."""
        return self.root[1:] if len(self.root) > 1 and self.root != "$$" else ""


def compile_path(text: str) -> Path:
    """Compile a path.

    Raises:
        InvalidPath: the text is not one.
    """
    parsed = parse_path(text)
    if parsed.root == "@":
        raise InvalidPath(f"Path must start with '$': {text}")
    return Path(text, parsed)


def is_definite(steps: list[Step]) -> bool:
    """Whether these steps name one value."""
    for step in steps:
        if isinstance(step, Indexes):
            if len(step.indexes) != 1:
                return False
        elif not isinstance(step, Names | Function):
            return False
    return True


def is_plain(steps: list[Step]) -> bool:
    """Whether these steps are names and single indexes, with no function behind them."""
    return is_definite(steps) and not any(isinstance(step, Function) for step in steps)


def _compile_plain(steps: list[Step]) -> Callable[[Any], Any]:
    if not steps:
        return lambda data: data
    if all(isinstance(step, Names) and len(step.names) == 1 for step in steps):
        return _names_finder([step.names[0] for step in steps if isinstance(step, Names)])
    return lambda data: _find_definite(data, steps)


def _compile_steps(steps: list[Step]) -> Callable[[Any, Document], Any]:
    """A closure from the value that the steps begin at, and the document, to what they find."""
    if is_plain(steps):
        find = _compile_plain(steps)
        return lambda data, document: find(data)
    if is_definite(steps):
        return lambda data, document: _find_definite(data, steps, document)
    return _indefinite_finder(steps)


def _names_finder(names: list[str]) -> Callable[[Any], Any]:
    """The usual path, `$.a.b.c`: nothing but dictionary look-ups."""
    steps: list[Step] = [Names([name]) for name in names]
    if len(names) == 1:
        only = names[0]

        def find_one(data: Any) -> Any:
            if type(data) is dict and only in data:
                return data[only]
            return _find_definite(data, steps)

        return find_one

    def find_many(data: Any) -> Any:
        value = data
        for name in names:
            if type(value) is not dict or name not in value:
                return _find_definite(data, steps)
            value = value[name]
        return value

    return find_many


def _find_definite(data: Any, steps: list[Step], document: Document | None = None) -> Any:
    value, trail = data, "$"
    for position, step in enumerate(steps):
        if isinstance(step, Names):
            is_leaf = position == len(steps) - 1
            value, trail = _find_names(value, trail, step.names, is_leaf=is_leaf)
        elif isinstance(step, Indexes):
            trail += f"[{step.indexes[0]}]"
            if type(value) is not list:
                raise PathNotFound(
                    f"Filter: [{step.indexes[0]}] can only be applied to arrays."
                    f" Current context is: {to_text(value)}"
                )
            if not -len(value) <= step.indexes[0] < len(value):
                raise PathNotFound(f"No results for path: {_shown(steps)}", past_end=True)
            value = value[step.indexes[0]]
        elif isinstance(step, Function):
            assert document is not None, "a path with a function is not plain"
            value = compile_function(step, compile_operand)(value, document)
        else:
            raise AssertionError(f"{step} is not definite")  # noqa: TRY004  # A bug of ours.
    return value


def _shown(steps: list[Step]) -> str:
    """The path of names and indexes as Jayway writes it."""
    text = "$"
    for step in steps:
        if isinstance(step, Names):
            text += "[" + ",".join(f"'{name}'" for name in step.names) + "]"
        elif isinstance(step, Indexes):
            text += f"[{step.indexes[0]}]"
        elif isinstance(step, Function):
            text += f".{step.name}()"
    return text


def _find_names(value: Any, trail: str, names: list[str], *, is_leaf: bool) -> tuple[Any, str]:
    shown = ",".join(f"'{name}'" for name in names)
    if type(value) is not dict:
        raise PathNotFound(
            f"Expected to find an object with property [{shown}] in path {trail} but found"
            f" '{_java_type(value)}'. This is not a json object according to the JsonProvider:"
            " 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'."
        )
    if len(names) > 1:
        return {name: value[name] for name in names if name in value}, f"{trail}[{shown}]"
    here = f"{trail}[{shown}]"
    if names[0] not in value:
        word = "No results for path:" if is_leaf else "Missing property in path"
        raise PathNotFound(f"{word} {here}")
    return value[names[0]], here


def _indefinite_finder(steps: list[Step]) -> Callable[[Any, Document], Any]:
    function = None
    selects = []
    for position, step in enumerate(steps):
        if isinstance(step, Function):
            if position != len(steps) - 1:
                raise InvalidPath(f"A function must be the last step: {step.name}()")
            function = compile_function(step, compile_operand)
        else:
            selects.append(_compile_select(step))

    def find(data: Any, document: Document) -> Any:
        values = [data]
        for select in selects:
            document.look_at(len(values))
            values = select(values, document)
        return values if function is None else function(values, document)

    return find


def _compile_select(step: Step) -> Select:
    match step:
        case Names(names):
            return lambda values, document: _select_names(values, names)
        case Indexes(indexes):
            return lambda values, document: _select_indexes(values, indexes)
        case Slice(start, stop, stride):
            part = slice(start, stop, stride)
            return lambda values, document: [
                item
                for value in values
                if type(value) is list
                for item in document.seen(value[part])
            ]
        case Wildcard():
            return lambda values, document: [
                item for value in values for item in document.seen(_children(value))
            ]
        case Descendants():
            return _select_descendants
        case Filter(expression):
            accepts = compile_filter(expression, compile_operand)
            return lambda values, document: _select_accepted(values, document, accepts)
        case _:
            raise AssertionError(f"{step} selects nothing")


def compile_operand(parsed: ParsedPath) -> Callable[[Any, Document], Any]:
    """A path inside a filter or a function's arguments: from the item to its value."""
    find = _compile_steps(parsed.steps)
    if parsed.root == "@":
        return find
    # What begins at the root is the same for every item.
    return lambda item, document: document.once(find)


def _select_names(values: list[Any], names: list[str]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if type(value) is dict:
            if len(names) == 1:
                if names[0] in value:
                    found.append(value[names[0]])
            else:
                found.append({name: value[name] for name in names if name in value})
    return found


def _select_indexes(values: list[Any], indexes: list[int]) -> list[Any]:
    return [
        value[index]
        for value in values
        if type(value) is list
        for index in indexes
        if -len(value) <= index < len(value)
    ]


def _select_accepted(values: list[Any], document: Document, accepts: Accepts) -> list[Any]:
    found: list[Any] = []
    for value in values:
        if type(value) is list:
            found.extend(item for item in document.seen(value) if accepts(item, document))
        elif type(value) is dict and accepts(value, document):
            found.append(value)
    return found


def _children(value: Any) -> list[Any]:
    if type(value) is dict:
        return list(value.values())
    return value if type(value) is list else []


def _select_descendants(values: list[Any], document: Document) -> list[Any]:
    """The values and all objects and arrays in them, each before what is in it."""
    found: list[Any] = []
    waiting = list(reversed(values))
    while waiting:
        value = waiting.pop()
        found.append(value)
        inner = [child for child in document.seen(_children(value)) if type(child) in (dict, list)]
        waiting.extend(reversed(inner))
    return found


_NODES = {
    type(None): "NullNode",
    bool: "BooleanNode",
    int: "IntNode",
    float: "DoubleNode",
    str: "TextNode",
    list: "ArrayNode",
}


def _java_type(value: Any) -> str:
    return f"com.fasterxml.jackson.databind.node.{_NODES.get(type(value), 'POJONode')}"
