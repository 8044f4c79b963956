"""The one module that knows the JSONata library.

`jsonata2py` translates an expression to Python. Its public interface lacks what the dialect needs,
so its pipeline (parse, optimise, translate, load) is run here step by step, and the syntax tree is
changed in between:

* `$random` of the dialect takes a seed, and a built-in cannot be overridden: it gets another name;
* `$shuffle` takes its chance from the input event, so it gets another name too;
* `$eval` is disabled and leads to JSONata's own "Attempted to invoke a non-function";
* `?:` and `??` are refused: JSONata 2.0.6, which AWS documents, has neither.

Time is the input event's and chance is made of its entropy. The one clock that is read here is the
library's deadline, which stops an expression that would not end.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jsonata2py.bindings import JsonataBindings
from jsonata2py.errors import JsonataError, LoadError, ParseError
from jsonata2py.loader.loader import ExpressionLoader
from jsonata2py.optimizer.optimizer import optimize
from jsonata2py.parser import ast_nodes as ast
from jsonata2py.parser.parser import Parser
from jsonata2py.runtime import context as runtime
from jsonata2py.runtime import core
from jsonata2py.runtime.values import MISSING, JLambda, JRegex
from jsonata2py.translator.translator import Translator

from groundstate.asl.effort import StepTooLong
from groundstate.asl.jsonata import EvaluationThrew, InvalidExpression
from groundstate.asl.jsonata.bounds import MEMORY_EXCEEDED, InternalError, bounded_runtime
from groundstate.asl.jsonata.checks import with_checks
from groundstate.asl.jsonata.failures import describe
from groundstate.asl.jsonata.functions import FUNCTIONS, DialectError, bind_functions
from groundstate.asl.jsonata.messages import message_of, syntax_message
from groundstate.asl.jsonata.references import References, find_references
from groundstate.asl.jsonata.results import plain_result

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn

DEPTH_MAX = 100
"""Observed: nesting of 99 to 101 is the most that evaluates."""

STACK_OVERFLOW = (
    "Stack overflow error: Check for non-terminating recursive function.  Consider rewriting as"
    " tail-recursive."
)

_RENAMED = {
    "random": "random_of_states",
    "shuffle": "shuffle_of_states",
    "eval": "eval_of_states",
}

_SHORT = 2000

_REGEX_ERROR: type[Exception] = importlib.import_module("regex").error
"""The module has no types."""

_UNKNOWN_SPECIFIER = re.compile(r"Unknown picture-string component: \[(.)")

UNDEFINED = MISSING
"""An expression that returned nothing."""


class Expression:
    """A compiled expression.

    Attributes:
        text: as written, without `{% %}`.
        references: what it reads.
    """

    __slots__ = ("_depth", "_entry", "_source", "references", "text")

    def __init__(
        self, text: str, entry: Any, source: str, depth: int, references: References
    ) -> None:
        self.text = text
        self._entry = entry
        self._source = source
        self._depth = depth
        self.references = references

    def evaluate(self, turn: Turn, values: dict[str, Any], root: Any = MISSING) -> Any:
        """The expression's value, or UNDEFINED.

        Args:
            turn: whose time and chance it may use.
            values: what its `$names` stand for.
            root: what paths begin at, if not at a variable. In Step Functions that is nothing, and
                validation refuses such paths; JSONata's own test suite is full of them.

        Raises:
            EvaluationThrew: it threw, or went over a limit.
        """
        if self._depth > DEPTH_MAX:
            raise EvaluationThrew("", STACK_OVERFLOW)
        effort = turn.effort
        limit_s = effort.begin()
        if limit_s <= 0:
            raise EvaluationThrew("", STACK_OVERFLOW)
        limit_ms = max(1, int(limit_s * 1000))
        bindings = _Bindings(values, bind_functions(turn))
        # The library keeps the effort for the bounded functions; it is meant for `$eval`.
        runtime.begin_evaluation(_NO_BINDINGS, bindings, limit_ms, effort)
        state = runtime.get_state()
        assert state is not None
        state.millis = int(turn.now * 1000)
        try:
            return plain_result(self._entry(root), effort)
        except DialectError as error:
            raise EvaluationThrew(error.code, error.message) from None
        except JsonataError as error:
            if error.error_code == "U1001" and effort.left_s <= 0.001:
                effort.timed_out = True
                if effort.hasty:
                    raise StepTooLong from None
            raise self._threw(error) from None
        except MemoryError:
            raise EvaluationThrew("", MEMORY_EXCEEDED) from None
        except InternalError:
            raise EvaluationThrew("", turn.chance.uuid(), internal=True) from None
        except RecursionError:
            raise EvaluationThrew("", STACK_OVERFLOW) from None
        except (TypeError, ValueError, ArithmeticError, LookupError) as error:
            # A defect of the library is the expression's failure here, not the runtime's.
            raise EvaluationThrew(*_of_defect(str(error))) from None
        finally:
            runtime.end_evaluation()
            effort.end(limit_s)

    def _threw(self, error: JsonataError) -> EvaluationThrew:
        code = error.error_code or ""
        if code == "U1001":
            return EvaluationThrew("", STACK_OVERFLOW)
        if not code:
            return EvaluationThrew(*_of_defect(error.message))
        text, function = describe(code, error, self._entry, self._source)
        if not function and code.startswith("T04"):
            function = _refused_call(self.text)
        return EvaluationThrew(code, text or message_of(code, error.message, function))

    @staticmethod
    def is_undefined(value: Any) -> bool:
        """Whether a result is JSONata's "nothing"."""
        return value is UNDEFINED

    @staticmethod
    def is_unsupported(value: Any) -> bool:
        """Whether a result holds a function or a regular expression, which JSON cannot."""
        return _is_unsupported(value)


def compile_expression(text: str) -> Expression:
    """Compile an expression; validation and compilation of a machine share the result.

    Raises:
        InvalidExpression: with jsonata-js's text.
    """
    # A long one takes a hundred times the memory of its text.
    return _compile(text) if len(text) > _SHORT else _compile_once(text)


@lru_cache(maxsize=1024)
def _compile_once(text: str) -> Expression:
    return _compile(text)


def _compile(text: str) -> Expression:
    try:
        tree = Parser.parse(text)
        references = find_references(tree)
        depth = _check(tree, text)
        source = with_checks(Translator.translate(optimize(_rename(tree)), text))
        entry, _ = ExpressionLoader().load(source)
    except LoadError as error:
        raise InvalidExpression(str(error)) from error
    except JsonataError as error:
        raise _invalid(error, text) from None
    except RecursionError:
        return Expression(text, None, "", DEPTH_MAX + 1, References())
    bounded_runtime(entry)
    return Expression(text, entry, source, depth, references)


class _Bindings(JsonataBindings):
    """Names bound without being copied, one by one, for each evaluation."""

    __slots__ = ()

    def __init__(self, values: dict[str, Any], functions: dict[str, Any]) -> None:
        self._values = values
        self._functions = functions


_NO_BINDINGS = JsonataBindings()


def _invalid(error: JsonataError, text: str) -> InvalidExpression:
    code = error.error_code or ""
    if not isinstance(error, ParseError):
        return InvalidExpression(message_of(code, error.message), code)
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    trails = traceback is not None and traceback.tb_frame.f_code.co_name == "parse"
    return InvalidExpression(
        syntax_message(code, error.message, text, error.position, trails=trails), code
    )


def _of_defect(text: str) -> tuple[str, str]:
    if specifier := _UNKNOWN_SPECIFIER.match(text):
        return "D3132", (
            f'Unknown component specifier "{specifier.group(1)}" in date/time picture string'
        )
    return "", text


def _refused_call(text: str) -> str:
    """The first function that is called with arguments it can never take.

    The library translates such a call to an error that does not know the function.
    """
    waiting = [Parser.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionCall):
            source = Translator.translate(node, text).rstrip()
            if source.rsplit("\n", 1)[-1].lstrip().startswith("return fn_signature_error("):
                return str(node.name)
        waiting.extend(reversed(_children(node)))
    return ""


def _is_unsupported(value: Any) -> bool:
    if isinstance(value, JLambda | JRegex):
        return True
    if isinstance(value, dict):
        return any(_is_unsupported(item) for item in value.values())
    return isinstance(value, list) and any(_is_unsupported(item) for item in value)


def _children(node: Any) -> list[Any]:
    if not dataclasses.is_dataclass(node):
        return []
    found: list[Any] = []
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        children = value if isinstance(value, list) else [value]
        found.extend(child for child in children if dataclasses.is_dataclass(child))
    return found


def _check_regex(node: ast.RegexLiteral, text: str) -> None:
    """The library takes what is no regular expression, and breaks when it evaluates it."""
    if not node.pattern:
        raise InvalidExpression("Empty regular expressions are not allowed")
    if (
        not node.flags
        and text[: len(text) - len(node.pattern)].endswith("/")
        and (text.endswith(node.pattern))
    ):
        raise InvalidExpression("No terminating / in regular expression")
    try:
        core.regex_value(node.pattern, node.flags)
    except _REGEX_ERROR as error:
        raise InvalidExpression(f"Invalid regular expression: /{node.pattern}/: {error}") from None


def _check(node: Any, text: str) -> int:
    """Refuse what JSONata 2.0.6 does not have; returns the depth of the tree."""
    deepest, waiting = 0, [(node, 1)]
    while waiting:
        current, depth = waiting.pop()
        deepest = max(deepest, depth)
        if isinstance(current, ast.ElvisExpr):
            raise InvalidExpression('The symbol ":" cannot be used as a unary operator')
        if isinstance(current, ast.CoalesceExpr):
            raise InvalidExpression('The symbol "?" cannot be used as a unary operator')
        if isinstance(current, ast.RegexLiteral):
            _check_regex(current, text)
        waiting.extend((child, depth + 1) for child in _children(current))
    return deepest


def _rename(node: Any) -> Any:
    """Give the names in _RENAMED another name, wherever they are bound or used."""
    if isinstance(node, list):
        return [_rename(item) for item in node]
    if not dataclasses.is_dataclass(node) or isinstance(node, type):
        return node
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        if field.name == "name" and value in _RENAMED and not isinstance(node, ast.FieldRef):
            changes["name"] = _RENAMED[value]
        elif field.name == "params":
            changes["params"] = [_RENAMED.get(name, name) for name in value]
        elif isinstance(value, list) or dataclasses.is_dataclass(value):
            renamed = _rename(value)
            if renamed is not value:
                changes[field.name] = renamed
    return dataclasses.replace(node, **changes) if changes else node


assert set(FUNCTIONS) >= {"random_of_states"}
