"""Reads conditions, operands and paths of PartiQL statements into trees of DynamoDB's expressions.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-operators.html
"""

from __future__ import annotations

from collections.abc import Sequence

from groundstate.services.dynamodb.expressions.tree import (
    ArithmeticNode,
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    LogicNode,
    NameReference,
    OperandNode,
    PathNode,
    Step,
    ValueNode,
)
from groundstate.services.dynamodb.model import Value
from groundstate.services.dynamodb.partiql.keywords import RESERVED
from groundstate.services.dynamodb.partiql.lexer import Token, malformed
from groundstate.services.dynamodb.partiql.literals import Literals
from groundstate.services.dynamodb.partiql.statements import Bindings, PartiqlError

_COMPARATORS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TESTS = frozenset(
    ("attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains")
)
_FUNCTIONS = _TESTS | {"size", "if_not_exists", "list_append"}
_TYPES = {
    "NULL": "NULL",
    "BOOL": "BOOL",
    "BOOLEAN": "BOOL",
    "STRING": "S",
    "NUMBER": "N",
    "BINARY": "B",
    "LIST": "L",
    "MAP": "M",
    "STRUCT": "M",
}
# What may not begin an operand.
_KEYWORDS = frozenset(("ORDER", "WHERE", "FROM", "SELECT", "SET", "REMOVE", "RETURNING", "VALUE"))


class Conditions(Literals):
    """Reads conditions. Names and values become placeholders of `bindings`."""

    def __init__(self, statement: str, parameters: Sequence[Value]) -> None:
        super().__init__(statement, parameters)
        self.bindings = Bindings()

    def where(self) -> ConditionNode | None:
        """A WHERE clause's condition; None if there is no such clause."""
        return self._or() if self.word("WHERE") else None

    def _or(self) -> ConditionNode:
        return self._joined("OR")

    def _and(self) -> ConditionNode:
        return self._joined("AND")

    def _joined(self, operator: str) -> ConditionNode:
        inner = self._and if operator == "OR" else self._not
        conditions = [inner()]
        while self.word(operator):
            if self.current.kind == "end":
                raise malformed("Missing right-hand side expression of infix operator")
            conditions.append(inner())
        return conditions[0] if len(conditions) == 1 else LogicNode(operator, tuple(conditions))

    def _not(self) -> ConditionNode:
        self.enter()
        try:
            if self.word("NOT"):
                return LogicNode("NOT", (self._not(),))
            if self.take("("):
                inner = self._or()
                self.expect(")")
                return inner
            return self._comparison()
        finally:
            self.leave()

    def _comparison(self) -> ConditionNode:
        left = self.sum()
        comparator = _COMPARATORS.get(self.current.text)
        if comparator is not None and self.current.kind == "operator":
            self.advance()
            return self._compared(comparator, left, self.sum())
        if self.word("BETWEEN"):
            low = self.sum()
            self.expect_word("AND")
            return ComparisonNode("BETWEEN", (left, low, self.sum()))
        if self.word("IN"):
            return ComparisonNode("IN", (left, *self._options()))
        if self.word("IS"):
            negated = self.word("NOT")
            found = self._state_of(left)
            return LogicNode("NOT", (found,)) if negated else found
        if isinstance(left, FunctionNode):
            return left
        raise self.unexpected()

    def _compared(self, comparator: str, left: OperandNode, right: OperandNode) -> ConditionNode:
        """A comparison; of a test with TRUE or FALSE: the test, or its opposite."""
        if isinstance(left, FunctionNode) and left.name in _TESTS and isinstance(right, ValueNode):
            wanted = self.bindings.values[right.placeholder].get("BOOL")
            if wanted is not None and comparator in ("=", "<>"):
                del self.bindings.values[right.placeholder]
                return left if wanted is (comparator == "=") else LogicNode("NOT", (left,))
        return ComparisonNode(comparator, (left, right))

    def _state_of(self, operand: OperandNode) -> ConditionNode:
        if self.word("MISSING"):
            return FunctionNode("attribute_not_exists", (operand,))
        kind = _TYPES.get(self.current.keyword)
        if kind is None:
            raise malformed("Expected type name")
        self.advance()
        return FunctionNode("attribute_type", (operand, self._bind({"S": kind})))

    def _options(self) -> tuple[OperandNode, ...]:
        closing = "]" if self.take("[") else ")"
        if closing == ")":
            self.expect("(")
        options = [self.operand()]
        while self.take(","):
            options.append(self.operand())
        self.expect(closing)
        return tuple(options)

    def sum(self) -> OperandNode:
        """An operand, or operands with `+` and `-` between them."""
        left = self.operand()
        while self.current.text in ("+", "-") and self.current.kind == "operator":
            operator = self.advance().text
            left = ArithmeticNode(operator, left, self.operand())
        return left

    def operand(self) -> OperandNode:
        """A constant, a function's call or a path."""
        if self.current.kind == "word" and self.peek().text == "(":
            token = self.advance()
            self.enter()
            arguments = tuple(argument for argument, _ in self.arguments())
            self.leave()
            return self._call(token, arguments)
        value = self.literal()
        if value is not None:
            return self._bind(value)
        if self.current.kind == "end" or self.current.text in (";", "("):
            raise malformed("Unexpected term")
        if self.stands_word("IS", "LIKE", "IN", "BETWEEN", "AND", "OR"):
            raise malformed("Unexpected operator")
        if self.stands_word(*_KEYWORDS):
            raise malformed("Unexpected keyword")
        return self.path()

    def _call(self, token: Token, arguments: tuple[OperandNode, ...]) -> FunctionNode:
        name = token.text.lower()
        if name not in _FUNCTIONS:
            raise PartiqlError(f"Unrecognized function: {name} at {self.place(token)}")
        if not arguments:
            raise PartiqlError(
                "Incorrect number of operands for operator or function;"
                f" operator or function: {name}, number of operands: 0"
            )
        return FunctionNode(name, arguments)

    def arguments(self) -> list[tuple[OperandNode, Token]]:
        """What stands in parentheses: operands, each with its first token."""
        self.expect("(")
        found: list[tuple[OperandNode, Token]] = []
        while not self.take(")"):
            if found:
                self.expect(",")
            token = self.current
            found.append((self.sum(), token))
        return found

    def path(self) -> PathNode:
        """A document path."""
        steps: list[Step] = [self._name()]
        while True:
            if self.take("."):
                if self.current.keyword in RESERVED:
                    raise malformed("Invalid path dot component")
                steps.append(self._name())
            elif self.take("["):
                if self.current.kind == "number" and self.current.text.isdecimal():
                    text = self.advance().text
                    steps.append(int(text) if len(text) < 12 else 10**12)
                elif self.current.kind == "text":
                    steps.append(self._reference(self.advance().text))
                else:
                    raise self.unexpected()
                self.expect("]")
            else:
                return PathNode(tuple(steps))

    def identifier(self) -> str:
        """A name, in quotes or not."""
        if self.current.kind not in ("word", "name"):
            raise self.unexpected()
        return self.advance().text

    def _name(self) -> Step:
        return self._reference(self.identifier())

    def _reference(self, name: str) -> NameReference:
        for placeholder, known in self.bindings.names.items():
            if known == name:
                return NameReference(placeholder)
        placeholder = f"#p{len(self.bindings.names)}"
        self.bindings.names[placeholder] = name
        return NameReference(placeholder)

    def _bind(self, value: Value) -> ValueNode:
        self.bindings.bound += 1
        placeholder = f":p{self.bindings.bound}"
        self.bindings.values[placeholder] = value
        return ValueNode(placeholder)
