"""Where validation writes what it finds."""

from __future__ import annotations

from typing import Any

from groundstate.asl.interface import Diagnostic

SCHEMA = "SCHEMA_VALIDATION_FAILED"


class Report:
    """The diagnostics of one definition, in the order in which they were found."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def schema(self, message: str, location: str) -> None:
        """A SCHEMA_VALIDATION_FAILED."""
        self.error(SCHEMA, message, location)

    def error(self, code: str, message: str, location: str) -> None:
        self.diagnostics.append(Diagnostic("ERROR", code, message, location))

    def warning(self, code: str, message: str, location: str) -> None:
        self.diagnostics.append(Diagnostic("WARNING", code, message, location))

    @property
    def has_errors(self) -> bool:
        return any(diagnostic.severity == "ERROR" for diagnostic in self.diagnostics)

    # ------------------------------------------------------------- questions asked often

    def require(self, definition: dict[str, Any], fields: list[str], location: str) -> bool:
        """Report fields that are missing; returns whether all are there."""
        missing = [field for field in fields if field not in definition]
        if missing:
            self.schema(f"These fields are required: [{', '.join(missing)}]", location or "/")
        return not missing

    def at_most_one(self, definition: dict[str, Any], fields: list[str], location: str) -> None:
        """Report fields that exclude each other."""
        found = [field for field in fields if field in definition]
        if len(found) > 1:
            names = ", ".join(fields)
            self.schema(f"There should only be one of the following fields: [{names}]", location)

    def exactly_one(self, definition: dict[str, Any], fields: list[str], location: str) -> bool:
        """Report fields of which none or several are there; returns whether one is."""
        found = [field for field in fields if field in definition]
        if not found:
            names = ", ".join(fields)
            self.schema(
                f"This object should have only one of the following fields: [{names}]", location
            )
        else:
            self.at_most_one(definition, fields, location)
        return len(found) == 1

    def one_of(
        self, definition: dict[str, Any], field: str, values: list[str], location: str
    ) -> None:
        """Report a field whose value is none of these."""
        if field in definition and definition[field] not in values:
            names = ", ".join(values)
            self.schema(f"Value should be one of the following: [{names}]", f"{location}/{field}")

    def supported(self, definition: dict[str, Any], fields: frozenset[str], location: str) -> None:
        """Report fields that do not belong here."""
        for field in definition:
            if field not in fields:
                self.schema(f"Field '{field}' is not supported", location or "/")

    def typed(self, value: Any, type_name: str, location: str) -> bool:
        """Report a value of another JSON type (`Object`, `Array`, `String`, `Integer` ...)."""
        matches = isinstance(value, _TYPES[type_name])
        if isinstance(value, bool) and type_name != "Boolean":
            matches = False
        if not matches:
            self.schema(f"Expected value of type {type_name}", location)
        return matches

    def bounded(self, value: Any, location: str, least: float | None, most: float | None) -> None:
        """Report a number out of its bounds."""
        if least is not None and value < least:
            self.schema(f"Minimum value is {least}", location)
        if most is not None and value > most:
            self.schema(f"Maximum value is {most}", location)


_TYPES: dict[str, Any] = {
    "Object": dict,
    "Array": list,
    "String": str,
    "Integer": int,
    "Number": (int, float),
    "Boolean": bool,
}
