"""Expressions by themselves: what they parse to, what they refuse, what they do."""

from __future__ import annotations

from typing import Any

import pytest

from groundstate.services.dynamodb.expressions.condition import compile_condition
from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.projection import compile_projection, project
from groundstate.services.dynamodb.expressions.update import (
    UpdateProblem,
    apply_update,
    compile_update,
)

ITEM: dict[str, Any] = {
    "s": {"S": "hello"},
    "n": {"N": "5"},
    "b": {"B": "aGVsbG8="},
    "ss": {"SS": ["x", "y"]},
    "l": {"L": [{"N": "1"}, {"M": {"deep": {"S": "d"}}}]},
    "m": {"M": {"k": {"N": "7"}, "empty": {"M": {}}}},
    "t": {"BOOL": True},
    "null": {"NULL": True},
}
VALUES: dict[str, Any] = {
    ":5": {"N": "5"},
    ":4": {"N": "4"},
    ":9": {"N": "9"},
    ":he": {"S": "he"},
    ":x": {"S": "x"},
    ":yx": {"SS": ["y", "x"]},
    ":S": {"S": "S"},
    ":NULL": {"S": "NULL"},
}


def holds(text: str, item: dict[str, Any] | None = None) -> bool:
    names = {"#null": "null"} if "#null" in text else None
    compiled = compile_condition(text, names, VALUES)
    return compiled.holds(ITEM if item is None else item, VALUES)


@pytest.mark.parametrize(
    "text",
    [
        "n = :5",
        "n <> :4",
        "absent <> :4",
        "n < :9 AND n > :4",
        "n <= :5 and n >= :5",
        "n BETWEEN :4 AND :9",
        "n IN (:4, :5)",
        "NOT n = :4",
        "NOT NOT n = :5",
        "n = :4 OR n = :5",
        "n = :5 OR n = :4 AND n = :4",
        "(n = :4 OR n = :5) AND s <> :x",
        "attribute_exists(l[1].deep)",
        "attribute_not_exists(l[7])",
        "attribute_type(s, :S)",
        "attribute_type(#null, :NULL)",
        "begins_with(s, :he)",
        "contains(s, :he)",
        "contains(ss, :x)",
        "ss = :yx",
        "size(s) = :5",
        "size(l) < :4",
        "(size(s)) > :4",
        "m.k > :5",
        ":4 < n",
        "n = l[0] OR n <> l[0]",
    ],
)
def test_condition_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "n = :4",
        "absent = :4",
        "absent = also_absent",
        "s > :5",
        "begins_with(b, :he)",
        "size(n) = :5",
        "contains(n, :5)",
        "absent IN (:4)",
        "absent BETWEEN :4 AND :9",
    ],
)
def test_condition_does_not_hold(text: str) -> None:
    assert not holds(text)


def test_the_size_of_a_text_is_in_utf_16() -> None:
    # One unit, and two.
    assert holds("size(s) < :4", {"s": {"S": "\u00e9\U0001d11e"}})
    assert not holds("size(s) < :4", {"s": {"S": "\U0001d11e\U0001d11e"}})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The expression can not be empty;"),
        ("n", 'Syntax error; token: "<EOF>", near: "n"'),
        ("n = = :5", 'Syntax error; token: "=", near: "= = :5"'),
        ("n = :5 AND", 'Syntax error; token: "<EOF>", near: "AND"'),
        ("n ! :5", 'Syntax error; token: "!", near: "n ! :5"'),
        ("n !", 'Syntax error; token: "!", near: "n !"'),
        ("!!!", 'Syntax error; token: "!", near: "!!"'),
        ("__n = :5", 'Syntax error; token: "_", near: "__"'),
        ("_n = :5", 'Syntax error; token: "_", near: "_n"'),
        ("((n = :5))", "The expression has redundant parentheses;"),
        ("((n)) = :5", "The expression has redundant parentheses;"),
        ("comment = :5", "Attribute name is a reserved keyword; reserved keyword: comment"),
        ("#z = :5", "An expression attribute name used in the document path is not defined;"),
        ("n = :z", "An expression attribute value used in expression is not defined;"),
        ("f(n)", "Invalid function name; function: f"),
        ("list_append(n, n)", "The function is not allowed in a condition expression;"),
        ("size(n)", "The function is not allowed to be used this way in an expression;"),
        ("attribute_exists(n) = :5", "The function is not allowed to be used this way"),
        ("attribute_exists(n, s)", "number of operands: 2"),
        ("attribute_exists(:5)", "Operator or function requires a document path;"),
        ("attribute_type(n, :x)", "Invalid attribute type name found; type: x"),
        ("begins_with(n, :5)", "operator or function: begins_with, operand type: N"),
        ("n < :yx", "operator or function: <, operand type: SS"),
        ("n = n", "The first operand must be distinct from the remaining operands"),
        ("n BETWEEN :9 AND :4", "upper bound to be greater than or equal to lower bound"),
        ("n BETWEEN :9 AND :x", "requires same data type for lower and upper bounds"),
        ("a" * 4094 + " = :5", "Expression size has exceeded the maximum allowed size;"),
        (" OR ".join(["n=:5"] * 151), "too many operators; operator count: 301"),
        (" AND ".join(["n=:5"] * 151), "too many operators; operator count: 301"),
        ("NOT " * 300 + "n=:5", "too many operators; operator count: 301"),
        ("n[99999999999] = :5", "List index is not within the allowable range;"),
        ("n[4294967295] = :5", "allowable range; index: [4294967295]"),
        ("n" + "[0]" * 32 + " = :5", "too many nesting elements; nesting elements: 33"),
        (f"n IN ({', '.join([':5'] * 101)})", "too many operands; number of operands: 101"),
        ("(" * 301 + "n = :5" + ")" * 301, "nested too deeply"),
        ("n = " + "(" * 301 + ":5" + ")" * 301, "nested too deeply"),
        ("(n = :5) AND ((s = :x))", "The expression has redundant parentheses;"),
        ("n = :5)", 'Syntax error; token: ")", near: ":5)"'),
        ("(n = :5", 'Syntax error; token: "<EOF>", near: ":5"'),
    ],
)
def test_condition_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        holds(text)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "n=:5 AND(" * 149 + "n=:5" + ")" * 149,
        "n=:5 AND (n=:4 OR (" * 74 + "n=:5" + "))" * 74,
        "NOT(n=:4 OR " * 99 + "n=:4" + ")" * 99,
        "n" + "[0]" * 31 + " <> :5",
        "n[4294967294] <> :5",
        f"n IN ({', '.join([':5'] * 100)})",
        "(n = :5)",
        "((n = :5) AND (s <> :x))",
        "NOT (NOT (n = :5))",
        "(NOT (n = :4)) AND n = :5",
    ],
)
def test_deep_and_long_conditions_hold(text: str) -> None:
    assert holds(text)


def updated(text: str, **values: Any) -> dict[str, Any]:
    given = {f":{name}": value for name, value in values.items()}
    return apply_update(compile_update(text, None, given), ITEM, given)


def test_set_reads_the_item_as_it_was() -> None:
    changed = updated("SET n = n + :one, m.k = n", one={"N": "1"})
    assert changed["n"] == {"N": "6"}
    assert changed["m"]["M"]["k"] == {"N": "5"}
    assert ITEM["m"]["M"]["k"] == {"N": "7"}


def test_set_functions() -> None:
    changed = updated(
        "SET a = if_not_exists(a, :one), l = list_append(l, :more), d = (n - :one)",
        one={"N": "1"},
        more={"L": [{"S": "z"}]},
    )
    assert changed["a"] == {"N": "1"}
    assert changed["l"]["L"][2] == {"S": "z"}
    assert changed["d"] == {"N": "4"}


def test_list_indexes_are_those_from_before() -> None:
    changed = updated("SET l[9] = :v REMOVE l[0]", v={"S": "end"})
    assert changed["l"]["L"] == [{"M": {"deep": {"S": "d"}}}, {"S": "end"}]


def test_add_and_delete() -> None:
    changed = updated(
        "ADD n :two, fresh :z DELETE ss :x",
        two={"N": "2"},
        z={"SS": ["z"]},
        x={"SS": ["x"]},
    )
    assert changed["n"] == {"N": "7"}
    assert changed["fresh"] == {"SS": ["z"]}
    assert changed["ss"] == {"SS": ["y"]}


def test_an_emptied_set_is_removed() -> None:
    assert "ss" not in updated("DELETE ss :all", all={"SS": ["x", "y"]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SET m.nix.deep = :v", "The document path provided in the update expression is invalid"),
        ("SET s[0] = :v", "The document path provided in the update expression is invalid"),
        ("SET a = absent", "refers to an attribute that does not exist in the item"),
        ("SET a = s + :v", "An operand in the update expression has an incorrect data type"),
        ("ADD s :v", "An operand in the update expression has an incorrect data type"),
    ],
)
def test_update_does_not_fit(text: str, message: str) -> None:
    with pytest.raises(UpdateProblem) as caught:
        updated(text, v={"N": "1"})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The expression can not be empty;"),
        ("SET", 'Syntax error; token: "<EOF>", near: "SET"'),
        ("SET a = :v SET b = :v", 'The "SET" section can only be used once in an update'),
        ("SET a = :v, a.b = :v", "Two document paths overlap with each other;"),
        ("SET a.b = :v, a[1] = :v", "Two document paths conflict with each other;"),
        ("SET a = size(b)", "The function is not allowed in an update expression;"),
        ("SET a = nope(b)", "Invalid function name; function: nope"),
        ("SET a = if_not_exists(:v, b)", "Operator or function requires a document path;"),
        ("SET a = :t + :v", "operator or function: +, operand type: S"),
        ("SET a = list_append(:v, b)", "operator or function: list_append, operand type: N"),
        ("ADD a :t", "operator: ADD, operand type: STRING"),
        ("DELETE a :v", "operator: DELETE, operand type: NUMBER"),
    ],
)
def test_update_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        updated(text, v={"N": "1"}, t={"S": "t"})
    assert message in str(caught.value)


def test_projection_keeps_the_documents_that_parts_are_in() -> None:
    tree = compile_projection("s, l[1].deep, m.k, m.nix, absent", None).tree
    assert project(tree, ITEM) == {
        "s": {"S": "hello"},
        "l": {"L": [{"M": {"deep": {"S": "d"}}}]},
        "m": {"M": {"k": {"N": "7"}}},
    }


def test_projection_orders_list_elements_by_index() -> None:
    tree = compile_projection("l[1], l[0]", None).tree
    assert project(tree, ITEM)["l"]["L"] == ITEM["l"]["L"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a, a.b", "path one: [a], path two: [a, b]"),
        ("a[0], a[0]", "path one: [a, [0]], path two: [a, [0]]"),
        ("a b", 'Syntax error; token: "b", near: "a b"'),
        ("a,", 'Syntax error; token: "<EOF>", near: ","'),
        ("year", "reserved keyword: year"),
    ],
)
def test_projection_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_projection(text, None)
    assert message in str(caught.value)
