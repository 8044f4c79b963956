"""Parses PartiQL statements, by recursive descent.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.statements.html
"""

from __future__ import annotations

from collections.abc import Sequence

from groundstate.services.dynamodb.expressions.tree import Action, PathNode, ValueNode
from groundstate.services.dynamodb.model import Item, Value
from groundstate.services.dynamodb.partiql.conditions import Conditions
from groundstate.services.dynamodb.partiql.lexer import Token, malformed
from groundstate.services.dynamodb.partiql.literals import WRONG_COUNT
from groundstate.services.dynamodb.partiql.statements import (
    Delete,
    Exists,
    Insert,
    PartiqlError,
    Select,
    Statement,
    Update,
)

_SET_CLAUSES = {"set_add": "ADD", "set_delete": "DELETE"}
_AFTER_TABLE = ("WHERE", "ORDER", "SET", "REMOVE", "RETURNING")
_UNSUPPORTED = ("LIMIT", "OFFSET", "GROUP", "HAVING")


def parse_statement(text: str, parameters: Sequence[Value]) -> Statement:
    """Parse a statement, its parameters put in their places.

    Raises:
        PartiqlError: with what DynamoDB says.
    """
    parser = _Parser(text, parameters)
    statement = parser.statement()
    if not parser.used_all_parameters():
        raise PartiqlError(WRONG_COUNT)
    return statement


class _Parser(Conditions):
    def statement(self) -> Statement:
        statement = self._start()
        self._refuse_clause()
        self.take(";")
        if self.current.kind != "end":
            raise _leftover()
        return statement

    def _start(self) -> Statement:
        if self.word("SELECT"):
            return self._select()
        if self.word("INSERT"):
            return self._insert()
        if self.word("UPDATE"):
            return self._update()
        if self.word("DELETE"):
            return self._delete()
        if self.word("FROM"):
            return self._update_from()
        if self.word("EXISTS"):
            self.expect("(")
            self.expect_word("SELECT")
            select = self._select()
            self.expect(")")
            return Exists(select)
        raise malformed("Expected data manipulation")

    def _select(self) -> Select:
        paths: list[PathNode] = []
        if not self.take("*"):
            paths.append(self._projected())
            while self.take(","):
                paths.append(self._projected())
        self.expect_word("FROM")
        if self.current.kind == "end":
            raise malformed("Unexpected term")
        table, index = self._from()
        self._refuse_alias()
        where = self.where()
        order: list[tuple[str, bool]] = []
        if self.word("ORDER"):
            self.expect_word("BY")
            order.append(self._order())
            while self.take(","):
                order.append(self._order())
        return Select(table, index, paths, where, order, self.bindings)

    def _projected(self) -> PathNode:
        token = self.current
        if token.kind == "word" and self.peek().text == "(":
            raise PartiqlError(f"Unexpected path component at {self.place(token)}")
        return self.path()

    def _order(self) -> tuple[str, bool]:
        attribute = self.identifier()
        descending = self.word("DESC")
        if not descending:
            self.word("ASC")
        return (attribute, descending)

    def _from(self) -> tuple[str, str | None]:
        parts = [self.identifier()]
        while self.take("."):
            parts.append(self.identifier())
        if len(parts) > 2:
            raise PartiqlError("A path may contain at most 2 components in the FROM clause")
        if "" in parts:
            raise PartiqlError("Path component cannot be an empty string")
        return (parts[0], parts[1] if len(parts) > 1 else None)

    def _target(self) -> tuple[str, str | None]:
        if self.current.kind not in ("word", "name") or self.stands_word(*_AFTER_TABLE):
            raise malformed("Expected identifier for simple path")
        return self._from()

    def _table(self) -> str:
        """The table that is to be changed."""
        table, index = self._target()
        if index is not None:
            raise PartiqlError("This operation is not supported on an index")
        return table

    def _refuse_clause(self) -> None:
        if self.stands_word(*_UNSUPPORTED):
            token = self.current
            raise PartiqlError(f"Unsupported clause: {token.keyword} at {self.place(token)}")

    def _refuse_alias(self) -> None:
        self._refuse_clause()
        if self.current.kind in ("word", "name") and not self.stands_word(*_AFTER_TABLE):
            raise PartiqlError("Aliasing is not supported")

    def _insert(self) -> Insert:
        self.expect_word("INTO")
        table, index = self._target()
        if index is not None:
            raise PartiqlError("FROM clause may only contain a single table name")
        if not self.word("VALUE"):
            raise _leftover()
        value = self.literal("")
        if value is None or "M" not in value:
            raise malformed("INSERT needs a map of attributes after VALUE")
        quietly = False
        if self.word("ON"):
            self.expect_word("CONFLICT")
            self.expect_word("DO")
            self.expect_word("NOTHING")
            quietly = True
        item: Item = value["M"]
        return Insert(table, item, quietly, self.bindings)

    def _update(self) -> Update:
        table = self._table()
        self._refuse_alias()
        actions = self._actions()
        where = self.where()
        return Update(table, actions, where, self._returning(), self.bindings)

    def _update_from(self) -> Update:
        """The form of UPDATE that begins with FROM, its clauses after WHERE."""
        table = self._table()
        where = self.where()
        actions = self._actions()
        return Update(table, actions, where, self._returning(), self.bindings)

    def _delete(self) -> Delete:
        self.expect_word("FROM")
        table = self._table()
        self._refuse_alias()
        where = self.where()
        returning = self._returning()
        if returning not in ("", "ALL OLD"):
            raise PartiqlError(
                f"Invalid returning clause: RETURNING {returning} *."
                " Only RETURNING ALL OLD * is allowed in DELETE statements."
            )
        return Delete(table, where, returning, self.bindings)

    def _returning(self) -> str:
        if not self.word("RETURNING"):
            return ""
        if not self.stands_word("ALL", "MODIFIED"):
            raise self.unexpected()
        which = self.advance().keyword
        if not self.stands_word("OLD", "NEW"):
            raise self.unexpected()
        when = self.advance().keyword
        self.expect("*")
        return f"{which} {when}"

    def _actions(self) -> list[Action]:
        actions: list[Action] = []
        while True:
            if self.word("SET"):
                actions.append(self._assignment())
                while self.take(","):
                    actions.append(self._assignment())
            elif self.word("REMOVE"):
                actions.append(Action("REMOVE", self.path(), None))
                while self.take(","):
                    actions.append(Action("REMOVE", self.path(), None))
            elif actions:
                return actions
            else:
                raise self.unexpected()

    def _assignment(self) -> Action:
        path = self.path()
        self.expect("=")
        name = self.current.text.lower()
        if name in _SET_CLAUSES and self.peek().text == "(":
            return self._set_function(self.advance(), path)
        return Action("SET", path, self.sum())

    def _set_function(self, token: Token, path: PathNode) -> Action:
        """`set_add` and `set_delete`: the ADD and DELETE of update expressions."""
        name = token.text.lower()
        arguments = self.arguments()
        if len(arguments) != 2:
            raise PartiqlError(
                f"{name.upper()} must have exactly two arguments at {self.place(token)}"
            )
        (first, first_token), (second, _) = arguments
        if first != path:
            raise PartiqlError(
                f"The first argument to {name.upper()} must equal the assignment value"
                f" at {self.place(token)}"
            )
        value = {}
        if isinstance(second, ValueNode):
            value = self.bindings.values[second.placeholder]
        if not value.keys() & {"SS", "NS", "BS"}:
            raise PartiqlError(
                f"The second argument to {name.upper()} must be a value with type SET"
                f" at {self.place(first_token)}"
            )
        return Action(_SET_CLAUSES[name], path, second)


def _leftover() -> PartiqlError:
    return malformed("Unexpected token after expression")
