"""References to what SAM generates: `Function.Alias`, or a layer whose logical id has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.references import SUB_VARIABLE


def rename(value: Any, names: Mapping[str, str]) -> Any:
    """The value with each reference to one of the names led to what it stands for."""
    if isinstance(value, list):
        return [rename(member, names) for member in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Ref" and isinstance(argument, str):
            return {"Ref": names.get(argument, argument)}
        if function == "Fn::GetAtt":
            return {function: _rename_attribute(argument, names)}
        if function == "Fn::Sub" and isinstance(argument, str):
            return {function: _rename_variables(argument, {}, names)}
        if function == "Fn::Sub" and isinstance(argument, list) and len(argument) == 2:
            text, variables = argument
            if isinstance(text, str) and isinstance(variables, dict):
                renamed = _rename_variables(text, variables, names)
                return {function: [renamed, rename(variables, names)]}
    return {key: rename(member, names) for key, member in value.items()}


def rename_dependencies(
    value: Any, names: Mapping[str, str], connected: Mapping[str, list[str]]
) -> Any:
    """A DependsOn with the names led to what they stand for.

    Args:
        connected: by the logical id of a connector, what was generated for it.
    """
    if isinstance(value, str):
        return connected.get(value, names.get(value, value))
    if not isinstance(value, list):
        return value
    found = [rename_dependencies(member, names, connected) for member in value]
    return [name for one in found for name in (one if isinstance(one, list) else [one])]


def _rename_attribute(argument: Any, names: Mapping[str, str]) -> Any:
    parts = argument.split(".") if isinstance(argument, str) else argument
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        return rename(argument, names)
    parts = ".".join(parts).split(".")
    return _lead(parts, names)


def _lead(parts: list[str], names: Mapping[str, str]) -> list[str]:
    """The parts of a name, the longest that is known at their beginning replaced."""
    for length in (2, 1):
        found = names.get(".".join(parts[:length]))
        if found is not None and len(parts) > length:
            return [found, ".".join(parts[length:])]
    return [parts[0], ".".join(parts[1:])] if len(parts) > 1 else parts


def _rename_variables(text: str, variables: Mapping[str, Any], names: Mapping[str, str]) -> str:
    def put(match: Any) -> str:
        name = (match.group(1) or "").strip()
        if not name or name in variables:
            return str(match.group(0))
        found = names.get(name)
        if found is None and "." in name:
            found = ".".join(_lead(name.split("."), names))
        return f"${{{found or name}}}"

    return SUB_VARIABLE.sub(put, text)
