"""Parses PartiQL statements, by recursive descent.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
"""

from __future__ import annotations

from collections.abc import Sequence

from groundstate.services.dynamodb.expressions.tree import (
    Action,
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
from groundstate.services.dynamodb.model import Item, Value
from groundstate.services.dynamodb.partiql.lexer import Token, cut, malformed
from groundstate.services.dynamodb.partiql.statements import (
    Bindings,
    Delete,
    Exists,
    Insert,
    PartiqlError,
    Select,
    Statement,
    Update,
)

STATEMENT_CHARACTERS_MAX = 8192
NESTING_MAX = 100
WRONG_COUNT = "Number of parameters in request and statement don't match."
_COMPARATORS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_RETURNING = ("ALL", "MODIFIED"), ("OLD", "NEW")


def parse_statement(text: str, parameters: Sequence[Value]) -> Statement:
    """Parse a statement, its parameters put in their places.

    Raises:
        PartiqlError: with what DynamoDB says.
    """
    parser = _Parser(cut(text), parameters)
    statement = parser.statement()
    if not parser.used_all_parameters():
        raise PartiqlError(WRONG_COUNT)
    return statement


class _Parser:
    def __init__(self, tokens: list[Token], parameters: Sequence[Value]) -> None:
        self._tokens = tokens
        self._at = 0
        self._parameters = parameters
        self._taken = 0
        self._depth = 0
        self._bindings = Bindings()

    def used_all_parameters(self) -> bool:
        return self._taken == len(self._parameters)

    def statement(self) -> Statement:
        statement = self._start()
        self._take(";")
        if self._current.kind != "end":
            raise self._unexpected()
        return statement

    def _start(self) -> Statement:
        if self._word("SELECT"):
            return self._select()
        if self._word("INSERT"):
            return self._insert()
        if self._word("UPDATE"):
            return self._update()
        if self._word("DELETE"):
            return self._delete()
        if self._word("EXISTS"):
            self._expect("(")
            self._expect_word("SELECT")
            select = self._select()
            self._expect(")")
            return Exists(select)
        raise self._unexpected()

    def _select(self) -> Select:
        paths: list[PathNode] = []
        if not self._take("*"):
            paths.append(self._path())
            while self._take(","):
                paths.append(self._path())
        self._expect_word("FROM")
        table = self._identifier()
        index = self._identifier() if self._take(".") else None
        where = self._where()
        order = None
        if self._word("ORDER"):
            self._expect_word("BY")
            attribute = self._identifier()
            descending = self._word("DESC")
            if not descending:
                self._word("ASC")
            order = (attribute, descending)
        return Select(table, index, paths, where, order, self._bindings)

    def _insert(self) -> Insert:
        self._expect_word("INTO")
        table = self._identifier()
        self._expect_word("VALUE")
        value = self._literal()
        if value is None or "M" not in value:
            raise malformed("INSERT needs a map of attributes after VALUE")
        quietly = False
        if self._word("ON"):
            self._expect_word("CONFLICT")
            self._expect_word("DO")
            self._expect_word("NOTHING")
            quietly = True
        item: Item = value["M"]
        return Insert(table, item, quietly, self._bindings)

    def _update(self) -> Update:
        table = self._identifier()
        actions: list[Action] = []
        while True:
            if self._word("SET"):
                actions.append(self._assignment())
                while self._take(","):
                    actions.append(self._assignment())
            elif self._word("REMOVE"):
                actions.append(Action("REMOVE", self._path(), None))
                while self._take(","):
                    actions.append(Action("REMOVE", self._path(), None))
            else:
                break
        if not actions:
            raise self._unexpected()
        where = self._where()
        return Update(table, actions, where, self._returning(), self._bindings)

    def _delete(self) -> Delete:
        self._expect_word("FROM")
        table = self._identifier()
        where = self._where()
        return Delete(table, where, self._returning(), self._bindings)

    def _returning(self) -> str:
        if not self._word("RETURNING"):
            return ""
        which, when = self._current.text.upper(), self._peek().text.upper()
        if which not in _RETURNING[0] or when not in _RETURNING[1]:
            raise self._unexpected()
        self._advance()
        self._advance()
        self._expect("*")
        return f"{'ALL' if which == 'ALL' else 'UPDATED'}_{when}"

    def _assignment(self) -> Action:
        path = self._path()
        self._expect("=")
        name = self._current.text.lower()
        if name in ("set_add", "set_delete") and self._peek().text == "(":
            self._advance()
            self._advance()
            if self._path() != path:
                raise malformed(f"{name} must name the attribute that it is assigned to")
            self._expect(",")
            clause = "ADD" if name == "set_add" else "DELETE"
            action = Action(clause, path, self._operand())
            self._expect(")")
            return action
        return Action("SET", path, self._sum())

    def _where(self) -> ConditionNode | None:
        return self._or() if self._word("WHERE") else None

    def _or(self) -> ConditionNode:
        conditions = [self._and()]
        while self._word("OR"):
            conditions.append(self._and())
        return conditions[0] if len(conditions) == 1 else LogicNode("OR", tuple(conditions))

    def _and(self) -> ConditionNode:
        conditions = [self._not()]
        while self._word("AND"):
            conditions.append(self._not())
        return conditions[0] if len(conditions) == 1 else LogicNode("AND", tuple(conditions))

    def _not(self) -> ConditionNode:
        self._enter()
        try:
            if self._word("NOT"):
                return LogicNode("NOT", (self._not(),))
            if self._current.text == "(" and self._current.kind == "operator":
                self._advance()
                inner = self._or()
                self._expect(")")
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _comparison(self) -> ConditionNode:
        left = self._sum()
        comparator = _COMPARATORS.get(self._current.text)
        if comparator is not None and self._current.kind == "operator":
            self._advance()
            return ComparisonNode(comparator, (left, self._sum()))
        if self._word("BETWEEN"):
            low = self._sum()
            self._expect_word("AND")
            return ComparisonNode("BETWEEN", (left, low, self._sum()))
        if self._word("IN"):
            return ComparisonNode("IN", (left, *self._options()))
        if self._word("IS"):
            negated = self._word("NOT")
            found = self._state_of(left)
            return LogicNode("NOT", (found,)) if negated else found
        if isinstance(left, FunctionNode):
            return left
        raise self._unexpected()

    def _state_of(self, operand: OperandNode) -> ConditionNode:
        if self._word("MISSING"):
            return FunctionNode("attribute_not_exists", (operand,))
        if self._word("NULL"):
            return FunctionNode("attribute_type", (operand, self._bind({"S": "NULL"})))
        raise self._unexpected()

    def _options(self) -> tuple[OperandNode, ...]:
        closing = "]" if self._take("[") else ")"
        if closing == ")":
            self._expect("(")
        options = [self._operand()]
        while self._take(","):
            options.append(self._operand())
        self._expect(closing)
        return tuple(options)

    def _sum(self) -> OperandNode:
        left = self._operand()
        while self._current.text in ("+", "-") and self._current.kind == "operator":
            operator = self._advance().text
            left = ArithmeticNode(operator, left, self._operand())
        return left

    def _operand(self) -> OperandNode:
        if self._current.kind == "word" and self._peek().text == "(":
            name = self._advance().text.lower()
            self._advance()
            arguments = [self._sum()]
            while self._take(","):
                arguments.append(self._sum())
            self._expect(")")
            return FunctionNode(name, tuple(arguments))
        value = self._literal()
        return self._path() if value is None else self._bind(value)

    def _literal(self) -> Value | None:
        """A constant; None if something else stands here."""
        token = self._current
        if token.kind == "text":
            self._advance()
            return {"S": token.text}
        if token.kind == "number":
            self._advance()
            return {"N": token.text}
        if token.kind == "word" and token.text.upper() in ("TRUE", "FALSE", "NULL"):
            self._advance()
            word = token.text.upper()
            return {"NULL": True} if word == "NULL" else {"BOOL": word == "TRUE"}
        if token.kind != "operator":
            return None
        if token.text == "?":
            self._advance()
            return self._parameter()
        if token.text == "-" and self._peek().kind == "number":
            self._advance()
            return {"N": "-" + self._advance().text}
        if token.text in ("[", "{", "<<"):
            self._enter()
            value = self._collection(self._advance().text)
            self._depth -= 1
            return value
        return None

    def _collection(self, opening: str) -> Value:
        if opening == "{":
            return self._map()
        closing = "]" if opening == "[" else ">>"
        elements: list[Value] = []
        while not self._take(closing):
            if elements:
                self._expect(",")
            element = self._literal()
            if element is None:
                raise self._unexpected()
            elements.append(element)
        if opening == "[":
            return {"L": elements}
        kinds = {next(iter(element)) for element in elements}
        if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
            raise malformed("A set needs elements of one type: string, number or binary")
        (kind,) = kinds
        return {kind + "S": [element[kind] for element in elements]}

    def _map(self) -> Value:
        content: Item = {}
        while not self._take("}"):
            if content:
                self._expect(",")
            if self._current.kind not in ("text", "name", "word"):
                raise self._unexpected()
            key = self._advance().text
            self._expect(":")
            value = self._literal()
            if value is None:
                raise self._unexpected()
            content[key] = value
        return {"M": content}

    def _parameter(self) -> Value:
        if self._taken >= len(self._parameters):
            raise PartiqlError(WRONG_COUNT)
        self._taken += 1
        return self._parameters[self._taken - 1]

    def _path(self) -> PathNode:
        steps: list[Step] = [self._name()]
        while True:
            if self._take("."):
                steps.append(self._name())
            elif self._take("["):
                if self._current.kind == "number" and self._current.text.isdecimal():
                    steps.append(int(self._advance().text))
                elif self._current.kind == "text":
                    steps.append(self._name_reference(self._advance().text))
                else:
                    raise self._unexpected()
                self._expect("]")
            else:
                return PathNode(tuple(steps))

    def _name(self) -> Step:
        return self._name_reference(self._identifier())

    def _name_reference(self, name: str) -> NameReference:
        for placeholder, known in self._bindings.names.items():
            if known == name:
                return NameReference(placeholder)
        placeholder = f"#p{len(self._bindings.names)}"
        self._bindings.names[placeholder] = name
        return NameReference(placeholder)

    def _bind(self, value: Value) -> ValueNode:
        placeholder = f":p{len(self._bindings.values)}"
        self._bindings.values[placeholder] = value
        return ValueNode(placeholder)

    def _identifier(self) -> str:
        if self._current.kind not in ("word", "name"):
            raise self._unexpected()
        return self._advance().text

    @property
    def _current(self) -> Token:
        return self._tokens[self._at]

    def _peek(self) -> Token:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    def _advance(self) -> Token:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _take(self, text: str) -> bool:
        if self._current.kind == "operator" and self._current.text == text:
            self._advance()
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected()

    def _word(self, word: str) -> bool:
        if self._current.kind == "word" and self._current.text.upper() == word:
            self._advance()
            return True
        return False

    def _expect_word(self, word: str) -> None:
        if not self._word(word):
            raise self._unexpected()

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > NESTING_MAX:
            raise malformed("The statement is nested too deeply")

    def _unexpected(self) -> PartiqlError:
        return malformed(f"Unexpected token: {self._current.text}")
