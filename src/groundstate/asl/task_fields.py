"""Fields of a Task beside its input and output: timeouts, credentials, and its token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import query_error, runtime_error
from groundstate.asl.fields import Field
from groundstate.asl.json_text import to_text
from groundstate.asl.jsonata_query import compile_typed, compile_value
from groundstate.asl.limits import WAIT_SECONDS_MAX
from groundstate.asl.paths import compile_field_path
from groundstate.asl.templates import compile_template

if TYPE_CHECKING:
    from groundstate.asl.query import Query
    from groundstate.asl.turn import Turn

_NAMES_TOKEN = re.compile(r"\$\$\.Task\b|\$states\.context\.Task\b")


def compile_seconds(definition: dict[str, Any], name: str, query: Query) -> Field | None:
    """TimeoutSeconds or HeartbeatSeconds, or its Path form; None where the state has neither."""
    if name in definition:
        seconds = definition[name]
        if isinstance(seconds, str):
            return _queried_seconds(seconds, name)
        return lambda turn: seconds
    path_name = f"{name}Path"
    if path_name not in definition:
        return None
    text = definition[path_name]
    path = compile_field_path(text) or (lambda data, turn: data)

    def evaluate(turn: Turn) -> int:
        value = path(query.input(turn, turn.strand), turn)
        if isinstance(value, bool) or not isinstance(value, int):
            raise runtime_error(
                f"The {path_name} field refers to value {to_text(value)} which is not a valid"
                f" integer: {text}"
            )
        if value <= 0:
            raise runtime_error(
                f"The {path_name} parameter references a non-positive value: {text} == {value}"
            )
        return value

    return evaluate


def _queried_seconds(text: str, name: str) -> Field:
    query = compile_typed(text, name, "number")

    def evaluate(turn: Turn) -> int:
        value = query(turn, {"input": turn.strand.value})
        if not isinstance(value, int):
            raise query_error(
                f"The {name} field cannot be parsed as an integer: {to_text(value)}", name
            )
        if not 0 <= value <= WAIT_SECONDS_MAX:
            raise query_error(
                f"{name} must be between 0 and {WAIT_SECONDS_MAX} but was: {value}", name
            )
        return value

    return evaluate


def compile_credentials(definition: dict[str, Any], query: Query, *, jsonata: bool) -> Field | None:
    """The role of Credentials, or None where the state has none."""
    if "Credentials" not in definition:
        return None
    if jsonata:
        value = compile_value(definition["Credentials"], "Credentials")
        return lambda turn: str(value(turn, {"input": turn.strand.value})["RoleArn"])
    template = compile_template(definition["Credentials"])

    def evaluate(turn: Turn) -> str:
        role = template(query.input(turn, turn.strand), turn)["RoleArn"]
        if not isinstance(role, str):
            raise runtime_error(f"RoleArn must be a string: {to_text(role)}")
        return role

    return evaluate


def names_token(definition: dict[str, Any]) -> bool:
    """Whether the arguments may name the task token."""
    payload = definition.get("Parameters", definition.get("Arguments"))
    return payload is not None and _NAMES_TOKEN.search(to_text(payload)) is not None
