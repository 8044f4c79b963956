"""What an evaluation failed on, found in the traceback of the library's error.

jsonata-js's texts name the function and show the values; the library's errors know neither. Both
stand in the frames that the error came through: the function's name in the generated code that
called it, the values in the library's function that refused them. This costs an evaluation that
succeeds nothing.
"""

from __future__ import annotations

import ast
import re
from types import CodeType, FrameType, TracebackType
from typing import Any

from groundstate.asl.json_text import to_text

_OPERATORS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}

_ORDER = "The values {a} and {b} either side of operator {operator} must be of the same data type"

_MEMBER = re.compile(r"\{(\w+)\}")

_TEXTS = {
    "T1003": "Key in object structure must evaluate to a string; got: {key}",
    "T2009": _ORDER,
    "T2010": (
        "The expressions either side of operator {operator} must evaluate to numeric or string"
        " values"
    ),
    "D1002": "Cannot negate a non-numeric value: {n}",
    "D1009": "Multiple key definitions evaluate to same key: {key}",
    "T2007": "Type mismatch when comparing values {first} and {other} in order-by clause",
    "T2011": (
        "The insert/update clause of the transform expression must evaluate to an object: {update}"
    ),
    "T2012": (
        "The delete clause of the transform expression must evaluate to a string or array of"
        " strings: {delete_fields}"
    ),
    "D2014": (
        "The size of the sequence allocated by the range operator (..) must not exceed 1e6."
        "  Attempted to allocate {size}."
    ),
    "D3030": "Unable to cast value to a number: {arg}",
    "D3060": "The sqrt function cannot be applied to a negative number: {arg}",
    "D3061": (
        "The power function has resulted in a value that cannot be represented as a JSON number:"
        " base={base}, exponent={exp}"
    ),
    "D3100": "The radix of the formatBase function must be between 2 and 36.  It was given {r}",
    "D3110": (
        "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given"
        " {timestamp}"
    ),
    "D3140": "Malformed URL passed to {function}(): {s}",
}
"""Texts with the values of the library's local variables, as JSON; its pinned version is their
contract (tests fail when it changes)."""


def describe(code: str, error: BaseException, entry: Any, source: str) -> tuple[str | None, str]:
    """The text of jsonata-js that takes values, if the error has one, and the function's name.

    Args:
        code: JSONata's error code.
        error: as caught.
        entry: the generated function that was called.
        source: its module's.

    Returns:
        The text or None, and the name without `$` or "" where no function was called.
    """
    frames = _frames(error.__traceback__)
    file = entry.__code__.co_filename
    function = _function_at(frames, file, source)
    template = _TEXTS.get(code)
    if template is None:
        return None, function
    found: dict[str, Any] = {}
    for frame, _ in frames:
        if frame.f_code.co_filename != file:
            found.update(frame.f_locals)
            found.update(_computed(frame))
    values = {"function": f"${function}"}
    # Only what is shown is made a text: the other local variables may be large.
    for name in _MEMBER.findall(template):
        if name in found:
            values[name] = _shown(found[name])
    try:
        return template.format(**values), function
    except KeyError:
        return None, function


def _frames(traceback: TracebackType | None) -> list[tuple[FrameType, int]]:
    found = []
    while traceback is not None:
        found.append((traceback.tb_frame, traceback.tb_lasti))
        traceback = traceback.tb_next
    return found


def _function_at(frames: list[tuple[FrameType, int]], file: str, source: str) -> str:
    """The built-in function whose call the last frame of the generated code was in."""
    generated = [found for found in frames if found[0].f_code.co_filename == file]
    if not generated:
        return ""
    frame, instruction = generated[-1]
    line, last, start, end = _position(frame.f_code, instruction)
    if line is None or start is None:
        return ""
    name = ""
    for node in ast.walk(ast.parse(source)):
        # ast.walk goes from the outside in, so the last one that holds the place is the closest.
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            holds = (node.lineno, node.col_offset) <= (line, start) and (
                (node.end_lineno or 0, node.end_col_offset or 0) >= (last or line, end or start)
            )
            if holds:
                name = _name_of(node) or name
    return name


def _position(
    code: CodeType, instruction: int
) -> tuple[int | None, int | None, int | None, int | None]:
    positions = list(code.co_positions())
    place = instruction // 2
    return positions[place] if place < len(positions) else (None, None, None, None)


def _name_of(call: ast.Call) -> str:
    called = call.func.id if isinstance(call.func, ast.Name) else ""
    if called.startswith("call_builtin") and call.args and isinstance(call.args[0], ast.Name):
        called = call.args[0].id
    return called[3:] if called.startswith("fn_") and called != "fn_signature_error" else ""


def _shown(value: Any) -> str:
    try:
        return to_text(value)
    except (TypeError, ValueError):
        return "null"


def _computed(frame: FrameType) -> dict[str, Any]:
    """Values that no local variable has as they are shown."""
    found = frame.f_locals
    made: dict[str, Any] = {}
    if frame.f_code.co_name in _OPERATORS:
        made["operator"] = _OPERATORS[frame.f_code.co_name]
    if "from_" in found and "to" in found:
        made["size"] = int(float(found["to"])) - int(float(found["from_"])) + 1
    for other, name in (("k", "key"), ("str_", "s")):
        if other in found and name not in found:
            made[name] = found[other]
    if isinstance(found.get("keys"), list):
        keys = [key for key in found["keys"] if isinstance(key, str | int | float)]
        first = keys[0] if keys else None
        differing = [key for key in keys if isinstance(key, str) != isinstance(first, str)]
        if differing:
            made["first"], made["other"] = first, differing[0]
    return made
