"""Reads constants and parameters: PartiQL's text, numbers, lists, maps and sets as values.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.data-types.html
"""

from __future__ import annotations

from collections.abc import Sequence

from groundstate.services.dynamodb import numbers
from groundstate.services.dynamodb.model import Item, Value
from groundstate.services.dynamodb.partiql.lexer import Reader, malformed
from groundstate.services.dynamodb.partiql.statements import PartiqlError

WRONG_COUNT = "Number of parameters in request and statement don't match."
_INT_MAX = 2**31 - 1


class Literals(Reader):
    """Reads constants."""

    def __init__(self, statement: str, parameters: Sequence[Value]) -> None:
        super().__init__(statement)
        self._parameters = parameters
        self._taken = 0

    def used_all_parameters(self) -> bool:
        """Whether each parameter had its question mark."""
        return self._taken == len(self._parameters)

    def literal(self, path: str = "root") -> Value | None:
        """A constant; None if something else stands here.

        Args:
            path: where it lies in the whole value, for messages.
        """
        token = self.current
        if token.kind == "text":
            self.advance()
            return {"S": token.text}
        if token.kind == "number":
            self.advance()
            return _number(token.text, path)
        if self.stands_word("TRUE", "FALSE", "NULL"):
            self.advance()
            return {"NULL": True} if token.keyword == "NULL" else {"BOOL": token.keyword == "TRUE"}
        if token.kind != "operator":
            return None
        if token.text == "?":
            self.advance()
            return self._parameter()
        if token.text == "-" and self.peek().kind == "number":
            self.advance()
            return _number("-" + self.advance().text, path)
        if token.text in ("[", "{", "<<"):
            self.enter()
            value = self._collection(self.advance().text, path)
            self.leave()
            return value
        return None

    def _collection(self, opening: str, path: str) -> Value:
        if opening == "{":
            return self._map(path)
        closing = "]" if opening == "[" else ">>"
        elements: list[Value] = []
        while not self.take(closing):
            if elements:
                self.expect(",")
            elements.append(self._element(f"{path}[{len(elements)}]"))
        if opening == "[":
            return {"L": elements}
        if not elements:
            raise PartiqlError("Empty bags are not supported")
        kinds = {next(iter(element)) for element in elements}
        if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
            raise malformed("A set needs elements of one type: string, number or binary")
        (kind,) = kinds
        return {kind + "S": [element[kind] for element in elements]}

    def _map(self, path: str) -> Value:
        content: Item = {}
        while not self.take("}"):
            if content:
                self.expect(",")
            if self.current.kind not in ("text", "name", "word"):
                raise self.unexpected()
            key = self.advance().text
            self.expect(":")
            content[key] = self._element(f"{path}.{key}" if path else "root")
        return {"M": content}

    def _element(self, path: str) -> Value:
        token, following = self.current, self.peek()
        if token.kind == "word" and following.text == "(":
            raise PartiqlError(
                f"Unsupported data type: {token.text.lower()} under key root at {self.place(token)}"
            )
        value = self.literal(path)
        if value is None:
            raise self.unexpected()
        return value

    def _parameter(self) -> Value:
        if self._taken >= len(self._parameters):
            raise PartiqlError(WRONG_COUNT)
        self._taken += 1
        return self._parameters[self._taken - 1]


def _number(text: str, path: str) -> Value:
    mantissa, _, exponent = text.lower().partition("e")
    if exponent:
        # What does not fit Java's BigDecimal cannot be read at all (observed).
        digits = len(exponent.lstrip("+-0"))
        power = int(exponent) if digits < 12 else _INT_MAX + 2
        scale = len(mantissa.partition(".")[2]) - power
        if abs(power) > _INT_MAX or abs(scale) > _INT_MAX:
            raise malformed("")
    try:
        return {"N": numbers.normalize(text)}
    except numbers.NumberError as error:
        raise PartiqlError(f"{error} under {path}") from None
