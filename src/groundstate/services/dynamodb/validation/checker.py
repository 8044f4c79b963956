"""Runs the first two rounds of a request's checks; see `shapes.py` for the theory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.errors import SerializationException
from groundstate.services.dynamodb.model import Item
from groundstate.services.dynamodb.validation.acceptance import (
    Accept,
    AcceptInside,
    Found,
    compile_accept,
    compile_inside,
)
from groundstate.services.dynamodb.validation.constraints import check_constraints, check_early
from groundstate.services.dynamodb.validation.conversion import convert_structure
from groundstate.services.dynamodb.validation.shapes import Member, Shape
from groundstate.services.dynamodb.values import Measured, explain


@dataclass(slots=True)
class Checked:
    """A request that passed the first two rounds.

    Attributes:
        request: its members that the operation knows.
        found: the maps of attributes in it that were measured on the way.
    """

    request: dict[str, Any]
    found: Found

    def attributes(self, member: str) -> Measured | None:
        """A member's map of attributes, measured; None if the request has no such member.

        Raises:
            ValueProblem: a value in it is wrong.
        """
        given = self.request.get(member)
        return None if given is None else self.measured(given)

    def measured(self, given: Item) -> Measured:
        """A map of attributes that is part of the request, measured.

        Raises:
            ValueProblem: a value in it is wrong.
        """
        return self.found.get(id(given)) or explain(given)

    def was_measured(self, member: str) -> Measured | None:
        """A member's map of attributes if it was found right on the way."""
        return self.found.get(id(self.request.get(member)))

    def part(self, request: dict[str, Any]) -> Checked:
        """A structure inside of the request, as a request of its own."""
        return Checked(request, self.found)


class Checker:
    """The shape of an operation's input, compiled. Members stand in the order of AWS's faults."""

    def __init__(self, **members: Member | Shape) -> None:
        self.members: dict[str, Member] = {
            name: member if isinstance(member, Member) else Member(member)
            for name, member in members.items()
        }
        self._accepts: dict[str, Accept] = {}
        self._inside: dict[str, AcceptInside] = {}
        for name, member in self.members.items():
            accept = compile_accept(member)
            if accept is not None:
                self._accepts[name] = accept
            else:
                self._inside[name] = compile_inside(member)
        self._needed = tuple(
            name for name, member in self.members.items() if member.required or member.missing
        )

    def check(self, data: Any) -> Checked:
        """Check a request's JSON.

        Raises:
            SerializationException: a value of another JSON type.
            ValidationException: members that are missing or exceed their limits.
        """
        found: Found = {}
        if type(data) is dict and self._accepts_all(data, found):
            return Checked(data, found)
        return Checked(self.explain(data), {})

    def _accepts_all(self, data: dict[str, Any], found: Found) -> bool:
        for name in self._needed:
            if name not in data:
                return False
        accepts, inside = self._accepts, self._inside
        for name, value in data.items():
            accept = accepts.get(name)
            if accept is not None:
                if not accept(value):
                    return False
                continue
            look = inside.get(name)
            if look is None or not look(value, found):
                return False
        return True

    def explain(self, data: Any) -> dict[str, Any]:
        """Check a request in AWS's order; the members that the operation knows if it is right."""
        if not isinstance(data, dict):
            raise SerializationException("Unexpected token received from parser")
        converted = convert_structure(data, self.members)
        named = arns.replace_table_arn(converted)
        check_early(named, self.members)
        check_constraints(named, self.members)
        return converted
