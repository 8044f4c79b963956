"""Which fields each state type has, in which query language.

Measured on AWS with ValidateStateMachineDefinition (September 2026): eight types, fifty fields.
"""

from __future__ import annotations

STATE_TYPES = ["Task", "Wait", "Pass", "Succeed", "Fail", "Choice", "Parallel", "Map"]

_COMMON = {"Type", "Comment", "QueryLanguage"}
_ENDS = {"Next", "End"}
_PATHS = {"InputPath", "OutputPath"}
_OUTPUT = {"Output", "Assign"}
_RESULT = {"ResultPath", "ResultSelector"}
_ERRORS = {"Retry", "Catch"}

STATE_FIELDS: dict[str, frozenset[str]] = {
    "Pass": frozenset(_COMMON | _ENDS | _PATHS | _OUTPUT | {"Result", "ResultPath", "Parameters"}),
    "Task": frozenset(
        _COMMON
        | _ENDS
        | _PATHS
        | _OUTPUT
        | _RESULT
        | _ERRORS
        | {
            "Arguments",
            "Credentials",
            "HeartbeatSeconds",
            "HeartbeatSecondsPath",
            "Parameters",
            "Resource",
            "TimeoutSeconds",
            "TimeoutSecondsPath",
        }
    ),
    "Wait": frozenset(
        _COMMON
        | _ENDS
        | _PATHS
        | _OUTPUT
        | {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}
    ),
    "Parallel": frozenset(
        _COMMON
        | _ENDS
        | _PATHS
        | _OUTPUT
        | _RESULT
        | _ERRORS
        | {"Arguments", "Branches", "Parameters"}
    ),
    "Map": frozenset(
        _COMMON
        | _ENDS
        | _PATHS
        | _OUTPUT
        | _RESULT
        | _ERRORS
        | {
            "ItemBatcher",
            "ItemProcessor",
            "ItemReader",
            "ItemSelector",
            "Items",
            "ItemsPath",
            "Iterator",
            "Label",
            "MaxConcurrency",
            "MaxConcurrencyPath",
            "Parameters",
            "ResultWriter",
            "ToleratedFailureCount",
            "ToleratedFailureCountPath",
            "ToleratedFailurePercentage",
            "ToleratedFailurePercentagePath",
        }
    ),
    "Choice": frozenset(_COMMON | _PATHS | _OUTPUT | {"Choices", "Default"}),
    "Succeed": frozenset(_COMMON | _PATHS | {"Output"}),
    "Fail": frozenset(_COMMON | {"Cause", "CausePath", "Error", "ErrorPath"}),
}

JSONPATH_ONLY = frozenset(
    (
        "CausePath",
        "ErrorPath",
        "HeartbeatSecondsPath",
        "InputPath",
        "ItemsPath",
        "MaxConcurrencyPath",
        "OutputPath",
        "Parameters",
        "Result",
        "ResultPath",
        "ResultSelector",
        "SecondsPath",
        "TimeoutSecondsPath",
        "TimestampPath",
        "ToleratedFailureCountPath",
        "ToleratedFailurePercentagePath",
    )
)

JSONATA_ONLY = frozenset(("Arguments", "Output", "Items"))

PATH_FIELDS = (
    "InputPath",
    "OutputPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "SecondsPath",
    "TimestampPath",
    "MaxConcurrencyPath",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCountPath",
)

TEMPLATE_FIELDS = ("Parameters", "ResultSelector", "ItemSelector", "Credentials", "Assign")

EXCLUSIVE = (
    ("TimeoutSeconds", "TimeoutSecondsPath"),
    ("HeartbeatSeconds", "HeartbeatSecondsPath"),
    ("MaxConcurrency", "MaxConcurrencyPath"),
    ("ToleratedFailurePercentage", "ToleratedFailurePercentagePath"),
    ("ToleratedFailureCount", "ToleratedFailureCountPath"),
    ("Error", "ErrorPath"),
    ("Cause", "CausePath"),
)

SECONDS_MAX = 99_999_999
RETRY_DELAY_SECONDS_MAX = 31_622_400
"""366 days."""

INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "TimeoutSeconds": (1, SECONDS_MAX),
    "HeartbeatSeconds": (1, SECONDS_MAX),
    "Seconds": (0, SECONDS_MAX),
    "MaxConcurrency": (0, None),
    "ToleratedFailureCount": (0, None),
}
"""Integer fields of states, with their bounds."""

RETRY_NUMBERS: dict[str, tuple[str, float | None, float | None]] = {
    "IntervalSeconds": ("Integer", 0, SECONDS_MAX),
    "MaxAttempts": ("Integer", 0, SECONDS_MAX),
    "BackoffRate": ("Number", 1, None),
    "MaxDelaySeconds": ("Integer", 1, RETRY_DELAY_SECONDS_MAX),
}

STATE_NAME_LENGTH_MAX = 80
LABEL_LENGTH_MAX = 40
