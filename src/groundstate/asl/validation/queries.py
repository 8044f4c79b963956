"""Paths, payload templates and JSONata expressions of a state checked."""

from __future__ import annotations

import re
from typing import Any

from groundstate.asl.intrinsics import is_intrinsic
from groundstate.asl.jsonata import (
    InvalidExpression,
    compile_jsonata,
    expression_text,
    is_expression,
)
from groundstate.asl.jsonpath import InvalidPath, compile_path, compile_reference
from groundstate.asl.templates import compile_expression
from groundstate.asl.validation import tables
from groundstate.asl.validation.report import Report

Definition = dict[str, Any]

_VARIABLE_NAME = re.compile(r"[^\W\d]\w*")
_VARIABLE_LENGTH_MAX = 80

_MAY_BE_NULL = ("InputPath", "OutputPath", "ResultPath")

_DISTRIBUTED_PATHS = ("MaxItemsPath", "MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath")

_WITH_RESULT = ("Task", "Parallel", "Map")

_NOT_CHECKED = frozenset(
    ("Branches", "ItemProcessor", "Iterator", "Comment", "Type", "Next", "Resource", "Retry")
)


# ---------------------------------------------------------------------------------- JSONPath


def check_jsonpath_state(state: Definition, location: str, report: Report) -> None:
    """Check the paths and payload templates of a JSONPath state."""
    for field in tables.PATH_FIELDS:
        if field in state and not (state[field] is None and field in _MAY_BE_NULL):
            _check_path(state[field], f"{location}/{field}", report)
    for field in ("ErrorPath", "CausePath"):
        if field in state:
            _check_expression(state[field], field, location, report, at_field=True)
    for field in ("ResultPath", "ItemsPath"):
        if field in state and not (state[field] is None and field in _MAY_BE_NULL):
            _check_reference(state[field], f"{location}/{field}", report)
    for field in tables.TEMPLATE_FIELDS:
        if field in state:
            _check_template(state[field], f"{location}/{field}", report)
    _check_variables(state, location, report, jsonpath=True)
    catchers = state.get("Catch")
    for index, catcher in enumerate(catchers if isinstance(catchers, list) else ()):
        here = f"{location}/Catch[{index}]"
        if isinstance(catcher, dict):
            if catcher.get("ResultPath") is not None:
                _check_reference(catcher["ResultPath"], f"{here}/ResultPath", report)
            _check_template(catcher.get("Assign", {}), f"{here}/Assign", report)
            _check_variables(catcher, here, report, jsonpath=True)
    choices = state.get("Choices")
    for index, rule in enumerate(choices if isinstance(choices, list) else ()):
        if isinstance(rule, dict):
            here = f"{location}/Choices[{index}]"
            _check_template(rule.get("Assign", {}), f"{here}/Assign", report)
            _check_variables(rule, here, report, jsonpath=True)
    for field in ("ItemReader", "ResultWriter"):
        inner = state.get(field)
        if isinstance(inner, dict) and "Parameters" in inner:
            _check_template(inner["Parameters"], f"{location}/{field}/Parameters", report)
    _check_distributed_paths(state, location, report)


def _check_distributed_paths(state: Definition, location: str, report: Report) -> None:
    reader, batcher = state.get("ItemReader"), state.get("ItemBatcher")
    config = reader.get("ReaderConfig") if isinstance(reader, dict) else None
    for holder, here in (
        (config, f"{location}/ItemReader/ReaderConfig"),
        (batcher, f"{location}/ItemBatcher"),
    ):
        for field in _DISTRIBUTED_PATHS:
            if isinstance(holder, dict) and field in holder:
                _check_path(holder[field], f"{here}/{field}", report)
    if isinstance(batcher, dict) and "BatchInput" in batcher:
        _check_template(batcher["BatchInput"], f"{location}/ItemBatcher/BatchInput", report)


def _check_path(value: Any, location: str, report: Report) -> None:
    if not report.typed(value, "String", location):
        return
    try:
        compile_path(value)
    except InvalidPath:
        report.schema("Value must be a valid JSONPath.", location)


def _check_reference(value: Any, location: str, report: Report) -> None:
    if not report.typed(value, "String", location):
        return
    if not value.startswith("$"):
        report.schema("Value must be a valid JSONPath.", location)
        return
    try:
        if location.endswith("ItemsPath"):
            # It may read a variable or the context object, which a ResultPath cannot.
            if not compile_path(value).definite:
                report.schema("Value is not a Reference Path", location)
        else:
            compile_reference(value)
    except InvalidPath:
        report.schema("Value is not a Reference Path", location)


def _check_template(value: Any, location: str, report: Report) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check_template(item, f"{location}[{index}]", report)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if name.endswith(".$"):
            _check_expression(item, name, location, report)
        elif isinstance(item, str):
            if item.startswith(("$.", "$$.", "States.")):
                report.warning(
                    "NO_DOLLAR",
                    f"The value of '{name}' looks like a path or an intrinsic function, but the"
                    " field's name does not end in '.$'",
                    location,
                )
        else:
            _check_template(item, f"{location}/{name}", report)


def _check_expression(
    value: Any, name: str, location: str, report: Report, *, at_field: bool = False
) -> None:
    """A path or an intrinsic function; AWS names the object around it as the location."""
    try:
        if not isinstance(value, str) or not (value.startswith("$") or is_intrinsic(value)):
            raise InvalidPath(str(value))
        compile_expression(value, name)
    except InvalidPath:
        report.schema(
            f"The value for the field '{name}' must be a valid JSONPath or a valid intrinsic"
            " function call",
            f"{location}/{name}" if at_field else location,
        )


def _check_variables(
    state: Definition, location: str, report: Report, *, jsonpath: bool = False
) -> None:
    """The names that an Assign sets."""
    if "Assign" not in state or not report.typed(state["Assign"], "Object", f"{location}/Assign"):
        return
    for member in state["Assign"]:
        name = member[:-2] if jsonpath and member.endswith(".$") else member
        here = f"{location}/Assign/{member}"
        if name == "states":
            report.error(
                "RESERVED_VARIABLE_NAME",
                "Cannot assign to reserved variable '$states'.",
                here,
            )
        elif not _VARIABLE_NAME.fullmatch(name):
            report.error(
                "INVALID_VARIABLE_NAME",
                f"Invalid variable name '{name}': the variable name contains invalid characters.",
                here,
            )
        elif len(name) > _VARIABLE_LENGTH_MAX:
            report.error(
                "INVALID_VARIABLE_NAME",
                f"Invalid variable name '{name}': the variable name is too long.",
                here,
            )


# ----------------------------------------------------------------------------------- JSONata


def check_jsonata_state(state: Definition, type_name: str, location: str, report: Report) -> None:
    """Check every expression of a JSONata state."""
    for field, value in state.items():
        here = f"{location}/{field}"
        # Observed for a Pass state's Output; documented for the others.
        has_result = type_name in _WITH_RESULT and field in ("Output", "Assign")
        if field == "Catch" and isinstance(value, list):
            for index, catcher in enumerate(value):
                if isinstance(catcher, dict):
                    _check_catcher(catcher, f"{here}[{index}]", report)
        elif field not in _NOT_CHECKED:
            _check_expressions(value, here, report, in_catch=False, has_result=has_result)
        if field == "Choices" and isinstance(value, list):
            for index, rule in enumerate(value):
                if isinstance(rule, dict):
                    _check_variables(rule, f"{here}[{index}]", report)
    _check_variables(state, location, report)


def _check_catcher(catcher: Definition, location: str, report: Report) -> None:
    for field in ("Output", "Assign"):
        if field in catcher:
            here = f"{location}/{field}"
            _check_expressions(catcher[field], here, report, in_catch=True, has_result=False)
    _check_variables(catcher, location, report)


def _check_expressions(
    value: Any, location: str, report: Report, *, in_catch: bool, has_result: bool
) -> None:
    seen = {"in_catch": in_catch, "has_result": has_result}
    if isinstance(value, dict):
        for name, item in value.items():
            _check_expressions(item, f"{location}/{name}", report, **seen)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_expressions(item, f"{location}[{index}]", report, **seen)
    elif is_expression(value):
        _check_one(expression_text(value), location, report, **seen)
    elif isinstance(value, str) and value.startswith("{%"):
        report.schema("JSONata string must start with {% and end with %}", location)


def _check_one(
    text: str, location: str, report: Report, *, in_catch: bool, has_result: bool
) -> None:
    try:
        references = compile_jsonata(text).references
    except InvalidExpression as error:
        report.error("INVALID_JSONATA_EXPRESSION", str(error), location)
        return
    code = "UNSUPPORTED_JSONATA_EXPRESSION"
    for name in dict.fromkeys(references.top_level):
        report.error(code, f"Reference to '{name}' at the top level is not supported.", location)
    if references.root:
        report.error(code, "Reference to '$$' is not supported.", location)
    # Observed for `errorOutput` outside of a Catch and for a Pass state's `result`.
    known = {"", "input", "context"}
    known |= {"errorOutput"} if in_catch else set()
    known |= {"result"} if has_result else set()
    for name in sorted(references.states - known):
        report.error(code, f"Field '$states.{name}' does not exist.", location)
