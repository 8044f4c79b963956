"""Payload templates of JSONPath states: Parameters, ResultSelector, ItemSelector, Assign.

A member whose name ends in `.$` holds a path or an intrinsic function. A template is compiled to
one closure; what holds neither is a constant, shared by all who ask for it.

https://docs.aws.amazon.com/step-functions/latest/dg/input-output-inputpath-params.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundstate.asl.errors import data_limit_exceeded
from groundstate.asl.intrinsics import compile_intrinsic, is_intrinsic
from groundstate.asl.paths import Evaluate, compile_template_path
from groundstate.asl.sizes import FEW, is_huge

if TYPE_CHECKING:
    from groundstate.asl.turn import Turn


def compile_template(template: Any) -> Evaluate:
    """Compile a payload template.

    Raises:
        InvalidPath: a path or an intrinsic function in it is malformed.
    """
    evaluate = _compile(template)
    return evaluate if _count(template) <= FEW else bounded(evaluate)


def bounded(evaluate: Evaluate) -> Evaluate:
    """The same, failing where the result would be too large to be written."""

    def evaluate_bounded(data: Any, turn: Turn) -> Any:
        made = evaluate(data, turn)
        if is_huge(made):
            raise data_limit_exceeded(turn.strand.state.name)
        return made

    return evaluate_bounded


def _compile(template: Any) -> Evaluate:
    if not _has_expressions(template):
        return lambda data, turn: template
    if isinstance(template, dict):
        return _compile_object(template)
    assert isinstance(template, list)
    items = [_compile(item) for item in template]
    return lambda data, turn: [item(data, turn) for item in items]


def compile_expression(text: str, field: str) -> Evaluate:
    """A path or an intrinsic function, as the value of a member `field` (which ends in `.$`).

    Raises:
        InvalidPath: it is neither.
    """
    if is_intrinsic(text):
        return compile_intrinsic(text)
    return compile_template_path(text, field)


def _compile_object(template: dict[str, Any]) -> Evaluate:
    constants: dict[str, Any] = {}
    parts: list[tuple[str, Evaluate]] = []
    for name, value in template.items():
        if name.endswith(".$"):
            parts.append((name[:-2], compile_expression(value, name)))
        elif _has_expressions(value):
            parts.append((name, _compile(value)))
        else:
            constants[name] = value

    if len(parts) == 1 and not constants:
        ((only_name, only),) = parts
        return lambda data, turn: {only_name: only(data, turn)}

    def evaluate(data: Any, turn: Turn) -> dict[str, Any]:
        made = constants.copy()
        for name, part in parts:
            made[name] = part(data, turn)
        return made

    return evaluate


def _count(template: Any) -> int:
    """How many paths and functions there are in a template."""
    if isinstance(template, dict):
        return sum(1 if name.endswith(".$") else _count(value) for name, value in template.items())
    return sum(map(_count, template)) if isinstance(template, list) else 0


def _has_expressions(template: Any) -> bool:
    if isinstance(template, dict):
        return any(
            name.endswith(".$") or _has_expressions(value) for name, value in template.items()
        )
    return isinstance(template, list) and any(_has_expressions(item) for item in template)
