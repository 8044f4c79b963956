"""Parses conditions, updates and projections into trees.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

By recursive descent, a function for each level of precedence, but for conditions, which may nest
deeply. A parenthesis may open a condition or an operand; what follows the matching one tells which.
"""

from __future__ import annotations

from groundstate.services.dynamodb.expressions.errors import ExpressionError
from groundstate.services.dynamodb.expressions.lexer import Token, Tokens
from groundstate.services.dynamodb.expressions.tree import (
    Action,
    ArithmeticNode,
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    LogicNode,
    NameReference,
    OperandNode,
    ParsedCondition,
    ParsedUpdate,
    PathNode,
    Step,
    ValueNode,
)

EXPRESSION_BYTES_MAX = 4096
OPERATORS_MAX = 300
NESTING_MAX = 300
OPERAND_NESTING_MAX = 150
PATH_ELEMENTS_MAX = 32
# Observed: one less than 32 bits hold.
LIST_INDEX_MAX = 2**32 - 2

_COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
_CONDITION_WORDS = frozenset(("AND", "OR", "NOT", "BETWEEN", "IN"))
_CLAUSES = frozenset(("SET", "REMOVE", "ADD", "DELETE"))


def parse_condition(text: str) -> ParsedCondition:
    """Parse a condition, filter or key condition. Raises ExpressionError."""
    return _Parser(text, _CONDITION_WORDS).condition()


def parse_update(text: str) -> ParsedUpdate:
    """Parse an update. Raises ExpressionError."""
    return _Parser(text, _CLAUSES).update()


def parse_projection(text: str) -> tuple[PathNode, ...]:
    """Parse a projection. Raises ExpressionError."""
    return _Parser(text, frozenset()).projection()


def _is_of_condition(token: Token) -> bool:
    """Whether a token can only stand in a condition, not in an operand."""
    if token.kind == "word":
        return token.text.upper() in _CONDITION_WORDS
    return token.kind == "operator" and token.text in _COMPARATORS


class _Parser:
    def __init__(self, text: str, keywords: frozenset[str]) -> None:
        if not text:
            raise ExpressionError("The expression can not be empty;")
        size = len(text.encode())
        if size > EXPRESSION_BYTES_MAX:
            raise ExpressionError(
                f"Expression size has exceeded the maximum allowed size; expression size: {size}"
            )
        self._tokens = Tokens(text)
        self._keywords = keywords
        self._redundant = False
        self._operators = 0
        self._depth = 0

    def condition(self) -> ParsedCondition:
        root = self._condition()
        self._expect_end()
        return ParsedCondition(root, self._redundant, self._operators)

    def projection(self) -> tuple[PathNode, ...]:
        paths = [self._path()]
        while self._tokens.take_operator(","):
            paths.append(self._path())
        self._expect_end()
        return tuple(paths)

    def update(self) -> ParsedUpdate:
        actions: list[Action] = []
        seen: list[str] = []
        repeated = ""
        while True:
            clause = self._tokens.keyword
            if clause not in _CLAUSES:
                raise self._tokens.error()
            self._tokens.advance()
            if clause in seen and not repeated:
                repeated = clause
            seen.append(clause)
            actions.append(self._action(clause))
            while self._tokens.take_operator(","):
                actions.append(self._action(clause))
            if self._tokens.current.kind == "end":
                return ParsedUpdate(tuple(actions), repeated, self._operators)

    def _action(self, clause: str) -> Action:
        path = self._path()
        if clause == "SET":
            self._tokens.expect_operator("=")
            return Action(clause, path, self._sum())
        if clause == "REMOVE":
            return Action(clause, path, None)
        if self._tokens.current.kind != "value":
            raise self._tokens.error()
        return Action(clause, path, ValueNode(self._tokens.advance().text))

    def _sum(self) -> OperandNode:
        """A SET's value: an operand, a sum or a difference, each perhaps in parentheses."""
        mark = self._tokens.mark()
        if self._tokens.take_operator("("):
            self._enter()
            inner = self._sum()
            self._tokens.expect_operator(")")
            self._depth -= 1
            if isinstance(inner, ArithmeticNode):
                return inner
            self._tokens.back(mark)
        left = self._operand()
        operator = self._tokens.take_operator("+", "-")
        if operator is None:
            return left
        self._count()
        return ArithmeticNode(operator, left, self._operand())

    def _condition(self) -> ConditionNode:
        """A whole condition. Parentheses nest on a stack of our own, not on Python's."""
        level, outer = _Level(), list[_Level]()
        while True:
            while self._tokens.keyword == "NOT":
                self._tokens.advance()
                self._count()
                level.negated = not level.negated
                level.is_plain = False
            if self._tokens.current.text == "(" and not self._holds_operand():
                self._tokens.advance()
                outer.append(level)
                if len(outer) > NESTING_MAX:
                    raise _too_deep(NESTING_MAX)
                level = _Level()
                continue
            level.add(self._comparison(), parenthesized=False)
            while True:
                if self._tokens.keyword in ("AND", "OR"):
                    level.join(self._tokens.advance().text.upper())
                    self._count()
                    break
                found = level.finish()
                if not outer:
                    return found
                self._tokens.expect_operator(")")
                if level.is_plain and level.parenthesized:
                    self._redundant = True
                level = outer.pop()
                level.add(found, parenthesized=True)

    def _holds_operand(self) -> bool:
        """Whether the parenthesis that opens here closes an operand: a comparison follows it."""
        following = self._tokens.after_parenthesis(_is_of_condition)
        if following is None:
            return False
        return following.text in (*_COMPARATORS, ".", "[") or (
            following.kind == "word" and following.text.upper() in ("BETWEEN", "IN")
        )

    def _comparison(self) -> ConditionNode:
        left = self._operand()
        comparator = self._tokens.take_operator(*_COMPARATORS)
        if comparator is not None:
            self._count()
            return ComparisonNode(comparator, (left, self._operand()))
        if self._tokens.keyword == "BETWEEN":
            self._tokens.advance()
            self._count()
            low = self._operand()
            if self._tokens.keyword != "AND":
                raise self._tokens.error()
            self._tokens.advance()
            return ComparisonNode("BETWEEN", (left, low, self._operand()))
        if self._tokens.keyword == "IN":
            self._tokens.advance()
            self._count()
            self._tokens.expect_operator("(")
            options = self._arguments()
            return ComparisonNode("IN", (left, *options))
        if isinstance(left, FunctionNode):
            return left
        raise self._tokens.error()

    def _operand(self) -> OperandNode:
        tokens = self._tokens
        if tokens.current.text == "(":
            tokens.advance()
            self._enter()
            inside = tokens.current.text == "("
            inner = self._operand()
            tokens.expect_operator(")")
            self._depth -= 1
            if inside:
                self._redundant = True
            if isinstance(inner, PathNode) and tokens.current.text in (".", "["):
                return _checked_path(inner.steps + self._steps())
            return inner
        if tokens.current.kind == "value":
            return ValueNode(tokens.advance().text)
        if tokens.current.kind == "word" and tokens.peek().text == "(":
            if tokens.keyword in self._keywords:
                raise tokens.error()
            name = tokens.advance().text
            tokens.advance()
            self._count()
            self._enter()
            arguments = self._arguments()
            self._depth -= 1
            return FunctionNode(name, arguments)
        return self._path()

    def _arguments(self) -> tuple[OperandNode, ...]:
        arguments = [self._operand()]
        while self._tokens.take_operator(","):
            arguments.append(self._operand())
        self._tokens.expect_operator(")")
        return tuple(arguments)

    def _path(self) -> PathNode:
        return _checked_path((self._name(), *self._steps()))

    def _steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        tokens = self._tokens
        while True:
            if tokens.take_operator("."):
                steps.append(self._name())
            elif tokens.current.text == "[":
                tokens.advance()
                if tokens.current.kind != "number":
                    raise tokens.error()
                index = int(tokens.current.text) if len(tokens.current.text) < 12 else 10**12
                if index > LIST_INDEX_MAX:
                    raise ExpressionError(
                        "List index is not within the allowable range;"
                        f" index: [{tokens.current.text}]"
                    )
                steps.append(index)
                tokens.advance()
                tokens.expect_operator("]")
            else:
                return tuple(steps)

    def _name(self) -> Step:
        token = self._tokens.current
        if token.kind == "name":
            return NameReference(self._tokens.advance().text)
        if token.kind != "word" or self._tokens.keyword in self._keywords:
            raise self._tokens.error()
        return self._tokens.advance().text

    def _expect_end(self) -> None:
        if self._tokens.current.kind != "end":
            raise self._tokens.error()

    def _count(self) -> None:
        self._operators += 1
        if self._operators > OPERATORS_MAX:
            raise ExpressionError(
                f"The expression contains too many operators; operator count: {self._operators}"
            )

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > OPERAND_NESTING_MAX:
            raise _too_deep(OPERAND_NESTING_MAX)


def _too_deep(limit: int) -> ExpressionError:
    return ExpressionError(f"The expression is nested too deeply; maximum nesting depth: {limit}")


def _checked_path(steps: tuple[Step, ...]) -> PathNode:
    if len(steps) > PATH_ELEMENTS_MAX:
        raise ExpressionError(
            f"The document path has too many nesting elements; nesting elements: {len(steps)}"
        )
    return PathNode(steps)


class _Level:
    """What stands in one parenthesis, or outside of all, so far.

    Attributes:
        negated: the next condition is.
        is_plain: it is one condition, without NOT, AND and OR.
        parenthesized: its last condition stands in parentheses.
    """

    def __init__(self) -> None:
        self.negated = False
        self.is_plain = True
        self.parenthesized = False
        self._all: list[ConditionNode] = []
        self._any: list[ConditionNode] = []

    def add(self, condition: ConditionNode, *, parenthesized: bool) -> None:
        """Take a condition."""
        if self.negated:
            condition = LogicNode("NOT", (condition,))
            self.negated = False
        self._all.append(condition)
        self.parenthesized = parenthesized

    def join(self, operator: str) -> None:
        """Take `AND` or `OR`."""
        self.is_plain = False
        if operator == "OR":
            self._any.append(_joined("AND", self._all))
            self._all = []

    def finish(self) -> ConditionNode:
        """All of it."""
        return _joined("OR", [*self._any, _joined("AND", self._all)])


def _joined(operator: str, conditions: list[ConditionNode]) -> ConditionNode:
    """Conditions under one operator; what is joined by the same inside is not another level."""
    if len(conditions) == 1:
        return conditions[0]
    flat: list[ConditionNode] = []
    for condition in conditions:
        if isinstance(condition, LogicNode) and condition.operator == operator:
            flat += condition.conditions
        else:
            flat.append(condition)
    return LogicNode(operator, tuple(flat))
