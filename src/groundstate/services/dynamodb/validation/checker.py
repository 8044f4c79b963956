"""Runs the first two rounds of a request's checks; see `shapes.py` for the theory."""

from __future__ import annotations

from typing import Any, NamedTuple

from groundstate.services.dynamodb import arns
from groundstate.services.dynamodb.errors import SerializationException
from groundstate.services.dynamodb.validation.constraints import check_constraints, check_early
from groundstate.services.dynamodb.validation.conversion import convert_structure
from groundstate.services.dynamodb.validation.shapes import (
    ATTRIBUTES,
    Member,
    Shape,
    compile_accept,
)
from groundstate.services.dynamodb.values import Measured, ValueProblem, explain, measure


class Checked(NamedTuple):
    """A request that passed the first two rounds.

    Attributes:
        request: its members that the operation knows.
        measured: by member, the maps of attributes that were found right on the way.
    """

    request: dict[str, Any]
    measured: dict[str, Measured]

    def attributes(self, member: str) -> Measured | None:
        """A member's map of attributes, measured; None if the request has no such member.

        Raises:
            ValueProblem: a value in it is wrong.
        """
        found = self.measured.get(member)
        if found is None and member in self.request:
            found = explain(self.request[member])
            self.measured[member] = found
        return found


class Checker:
    """The shape of an operation's input, compiled.

    Args:
        java: the input's name.
        members: in the order in which AWS reports their faults.
    """

    def __init__(self, **members: Member | Shape) -> None:
        self.members: dict[str, Member] = {
            name: member if isinstance(member, Member) else Member(member)
            for name, member in members.items()
        }
        self._accepts = {
            name: (compile_accept(member), member.shape is ATTRIBUTES)
            for name, member in self.members.items()
        }
        self._needed = frozenset(
            name for name, member in self.members.items() if member.required or member.missing
        )

    def check(self, data: Any) -> Checked:
        """Check a request's JSON.

        Raises:
            SerializationException: a value of another JSON type.
            ValidationException: members that are missing or exceed their limits.
        """
        measured: dict[str, Measured] = {}
        if type(data) is dict and self._needed <= data.keys():
            accepts = self._accepts
            for name, value in data.items():
                entry = accepts.get(name)
                if entry is None or not entry[0](value):
                    break
                if entry[1]:
                    found = measure(value)
                    if found is None:
                        break
                    measured[name] = found
            else:
                return Checked(data, measured)
        return Checked(self.explain(data), {})

    def explain(self, data: Any) -> dict[str, Any]:
        """Check a request in AWS's order; the members that the operation knows if it is right."""
        if not isinstance(data, dict):
            raise SerializationException("Unexpected token received from parser")
        converted = convert_structure(data, self.members)
        named = arns.replace_table_arn(converted)
        check_early(named, self.members)
        check_constraints(named, self.members)
        return converted


__all__ = ["Checked", "Checker", "ValueProblem"]
