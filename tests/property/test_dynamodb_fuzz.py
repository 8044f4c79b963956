"""Bad input: only AWS's errors come out of the parsers and the decoder, and nothing is written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundstate.clock import VirtualClock
from groundstate.config import Config
from groundstate.dispatch import Dispatcher
from groundstate.operation import Principal, ServiceError
from groundstate.services.dynamodb import OPERATIONS, SERVICE
from groundstate.services.dynamodb.expressions.condition import compile_condition
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.projection import compile_projection, project
from groundstate.services.dynamodb.expressions.update import (
    UpdateProblem,
    apply_update,
    compile_update,
)
from groundstate.services.dynamodb.partiql.parser import parse_statement
from groundstate.services.dynamodb.partiql.statements import PartiqlError
from groundstate.store import Store

_WORDS = st.sampled_from(
    [
        "a",
        "b.c",
        "l[0]",
        "#n",
        "#u",
        ":v",
        ":s",
        ":set",
        ":list",
        "=",
        "<>",
        "<",
        ">=",
        "+",
        "-",
        ",",
        "(",
        ")",
        "[",
        "]",
        "AND",
        "OR",
        "NOT",
        "BETWEEN",
        "IN",
        "SET",
        "REMOVE",
        "ADD",
        "DELETE",
        "size(a)",
        "attribute_exists(a)",
        "attribute_type(a,:s)",
        "begins_with(",
        "contains(",
        "if_not_exists(",
        "list_append(",
        "SELECT",
        "*",
        "FROM",
        "WHERE",
        "INSERT",
        "INTO",
        "VALUE",
        "{'a':1}",
        "<<1>>",
        "?",
        "'x'",
        "IS",
        "MISSING",
        "EXISTS",
        "1",
        "RETURNING",
        "ALL",
        "NEW",
    ]
)
_EXPRESSIONS = st.lists(_WORDS, max_size=12).map(" ".join) | st.text(max_size=40)
_NAMES = {"#n": "name"}
_VALUES: dict[str, Any] = {
    ":v": {"N": "1"},
    ":s": {"S": "S"},
    ":set": {"SS": ["x"]},
    ":list": {"L": [{"N": "1"}]},
}
_ITEM: dict[str, Any] = {
    "a": {"N": "5"},
    "b": {"M": {"c": {"S": "x"}}},
    "l": {"L": [{"N": "1"}]},
    "name": {"SS": ["x", "y"]},
}
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(
        ["1e400", "T", "QUJD", "=", "arn:aws:dynamodb:us-east-1:1:table/x", "ALL_OLD"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL", "p", "", "x"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
_MEMBERS = [
    "TableName",
    "Key",
    "Item",
    "UpdateExpression",
    "ConditionExpression",
    "ProjectionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Expected",
    "AttributeUpdates",
    "KeyConditions",
    "QueryFilter",
    "ScanFilter",
    "ExclusiveStartKey",
    "IndexName",
    "Limit",
    "Select",
    "RequestItems",
    "TransactItems",
    "Statement",
    "Parameters",
    "ResourceArn",
    "Tags",
    "TimeToLiveSpecification",
    "AttributeDefinitions",
    "KeySchema",
    "GlobalSecondaryIndexes",
    "BillingMode",
    "StreamSpecification",
    "BackupArn",
    "BackupName",
    "ReturnValues",
    "Segment",
    "TotalSegments",
    "ConsistentRead",
]
_REQUESTS = st.dictionaries(
    st.sampled_from(_MEMBERS),
    _JSON | st.just("Fuzzed") | st.just({"p": {"S": "k"}}) | _EXPRESSIONS,
    max_size=6,
)


@given(_EXPRESSIONS)
def test_conditions(text: str) -> None:
    try:
        compile_condition(text, _NAMES, _VALUES).holds(_ITEM, _VALUES)
    except ExpressionError:
        return


@given(_EXPRESSIONS)
def test_updates(text: str) -> None:
    try:
        apply_update(compile_update(text, _NAMES, _VALUES), _ITEM, _VALUES)
    except (ExpressionError, UpdateProblem):
        return


@given(_EXPRESSIONS)
def test_projections(text: str) -> None:
    try:
        project(compile_projection(text, _NAMES).tree, _ITEM)
    except ExpressionError:
        return


@given(_EXPRESSIONS)
def test_statements(text: str) -> None:
    try:
        parse_statement(text, [{"S": "x"}])
    except PartiqlError:
        return


@pytest.fixture(scope="module")
def perform() -> Iterator[Callable[[str, Any], None]]:
    """Performs an operation on a runtime that has the table `Fuzzed`."""
    loop = asyncio.new_event_loop()
    store = Store(None)

    async def make() -> Dispatcher:
        return Dispatcher(
            Config(in_memory=True),
            store,
            VirtualClock(),
            {"dynamodb": SERVICE},
            lambda *_: None,
            lambda *_: None,
            lambda _: None,
        )

    dispatcher = loop.run_until_complete(make())
    caller = Principal(arn="arn:aws:iam::1:root", account="000000000001", administrator=True)

    def call(operation: str, request: Any) -> None:
        async def inside() -> None:
            dispatcher.perform("dynamodb", operation, request, caller, "us-east-1")

        loop.run_until_complete(inside())

    call(
        "CreateTable",
        {
            "TableName": "Fuzzed",
            "AttributeDefinitions": [{"AttributeName": "p", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "p", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )
    yield call
    loop.close()
    store.connection.close()


@settings(max_examples=300)
@given(operation=st.sampled_from(sorted(set(OPERATIONS) - {"DeleteTable"})), request_=_REQUESTS)
def test_requests(perform: Callable[[str, Any], None], operation: str, request_: Any) -> None:
    try:
        perform(operation, request_)
    except ServiceError:
        return


_PATHS = st.sampled_from(["p", "n", "s", "l[0]", "m.a", "m.b[1].c", '"p"', "missing", "l[9]"])
_LITERALS = st.sampled_from(
    [
        *("1", "-1", "1.5e3", "1e125", "-0", "'k'", "''", "'it''s'", "true", "null", "?"),
        *("[1, 'x']", "[]", "{'a': 1}", "{}", "<<1, 2>>", "<<'x'>>", "<<'x', 1>>", "MISSING"),
    ]
)


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    functions = ["size", "contains", "begins_with", "attribute_type", "set_add", "list_append"]
    arguments = st.lists(inner, min_size=1, max_size=3).map(", ".join)
    called = st.builds("{}({})".format, st.sampled_from(functions), arguments)
    return called | st.builds("{} {} {}".format, inner, st.sampled_from("+-"), inner)


_OPERANDS = st.recursive(_PATHS | _LITERALS, _calls, max_leaves=4)
_COMPARATORS = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="])
_TESTS = (
    st.builds("{} {} {}".format, _OPERANDS, _COMPARATORS, _OPERANDS)
    | st.builds("{} BETWEEN {} AND {}".format, _OPERANDS, _OPERANDS, _OPERANDS)
    | st.builds("{} IN [{}, {}]".format, _OPERANDS, _OPERANDS, _OPERANDS)
    | st.builds(
        "{} IS {}".format, _OPERANDS, st.sampled_from(["MISSING", "NOT NULL", "NUMBER", "LIST"])
    )
    | _OPERANDS
)


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    both = st.builds("{} {} {}".format, inner, st.sampled_from(["AND", "OR"]), inner)
    return both | inner.map("NOT {}".format) | inner.map("({})".format)


_WHERE = st.recursive(_TESTS, _joined, max_leaves=4)
_KEYED = _WHERE.map("p = 'k' AND {}".format) | st.just("p = 'k'") | _WHERE
_CHANGES = st.builds("SET {} = {}".format, _PATHS, _OPERANDS) | _PATHS.map("REMOVE {}".format)
_RETURNING = st.sampled_from(["", " RETURNING ALL OLD *", " RETURNING MODIFIED NEW *"])
_STATEMENTS = (
    st.builds(
        "SELECT {} FROM Fuzzed WHERE {}{}".format,
        st.just("*") | st.lists(_PATHS, min_size=1, max_size=3).map(", ".join),
        _KEYED,
        st.sampled_from(["", " ORDER BY p", " ORDER BY n DESC"]),
    )
    | st.builds("UPDATE Fuzzed {} WHERE {}{}".format, _CHANGES, _KEYED, _RETURNING)
    | st.builds("DELETE FROM Fuzzed WHERE {}{}".format, _KEYED, _RETURNING)
    | st.builds("INSERT INTO Fuzzed VALUE {{'p': {}, 'n': {}}}".format, _LITERALS, _OPERANDS)
)
_PARAMETERS = st.lists(st.sampled_from([{"S": "k"}, {"N": "1"}, {"NULL": True}]), max_size=2)


@settings(max_examples=500)
@given(statement=_STATEMENTS, parameters=_PARAMETERS, in_transaction=st.booleans())
def test_statements_that_are_nearly_right(
    perform: Callable[[str, Any], None],
    statement: str,
    parameters: list[Any],
    in_transaction: bool,
) -> None:
    item = {"p": {"S": "k"}, "n": {"N": "5"}, "s": {"SS": ["x"]}, "l": {"L": [{"N": "1"}]}}
    perform("PutItem", {"TableName": "Fuzzed", "Item": {**item, "m": {"M": {"a": {"N": "1"}}}}})
    one: dict[str, Any] = {"Statement": statement}
    if parameters:
        one["Parameters"] = parameters
    try:
        if in_transaction:
            perform("ExecuteTransaction", {"TransactStatements": [one]})
        else:
            perform("ExecuteStatement", one)
    except ServiceError:
        return


_PLACES = st.sampled_from(["n", "#n", "s", "l[0]", "m.a", "m.b[1].c", "l", "p", "absent", "l[9]"])
_PLACEHOLDERS = st.sampled_from([":v", ":s", ":set", ":list", ":empty"])
_FUNCTIONS = ["size", "attribute_exists", "attribute_type", "begins_with", "contains"]
_UPDATE_FUNCTIONS = ["if_not_exists", "list_append"]


def _terms(functions: list[str]) -> st.SearchStrategy[str]:
    def call(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        arguments = st.lists(inner, min_size=1, max_size=2).map(", ".join)
        return st.builds("{}({})".format, st.sampled_from(functions), arguments)

    return st.recursive(_PLACES | _PLACEHOLDERS, call, max_leaves=3)


_TERMS = _terms(_FUNCTIONS)
_COMPARISONS = (
    st.builds("{} {} {}".format, _TERMS, _COMPARATORS.filter(lambda text: text != "!="), _TERMS)
    | st.builds("{} BETWEEN {} AND {}".format, _TERMS, _TERMS, _TERMS)
    | st.builds("{} IN ({}, {})".format, _TERMS, _TERMS, _TERMS)
    | _TERMS
)
_CONDITIONS = st.recursive(_COMPARISONS, _joined, max_leaves=4)
_ASSIGNED = _terms(_UPDATE_FUNCTIONS)
_ASSIGNED |= st.builds("{} {} {}".format, _ASSIGNED, st.sampled_from("+-"), _ASSIGNED)
_CLAUSES = (
    st.lists(st.builds("{} = {}".format, _PLACES, _ASSIGNED), min_size=1, max_size=3).map(
        lambda parts: f"SET {', '.join(parts)}"
    )
    | st.lists(_PLACES, min_size=1, max_size=2).map(lambda parts: f"REMOVE {', '.join(parts)}")
    | st.builds("{} {} {}".format, st.sampled_from(["ADD", "DELETE"]), _PLACES, _PLACEHOLDERS)
)
_UPDATES = st.lists(_CLAUSES, min_size=1, max_size=2).map(" ".join)


@settings(max_examples=500)
@given(
    condition=st.none() | _CONDITIONS,
    update=_UPDATES,
    returned=st.sampled_from(["NONE", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"]),
    reads=st.booleans(),
)
def test_expressions_that_are_nearly_right(
    perform: Callable[[str, Any], None],
    condition: str | None,
    update: str,
    returned: str,
    reads: bool,
) -> None:
    item = {"p": {"S": "k"}, "n": {"N": "5"}, "s": {"SS": ["x"]}, "l": {"L": [{"N": "1"}]}}
    perform("PutItem", {"TableName": "Fuzzed", "Item": {**item, "m": {"M": {"a": {"N": "1"}}}}})
    values = {**_VALUES, ":empty": {"S": ""}}
    texts = f"{condition or ''} {update if not reads else ''} "
    request: dict[str, Any] = {"TableName": "Fuzzed"}
    if "#n" in texts:
        request["ExpressionAttributeNames"] = _NAMES
    used = {name: value for name, value in values.items() if _mentions(texts, name)}
    if used:
        request["ExpressionAttributeValues"] = used
    if reads:
        operation = "Scan"
        if condition is not None:
            request["FilterExpression"] = condition
    else:
        operation = "UpdateItem"
        request |= {"Key": {"p": {"S": "k"}}, "UpdateExpression": update, "ReturnValues": returned}
        if condition is not None:
            request["ConditionExpression"] = condition
    try:
        perform(operation, request)
    except ServiceError:
        return


def _mentions(text: str, placeholder: str) -> bool:
    return any(f"{placeholder}{end}" in text for end in (" ", ")", ","))
