"""A call of an intrinsic function: its text parsed and compiled to a closure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import StateError, data_limit_exceeded, runtime_error
from groundstate.asl.intrinsics.functions import FUNCTIONS, BadArguments, IntrinsicFailure
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonpath import InvalidPath, Path, PathNotFound, compile_path
from groundstate.asl.limits import INTRINSIC_DEPTH_MAX
from groundstate.asl.paths import Evaluate, evaluator
from groundstate.asl.sizes import is_huge

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

_NAME = re.compile(r"States\.([A-Za-z]\w*)\s*\(")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"(true|false|null)\b")
_WORDS = {"true": True, "false": False, "null": None}


def is_intrinsic(text: str) -> bool:
    """Whether this text is meant as a function rather than as a path."""
    return text.startswith("States.")


def compile_intrinsic(text: str) -> Evaluate:
    """Compile a call of this text, `States.Name(arguments)`.

    Raises:
        InvalidPath: the text is no call of a function that there is.
    """
    parser = _Parser(text)
    call = parser.call()
    if text[parser.at :].strip():
        raise InvalidPath(f"Unexpected text after the function: {text}")

    if parser.calls == 1:
        return call

    def evaluate_nested(data: Any, turn: Turn) -> Any:
        # Functions inside of others may double their input ten times.
        made = call(data, turn)
        if is_huge(made):
            raise data_limit_exceeded(turn.strand.state.name)
        return made

    return evaluate_nested


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.calls = 0

    def call(self) -> Evaluate:
        head = _NAME.match(self.text, self.at)
        if head is None:
            raise InvalidPath(f"Not an intrinsic function: {self.text}")
        function = FUNCTIONS.get(head.group(1))
        if function is None:
            raise InvalidPath(f"There is no function States.{head.group(1)}: {self.text}")
        self.at = head.end()
        self.depth += 1
        self.calls += 1
        # The outermost function holds ten others at most.
        if self.depth > INTRINSIC_DEPTH_MAX + 1:
            raise InvalidPath(f"Intrinsic functions are nested too deeply: {self.text}")
        arguments = self._arguments()
        self.depth -= 1
        if not function.accepts(len(arguments)):
            # Observed: a wrong number of arguments is no matter of the definition.
            return self._bind(head.group(1), _refuse, arguments)
        return self._bind(head.group(1), function.run, arguments)

    def _bind(self, name: str, run: Callable[..., Any], arguments: list[Evaluate]) -> Evaluate:
        text = self.text
        if len(arguments) == 1:
            (only,) = arguments

            def call_one(data: Any, turn: Turn) -> Any:
                try:
                    return run(turn, only(data, turn))
                except (BadArguments, IntrinsicFailure) as error:
                    raise _failed(text, name, error) from None

            return call_one

        if len(arguments) == 2:
            first, second = arguments

            def call_two(data: Any, turn: Turn) -> Any:
                try:
                    return run(turn, first(data, turn), second(data, turn))
                except (BadArguments, IntrinsicFailure) as error:
                    raise _failed(text, name, error) from None

            return call_two

        def call(data: Any, turn: Turn) -> Any:
            values = [argument(data, turn) for argument in arguments]
            if len(values) > 2 and is_huge(values):
                raise data_limit_exceeded(turn.strand.state.name)
            try:
                return run(turn, *values)
            except (BadArguments, IntrinsicFailure) as error:
                raise _failed(text, name, error) from None

        return call

    def _arguments(self) -> list[Evaluate]:
        arguments: list[Evaluate] = []
        self._blank()
        if self._take(")"):
            return arguments
        while True:
            self._blank()
            arguments.append(self._argument())
            self._blank()
            if self._take(")"):
                return arguments
            if not self._take(","):
                raise InvalidPath(f"Expected ',' or ')' at position {self.at}: {self.text}")

    def _argument(self) -> Evaluate:
        text, at = self.text, self.at
        if text.startswith("'", at):
            return _constant(self._string())
        if text.startswith("States.", at):
            return self.call()
        if text.startswith("$", at):
            return evaluator(compile_path(self._path()), self._not_found)
        if word := _WORD.match(text, at):
            self.at = word.end()
            return _constant(_WORDS[word.group(1)])
        if number := _NUMBER.match(text, at):
            self.at = number.end()
            written = number.group()
            whole = written.lstrip("-").isdigit()
            return _constant(int(written) if whole else float(written))
        raise InvalidPath(f"Unexpected argument at position {at}: {text}")

    def _not_found(self, data: Any, path: Path, error: PathNotFound) -> StateError:
        # Observed: a path into the context object is told as one into the input.
        shown = path.text.removeprefix("$") if path.text.startswith("$$") else path.text
        return runtime_error(
            f"The function '{self.text}' had the following error: The JsonPath argument for the"
            f" field '{shown}' could not be found in the input '{to_text(data)}'"
        )

    def _string(self) -> str:
        self.at += 1
        characters: list[str] = []
        while self.at < len(self.text):
            character = self.text[self.at]
            self.at += 1
            if character == "\\" and self.at < len(self.text):
                # `\{` and `\}` stay escaped: only States.Format knows what to do with them.
                following = self.text[self.at]
                if following not in "'\\{}":
                    raise InvalidPath(f"Illegal escape \\{following}: {self.text}")
                self.at += 1
                characters.append(following if following in "'\\" else "\\" + following)
            elif character == "'":
                return "".join(characters)
            else:
                characters.append(character)
        raise InvalidPath(f"A string is not closed: {self.text}")

    def _path(self) -> str:
        """A path runs to the `,` or `)` outside of its brackets and quotes."""
        begin, depth, quote = self.at, 0, ""
        while self.at < len(self.text):
            character = self.text[self.at]
            if quote:
                if character == "\\":
                    self.at += 1
                elif character == quote:
                    quote = ""
            elif character in "'\"" and depth:
                quote = character
            elif character in "[(":
                depth += 1
            elif character in "])" and depth:
                depth -= 1
            elif character in ",)" and not depth:
                break
            self.at += 1
        return self.text[begin : self.at].strip()

    def _blank(self) -> None:
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1

    def _take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += 1
            return True
        return False


def _constant(value: Any) -> Evaluate:
    return lambda data, turn: value


def _refuse(turn: Turn, *values: Any) -> Any:
    raise BadArguments


def _failed(text: str, name: str, error: BadArguments | IntrinsicFailure) -> StateError:
    if isinstance(error, BadArguments):
        detail = f": {error}" if error.args else ""
        cause = f"Invalid arguments in States.{name}{detail}"
    else:
        cause = str(error)
    # Observed: States.Runtime, not the documented States.IntrinsicFailure.
    return runtime_error(
        f"There was an error while evaluating the intrinsic function: {text}. {cause}"
    )
