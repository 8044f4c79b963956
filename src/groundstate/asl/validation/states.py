"""The states of a scope checked, one type at a time."""

from __future__ import annotations

from typing import Any

from groundstate.asl import limits
from groundstate.asl.interface import IsKnown, MachineType, Resource
from groundstate.asl.resources import is_integration, parse_resource
from groundstate.asl.sizes import is_deeper
from groundstate.asl.task_parameters import (
    find_unsupported,
    not_supported,
    required_parameters,
    supported_parameters,
)
from groundstate.asl.times import parse_timestamp
from groundstate.asl.validation import tables
from groundstate.asl.validation.choices import check_choices
from groundstate.asl.validation.errors import check_catchers, check_retriers
from groundstate.asl.validation.maps import check_map
from groundstate.asl.validation.queries import check_jsonata_state, check_jsonpath_state
from groundstate.asl.validation.report import Report

Definition = dict[str, Any]

_WITH_STATES = ("Branches", "ItemProcessor", "Iterator")

_WAIT_FIELDS = ["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]

_NO_SYNC = frozenset(
    ("lambda", "sns", "sqs", "dynamodb", "events", "apigateway", "aws-sdk", "http")
)
_NO_TOKEN = frozenset(
    (
        "athena",
        "batch",
        "codebuild",
        "databrew",
        "dynamodb",
        "elasticmapreduce",
        "emr-containers",
        "emr-serverless",
        "glue",
        "http",
        "mediaconvert",
        "sagemaker",
    )
)


class StateChecker:
    """Checks scopes of states.

    Args:
        report: what is found goes there.
        type: of the machine; EXPRESS refuses some resources.
        language: the machine's query language, which inner scopes inherit.
        is_known: see `compile_machine`.
    """

    def __init__(
        self, report: Report, type: MachineType, language: str, is_known: IsKnown | None = None
    ) -> None:
        self.report = report
        self.type = type
        self.language = language
        self.is_known = is_known
        self.names: set[str] = set()
        self.labels: set[str] = set()
        self._depth = 0

    def scope(self, definition: Definition, location: str) -> None:
        """Check a machine, a branch or a processor: its StartAt and its States."""
        report = self.report
        if "Comment" in definition:
            report.typed(definition["Comment"], "String", f"{location}/Comment")
        if not report.require(definition, ["States", "StartAt"], location):
            return
        if self._depth >= limits.NESTING_MAX:
            report.error("TOO_DEEPLY_NESTED", "The states are too deeply nested.", location)
            return
        report.typed(definition["StartAt"], "String", f"{location}/StartAt")
        states = definition["States"]
        if not report.typed(states, "Object", f"{location}/States"):
            return
        if not states:
            report.schema("Value cannot be empty", f"{location}/States")
        self._depth += 1
        for name, state in states.items():
            self.state(name, state, f"{location}/States/{name}")
        self._depth -= 1

    def state(self, name: str, state: Any, location: str) -> None:
        """Check one state."""
        report = self.report
        if not report.typed(state, "Object", location):
            return
        if len(name) > tables.STATE_NAME_LENGTH_MAX:
            report.error(
                "INVALID_STATE_NAME",
                f"Invalid State name: {name} exceeds the {tables.STATE_NAME_LENGTH_MAX}-character"
                " limit allowed by the service",
                location,
            )
        if name in self.names:
            report.error("DUPLICATE_STATE_NAME", f"Duplicate State name: {name}", location)
        self.names.add(name)
        if "Type" not in state:
            report.schema("The field 'Type' is required", location)
            return
        type_name = state["Type"]
        if not isinstance(type_name, str) or type_name not in tables.STATE_FIELDS:
            names = ", ".join(tables.STATE_TYPES)
            report.schema(
                f"The field 'Type' should have one of these values: [{names}]",
                f"{location}/Type",
            )
            return
        report.supported(state, tables.STATE_FIELDS[type_name], location)
        for field, value in state.items():
            if field not in _WITH_STATES and is_deeper(value, limits.PAYLOAD_DEPTH_MAX):
                report.error(
                    "TOO_DEEPLY_NESTED", "The value is too deeply nested.", f"{location}/{field}"
                )
                return
        language = self._language(state, location)
        self._common(state, type_name, location, language)
        getattr(self, f"_{type_name.lower()}")(state, location, language)
        if language == "JSONata":
            check_jsonata_state(state, type_name, location, report)
        else:
            check_jsonpath_state(state, location, report)

    def _language(self, state: Definition, location: str) -> str:
        self.report.one_of(state, "QueryLanguage", ["JSONPath", "JSONata"], location)
        own = state.get("QueryLanguage", self.language)
        if self.language == "JSONata" and own == "JSONPath":
            self.report.schema(
                "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
                location,
            )
        language = "JSONata" if own == "JSONata" else "JSONPath"
        other = "JSONPath" if language == "JSONata" else "JSONata"
        foreign = tables.JSONPATH_ONLY if language == "JSONata" else tables.JSONATA_ONLY
        for field in state:
            if field in foreign:
                self.report.schema(
                    f"The QueryLanguage is set to '{language}', but field '{field}' is only"
                    f" supported for the '{other}' QueryLanguage",
                    location,
                )
        return language

    def _common(self, state: Definition, type_name: str, location: str, language: str) -> None:
        report = self.report
        if type_name in ("Task", "Pass", "Wait", "Parallel", "Map"):
            ends = {**state} if state.get("End") is not False else _without(state, "End")
            report.exactly_one(ends, ["Next", "End"], location)
            if "End" in state:
                report.typed(state["End"], "Boolean", f"{location}/End")
        for field in ("Next", "Default", "Resource", "Comment"):
            if field in state:
                report.typed(state[field], "String", f"{location}/{field}")
        for fields in tables.EXCLUSIVE:
            report.at_most_one(state, list(fields), location)
        for field, (least, most) in tables.INTEGERS.items():
            if field in state and not _is_query(state[field], language):
                here = f"{location}/{field}"
                if report.typed(state[field], "Integer", here):
                    report.bounded(state[field], here, least, most)
        if type_name in ("Task", "Parallel", "Map"):
            check_retriers(state, location, report)
            check_catchers(state, location, language, report)

    # ------------------------------------------------------------------------------ types

    def _pass(self, state: Definition, location: str, language: str) -> None:
        if _looks_dynamic(state.get("Result")):
            self.report.warning(
                "PASS_RESULT_IS_STATIC",
                "The 'Result' field of a Pass state is static; it is not evaluated as a path",
                f"{location}/Result",
            )

    def _succeed(self, state: Definition, location: str, language: str) -> None:
        """Nothing of its own."""

    def _fail(self, state: Definition, location: str, language: str) -> None:
        for field in ("Error", "Cause"):
            if field in state:
                self.report.typed(state[field], "String", f"{location}/{field}")

    def _wait(self, state: Definition, location: str, language: str) -> None:
        if not self.report.exactly_one(state, _WAIT_FIELDS, location):
            return
        value = state.get("Timestamp")
        if "Timestamp" not in state or _is_query(value, language):
            return
        if parse_timestamp(value) is None:
            self.report.schema("String does not match RFC3339 timestamp", f"{location}/Timestamp")

    def _choice(self, state: Definition, location: str, language: str) -> None:
        check_choices(state, location, language, self.report)

    def _task(self, state: Definition, location: str, language: str) -> None:
        report = self.report
        if report.require(state, ["Resource"], location) and isinstance(state["Resource"], str):
            self._resource(state, state["Resource"], f"{location}/Resource", location)
        credentials: Any = state.get("Credentials")
        if (
            "Credentials" in state
            and report.typed(credentials, "Object", f"{location}/Credentials")
            and "RoleArn" not in credentials
            and "RoleArn.$" not in credentials
        ):
            report.schema(
                "The field 'RoleArn' is required but was missing", f"{location}/Credentials"
            )

    def _resource(self, state: Definition, arn: str, location: str, at_state: str) -> None:
        report = self.report
        if not arn.startswith("arn:"):
            report.schema("Value is not a valid resource ARN", location)
            return
        resource = parse_resource(arn)
        if (
            resource is None
            or not is_integration(resource)
            or (resource.kind == "aws-sdk" and self.is_known and not self.is_known(resource))
        ):
            report.schema(_not_recognized(arn), location)
            return
        if resource.kind == "activity":
            if "Credentials" in state:
                report.schema(
                    "The field 'Credentials' is not supported for activities",
                    f"{at_state}/Credentials",
                )
            if self.type == "EXPRESS":
                report.schema("Express state machine does not support Activity ARN", location)
            return
        pattern = resource.pattern
        service = "aws-sdk" if resource.kind == "aws-sdk" else resource.service
        refused = (
            (pattern.startswith("sync") and service in _NO_SYNC)
            or (pattern == "waitForTaskToken" and service in _NO_TOKEN)
            or (pattern == "sync:2" and service != "states")
        )
        if refused:
            report.schema(_not_recognized(arn), location)
        elif pattern and self.type == "EXPRESS":
            shown = ".sync" if pattern.startswith("sync") else ".waitForTaskToken"
            # AWS's text for the second one ends in a space (observed).
            space = " " if pattern == "waitForTaskToken" else ""
            report.schema(
                f"Express state machine does not support '{shown}' service integration{space}",
                location,
            )
        if resource.kind in ("integration", "aws-sdk"):
            self._parameters(state, resource, arn, at_state)

    def _parameters(self, state: Definition, resource: Resource, arn: str, location: str) -> None:
        report = self.report
        is_jsonata = state.get("QueryLanguage", self.language) == "JSONata"
        field, ending = ("Arguments", "") if is_jsonata else ("Parameters", ".$")
        if field not in state:
            # The other language's field is refused for itself.
            if "Arguments" not in state and "Parameters" not in state:
                report.schema(
                    f"{field} field is required for resource ARN: {arn}", f"{location}/Resource"
                )
        elif isinstance(state[field], dict):
            names = {name.removesuffix(ending): None for name in state[field]}
            for name in required_parameters(resource):
                if name not in names:
                    report.schema(
                        f"The field '{name}' is required but was missing", f"{location}/{field}"
                    )
            for name in find_unsupported(supported_parameters(resource), names):
                report.schema(not_supported(name), f"{location}/{field}")

    def _parallel(self, state: Definition, location: str, language: str) -> None:
        report = self.report
        if not report.require(state, ["Branches"], location):
            return
        branches = state["Branches"]
        if not report.typed(branches, "Array", f"{location}/Branches"):
            return
        if not branches:
            report.schema("Value cannot be empty", f"{location}/Branches")
        for index, branch in enumerate(branches):
            here = f"{location}/Branches[{index}]"
            if report.typed(branch, "Object", here):
                report.supported(branch, _BRANCH_FIELDS, here)
                self.scope(branch, here)

    def _map(self, state: Definition, location: str, language: str) -> None:
        found = check_map(state, location, language, self.type, self.labels, self.report)
        if found is None:
            return
        processor, here, type_inside = found
        outside, self.type = self.type, type_inside or self.type
        self.scope(processor, here)
        self.type = outside


_BRANCH_FIELDS = frozenset(("Comment", "StartAt", "States"))


def _not_recognized(arn: str) -> str:
    return (
        f"The resource provided {arn} is not recognized. The value is not a valid resource ARN, or"
        " the resource is not available in this region."
    )


def _without(state: Definition, field: str) -> Definition:
    return {name: value for name, value in state.items() if name != field}


def _is_query(value: Any, language: str) -> bool:
    return language == "JSONata" and isinstance(value, str) and value.startswith("{%")


def _looks_dynamic(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("$.", "$$.", "$[", "States."))
