"""Fuzzes DynamoDB's parsers and its decoder of items, with Google's atheris.

    pip install atheris        # in an environment of its own, beside the package
    python -m tests.fuzz.dynamodb -max_total_time=600

The arguments are libFuzzer's; those without a dash are folders of inputs. A finding is an exception
that is not the parser's own, or an input that takes more than a tenth of a second. It stops the
run and leaves a file `crash-...`; the same command with that file's name repeats it.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from groundstate.operation import ServiceError
from groundstate.services.dynamodb import legacy, numbers
from groundstate.services.dynamodb.expressions.condition import compile_condition
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.key_condition import find_key_conditions
from groundstate.services.dynamodb.expressions.projection import compile_projection, project
from groundstate.services.dynamodb.expressions.update import (
    UpdateProblem,
    apply_update,
    compile_update,
)
from groundstate.services.dynamodb.partiql.parser import parse_statement
from groundstate.services.dynamodb.partiql.statements import PartiqlError
from groundstate.services.dynamodb.validation.inputs import PUT_ITEM, QUERY, UPDATE_ITEM
from groundstate.services.dynamodb.values import ValueProblem

TIME_MAX_S = 0.1
_REFUSALS = (
    ExpressionError,
    PartiqlError,
    ServiceError,
    UpdateProblem,
    ValueProblem,
    numbers.NumberError,
)
NAMES = {"#n": "name"}
VALUES: dict[str, Any] = {
    ":n": {"N": "1"},
    ":s": {"S": "S"},
    ":set": {"SS": ["x"]},
    ":list": {"L": [{"N": "1"}]},
}
ITEM: dict[str, Any] = {
    "a": {"N": "5"},
    "b": {"M": {"c": {"S": "x"}}},
    "l": {"L": [{"N": "1"}, {"M": {}}]},
    "name": {"SS": ["x", "y"]},
    "s": {"S": "text"},
}
# What one byte of input may stand for, so that deep inputs are found early.
_WORDS = (
    # A text keeps them readable.
    """
    a b c l s z #n #x :n :s :set :list :x . , = <> < <= > >= + - ( ) [ ] [0] [1] .c AND OR NOT
    BETWEEN IN SET REMOVE ADD DELETE size( attribute_exists( attribute_not_exists( attribute_type(
    begins_with( contains( if_not_exists( list_append( SELECT * FROM WHERE INSERT INTO VALUE { }
    'x' : 1 .5 1e9 << >> ? IS MISSING NULL EXISTS( UPDATE set_add( RETURNING ALL MODIFIED OLD NEW
    ORDER BY DESC ; true "q" -- /* */ date
    """.split()  # noqa: SIM905 - so many quoted words would hide them
)


def _condition(text: str) -> None:
    compiled = compile_condition(text, NAMES, VALUES)
    compiled.holds(ITEM, VALUES)
    compiled.holds({}, VALUES)
    find_key_conditions(compiled, NAMES, VALUES)


def _update(text: str) -> None:
    update = compile_update(text, NAMES, VALUES)
    apply_update(update, ITEM, VALUES)
    apply_update(update, {}, VALUES)


def _projection(text: str) -> None:
    project(compile_projection(text, NAMES).tree, ITEM)


def _statement(text: str) -> None:
    parse_statement(text, [{"S": "x"}] * text.count("?"))


def _number(text: str) -> None:
    normal = numbers.normalize(text)
    assert numbers.normalize(normal) == normal, text
    numbers.hash_bytes(normal)
    numbers.order_bytes(normal)
    numbers.size_bytes(normal)


def _request(text: str) -> None:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return
    checked = PUT_ITEM.check({"TableName": "Fuzzed", "Item": document})
    checked.attributes("Item")
    UPDATE_ITEM.check(document)
    found = QUERY.check(document)
    legacy.check_conditions(found.request.get("KeyConditions", {}))


TARGETS: tuple[Callable[[str], None], ...] = (
    _condition,
    _update,
    _projection,
    _statement,
    _number,
    _request,
)


def fuzz(data: bytes) -> None:
    """Give an input to the target that its first byte names.

    Raises:
        AssertionError: it took too long.
        Exception: whatever a target raises that is no refusal.
    """
    if not data:
        return
    way, rest = divmod(data[0], len(TARGETS))
    if way % 2:
        text = " ".join(_WORDS[byte % len(_WORDS)] for byte in data[1:2000])
    else:
        text = data[1:].decode(errors="ignore")
    took = _time(TARGETS[rest], text)
    if took >= TIME_MAX_S:
        # The machine or the collector of garbage may have been at fault.
        took = min(_time(TARGETS[rest], text) for _ in range(3))
    assert took < TIME_MAX_S, f"{took:.3f} s for {text[:500]!r}"


def _time(target: Callable[[str], None], text: str) -> float:
    started = time.process_time()
    with contextlib.suppress(*_REFUSALS):
        target(text)
    return time.process_time() - started


def main() -> None:
    """Hand the process over to libFuzzer."""
    atheris = importlib.import_module("atheris")
    atheris.instrument_all()
    atheris.Setup(sys.argv, fuzz)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
