"""What services call: validate a definition, compile one."""

from __future__ import annotations

import json

from groundstate.asl.compile import compile_valid
from groundstate.asl.interface import Diagnostic, InvalidDefinition, IsKnown, MachineType
from groundstate.asl.machine import Machine
from groundstate.asl.validation.validate import validate

_TOO_DEEP = Diagnostic("ERROR", "TOO_DEEPLY_NESTED", "The states are too deeply nested.", "")


def compile_machine(
    definition: str, *, type: MachineType = "STANDARD", is_known: IsKnown | None = None
) -> Machine:
    """Compile a definition.

    Args:
        is_known: whether there is such an operation, for the Resource of an aws-sdk Task.

    Raises:
        InvalidDefinition: it has errors; AWS's diagnostics are in it.
    """
    parsed, diagnostics = validate(definition, type, is_known)
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.severity == "ERROR"]
    if errors:
        raise InvalidDefinition(errors, _label_answer(definition, errors[0]))
    try:
        return compile_valid(definition, parsed, type)
    except RecursionError:
        raise InvalidDefinition([_TOO_DEEP], "") from None


def compile_stored(definition: str, *, type: MachineType = "STANDARD") -> Machine:
    """Compile a definition that `compile_machine` took before, without checking it again."""
    return compile_valid(definition, json.loads(definition), type)


def validate_definition(
    definition: str, *, type: MachineType = "STANDARD", is_known: IsKnown | None = None
) -> list[Diagnostic]:
    """What ValidateStateMachineDefinition finds, errors and warnings; see `compile_machine`."""
    return validate(definition, type, is_known)[1]


def _label_answer(definition: str, error: Diagnostic) -> str:
    """The answer to a Label that is refused; '' for other errors.

    Every recorded answer has this form, which is unlike AWS's others. We know of no other text
    for it.
    """
    if error.code != "INVALID_LABEL_NAME":
        return ""
    return f"Error=ValueError Args={[error.message]!r} in definition '{definition}'."
