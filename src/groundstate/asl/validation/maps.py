"""A Map's processor, reader, batcher, writer and label checked."""

from __future__ import annotations

import re
from typing import Any, cast

from groundstate.asl.interface import MachineType
from groundstate.asl.validation import tables
from groundstate.asl.validation.report import Report

Definition = dict[str, Any]

_PROCESSOR_FIELDS = frozenset(("Comment", "ProcessorConfig", "StartAt", "States"))
_READER_RESOURCE = re.compile(r"arn:[^:]+:states:::s3:(getObject|listObjectsV2)")
_WRITER_RESOURCE = re.compile(r"arn:[^:]+:states:::s3:putObject")
_READER_FIELDS = frozenset(
    (
        "CSVDelimiter",
        "CSVHeaderLocation",
        "CSVHeaders",
        "InputType",
        "ItemsPointer",
        "ManifestType",
        "MaxItems",
        "MaxItemsPath",
        "Transformation",
    )
)
_DELIMITERS = ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"]
_INPUT_TYPES = ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"]

_DISTRIBUTED_ONLY = ("ItemReader", "ItemBatcher", "ResultWriter")
"""Not the tolerated failures: they are accepted in inline mode (observed)."""

LABEL_REFUSED = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
"""Characters that a Label may not have, as names of executions."""


def check_map(
    state: Definition,
    location: str,
    language: str,
    outside: MachineType,
    labels: set[str],
    report: Report,
) -> tuple[Definition, str, MachineType | None] | None:
    """Check a Map state.

    Args:
        state: its definition.
        location: where it is.
        language: its query language.
        outside: the type of the machine that it is in.
        labels: the labels seen so far in the machine; its own is added.
        report: what is found goes there.

    Returns:
        The processor, its location, and the type of the machine that it makes if it is
        distributed; None if there is no processor to look at.
    """
    report.at_most_one(state, ["ItemSelector", "Parameters"], location)
    if not report.exactly_one(state, ["ItemProcessor", "Iterator"], location):
        return None
    field = "ItemProcessor" if "ItemProcessor" in state else "Iterator"
    processor, here = state[field], f"{location}/{field}"
    if not report.typed(processor, "Object", here):
        return None
    report.supported(processor, _PROCESSOR_FIELDS, here)
    config = processor.get("ProcessorConfig", {})
    if not report.typed(config, "Object", f"{here}/ProcessorConfig"):
        return None
    distributed = _check_config(config, f"{here}/ProcessorConfig", outside, report)
    if not distributed:
        for name in _DISTRIBUTED_ONLY:
            if name in state:
                report.schema(f"Field '{name}' is not supported", location)
        return processor, here, None
    _check_label(state, location, labels, report)
    _check_percentage(state, location, language, report)
    if "ItemReader" in state:
        _check_reader(state["ItemReader"], f"{location}/ItemReader", language, report)
    if "ResultWriter" in state:
        _check_writer(state["ResultWriter"], f"{location}/ResultWriter", language, report)
    if "ItemBatcher" in state:
        _check_batcher(state["ItemBatcher"], f"{location}/ItemBatcher", language, report)
    return processor, here, cast("MachineType", config.get("ExecutionType", "STANDARD"))


def _check_config(config: Definition, location: str, outside: MachineType, report: Report) -> bool:
    report.one_of(config, "Mode", ["INLINE", "DISTRIBUTED"], location)
    distributed = config.get("Mode") == "DISTRIBUTED"
    if not distributed:
        if "ExecutionType" in config:
            report.schema("Field 'ExecutionType' is not supported", location)
    elif outside == "EXPRESS":
        report.schema(
            "The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state"
            " machines",
            f"{location}/Mode",
        )
    elif report.require(config, ["ExecutionType"], location):
        report.one_of(config, "ExecutionType", ["STANDARD", "EXPRESS"], location)
    return distributed


def _check_label(state: Definition, location: str, labels: set[str], report: Report) -> None:
    if "Label" not in state:
        return
    label, here = state["Label"], f"{location}/Label"
    if not report.typed(label, "String", here):
        return
    refused = LABEL_REFUSED.search(label)
    if not label:
        report.error("INVALID_LABEL_NAME", "Label cannot be empty", here)
    elif len(label) > tables.LABEL_LENGTH_MAX:
        report.error(
            "INVALID_LABEL_NAME",
            f"Label cannot exceed {tables.LABEL_LENGTH_MAX} characters",
            here,
        )
    elif refused:
        report.error(
            "INVALID_LABEL_NAME", f"Label contains invalid character: {refused.group()!r}", here
        )
    elif label in labels:
        report.error("DUPLICATE_LABEL_NAME", f"Duplicate Label name: {label}", here)
    labels.add(label)


def _check_percentage(state: Definition, location: str, language: str, report: Report) -> None:
    value = state.get("ToleratedFailurePercentage")
    here = f"{location}/ToleratedFailurePercentage"
    if "ToleratedFailurePercentage" not in state or _is_query(value, language):
        return
    if report.typed(value, "Number", here):
        report.bounded(value, here, 0, 100)


def _is_query(value: Any, language: str) -> bool:
    return language == "JSONata" and isinstance(value, str) and value.startswith("{%")


def _check_integers(
    holder: Definition, fields: tuple[str, ...], location: str, language: str, report: Report
) -> None:
    """Fields that are integers, and their Path forms, which JSONata does not have."""
    for field in fields:
        if field in holder and not _is_query(holder[field], language):
            report.typed(holder[field], "Integer", f"{location}/{field}")
        if language == "JSONata" and f"{field}Path" in holder:
            _refuse_foreign(f"{field}Path", language, location, report)


def _refuse_foreign(field: str, language: str, location: str, report: Report) -> None:
    other = "JSONPath" if language == "JSONata" else "JSONata"
    report.schema(
        f"The QueryLanguage is set to '{language}', but field '{field}' is only supported for the"
        f" '{other}' QueryLanguage",
        location,
    )


def _check_parameters(holder: Definition, location: str, language: str, report: Report) -> None:
    """What a reader or a writer is called with."""
    own, foreign = "Parameters", "Arguments"
    if language == "JSONata":
        own, foreign = foreign, own
    if foreign in holder:
        _refuse_foreign(foreign, language, location, report)
    if own in holder and not _is_query(holder[own], language):
        report.typed(holder[own], "Object", f"{location}/{own}")


def _check_batcher(batcher: Any, location: str, language: str, report: Report) -> None:
    if report.typed(batcher, "Object", location):
        fields = ("MaxItemsPerBatch", "MaxInputBytesPerBatch")
        _check_integers(batcher, fields, location, language, report)


def _check_reader(reader: Any, location: str, language: str, report: Report) -> None:
    if not report.typed(reader, "Object", location):
        return
    if report.require(reader, ["Resource"], location):
        resource = reader["Resource"]
        if not isinstance(resource, str) or not _READER_RESOURCE.fullmatch(resource):
            report.schema(
                "The field 'Resource' does not match any of the allowed values",
                f"{location}/Resource",
            )
    _check_parameters(reader, location, language, report)
    config, here = reader.get("ReaderConfig", {}), f"{location}/ReaderConfig"
    if not report.typed(config, "Object", here):
        return
    _check_integers(config, ("MaxItems",), here, language, report)
    if "CSVHeaders" in config and not _is_query(config["CSVHeaders"], language):
        headers = config["CSVHeaders"]
        for index, header in enumerate(
            headers if report.typed(headers, "Array", f"{here}/CSVHeaders") else ()
        ):
            report.typed(header, "String", f"{here}/CSVHeaders[{index}]")
    report.one_of(config, "CSVDelimiter", _DELIMITERS, here)
    report.supported(config, _READER_FIELDS, here)
    report.one_of(config, "InputType", _INPUT_TYPES, here)
    report.one_of(config, "Transformation", ["NONE", "LOAD_AND_FLATTEN"], here)
    report.one_of(config, "ManifestType", ["ATHENA_DATA", "S3_INVENTORY"], here)
    input_type = str(config.get("InputType"))
    if config.get("Transformation") == "LOAD_AND_FLATTEN" and "InputType" not in config:
        report.schema("The field 'InputType' is required", here)
    if input_type == "CSV" and "CSVHeaderLocation" not in config:
        report.schema("The field 'CSVHeaderLocation' is required", here)
    for name in _NOT_OF_TYPE.get(input_type, ()):
        if name in config:
            report.schema(f"Field '{name}' is not supported", here)
    report.one_of(config, "CSVHeaderLocation", ["FIRST_ROW", "GIVEN"], here)
    if config.get("CSVHeaderLocation") == "GIVEN" and input_type not in _NOT_OF_TYPE:
        report.require(config, ["CSVHeaders"], here)
    if "ItemsPointer" in config and input_type not in ("CSV", "JSONL"):
        _check_pointer(config["ItemsPointer"], f"{here}/ItemsPointer", report)
    report.at_most_one(config, ["MaxItems", "MaxItemsPath"], here)


_CSV_FIELDS = ("CSVHeaderLocation", "CSVHeaders", "CSVDelimiter")

# Fields that a type of input does not take (observed for those of CSV and for JSON's ManifestType).
_NOT_OF_TYPE = {
    "JSON": (*_CSV_FIELDS, "ManifestType"),
    "JSONL": (*_CSV_FIELDS, "ManifestType"),
    "PARQUET": _CSV_FIELDS,
}


def _check_pointer(value: Any, location: str, report: Report) -> None:
    if report.typed(value, "String", location) and value and not value.startswith("/"):
        report.schema(
            f"Invalid input: JSON Pointer expression must start with '/': \"{value}\"", location
        )


def _check_writer(writer: Any, location: str, language: str, report: Report) -> None:
    if not report.typed(writer, "Object", location):
        return
    if "Resource" in writer:
        resource = writer["Resource"]
        if not isinstance(resource, str) or not _WRITER_RESOURCE.fullmatch(resource):
            report.schema(
                "The field 'Resource' does not match any of the allowed values",
                f"{location}/Resource",
            )
    _check_parameters(writer, location, language, report)
    config, here = writer.get("WriterConfig", {}), f"{location}/WriterConfig"
    if report.typed(config, "Object", here):
        report.one_of(config, "OutputType", ["JSON", "JSONL"], here)
        report.one_of(config, "Transformation", ["NONE", "COMPACT", "FLATTEN"], here)
