"""Whether a mocked result looks like an answer of the API that it stands for (TestState).

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/test-state-isolation.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groundstate.asl.interface import Resource
from groundstate.models import ServiceModel, load_model
from groundstate.services.stepfunctions import sdk_names
from groundstate.services.stepfunctions.errors import ValidationException
from groundstate.services.stepfunctions.integrations import sdk_v1

# Optimised integrations are named by the service's endpoint; these are botocore's other names.
_OPTIMISED_MODELS = {
    "apigateway": "apigatewaymanagementapi",
    "elasticmapreduce": "emr",
    "emr-containers": "emr-containers",
    "states": "stepfunctions",
}
# What a `.sync` task shows is the answer of the API that Step Functions polls.
_POLLED = {
    ("states", "startExecution"): "DescribeExecution",
    ("batch", "submitJob"): "DescribeJobs",
    ("glue", "startJobRun"): "GetJobRun",
    ("codebuild", "startBuild"): "BatchGetBuilds",
    ("athena", "startQueryExecution"): "GetQueryExecution",
    ("ecs", "runTask"): "DescribeTasks",
}
_TYPES: dict[str, tuple[type | tuple[type, ...], str]] = {
    "string": (str, "a string"),
    "blob": (str, "a string"),
    "timestamp": (str, "a string"),
    "integer": ((int, float), "a number"),
    "long": ((int, float), "a number"),
    "float": ((int, float), "a number"),
    "double": ((int, float), "a number"),
    "boolean": (bool, "a boolean"),
    "list": (list, "an array"),
    "map": (dict, "an object"),
    "structure": (dict, "an object"),
}
# Lambda's model has allowed more since December 2025 (for its managed instances), but TestState
# goes on refusing it (observed that month).
_OBSERVED_MAX = {"lambda": {"MemorySize": 10_240}}
_NUMBERS = frozenset(("integer", "long", "float", "double"))
_TEXTS = frozenset(("string", "blob"))


def check_mocked_result(resource: Resource, result: Any, mode: str) -> None:
    """Check a mocked result.

    Args:
        mode: STRICT wants the required fields, PRESENT checks those that are there, NONE nothing.

    Raises:
        ValidationException: with AWS's text for the first field that does not fit.
    """
    if mode == "NONE" or resource.kind not in ("integration", "aws-sdk"):
        return
    if resource.pattern == "waitForTaskToken":
        return
    found = _find_output(resource)
    if found is None:
        return
    model, shape_name = found
    free = {"Payload"} if resource.service == "lambda" and resource.kind == "integration" else set()
    spell = sdk_names.member_name if resource.kind == "aws-sdk" else sdk_v1.member_name
    observed = _OBSERVED_MAX.get(resource.service, {})
    checker = _Checker(model, spell, strict=mode == "STRICT", free=free, observed=observed)
    checker.check(shape_name, "", result)


def _find_output(resource: Resource) -> tuple[ServiceModel, str] | None:
    names = {} if resource.kind == "aws-sdk" else _OPTIMISED_MODELS
    model_name = sdk_names.find_model(names.get(resource.service, resource.service))
    if model_name is None:
        return None
    model = load_model(model_name)
    operation: str | None
    if resource.pattern.startswith("sync"):
        operation = _POLLED.get((resource.service, resource.action))
    else:
        operation = sdk_names.find_operation(model, resource.action)
    shape = model.output_shape(operation) if operation is not None else None
    return None if shape is None else (model, shape)


class _Checker:
    def __init__(
        self,
        model: ServiceModel,
        spell: Callable[[str], str],
        *,
        strict: bool,
        free: set[str],
        observed: dict[str, int],
    ) -> None:
        self._model = model
        self._spell = spell
        self._observed = observed
        self._strict = strict
        self._free = free

    def check(self, shape_name: str, field: str, value: Any) -> None:
        shape = self._model.shapes[shape_name]
        kind = str(shape["type"])
        _check_type(kind, field, value)
        if kind == "structure":
            self._check_members(shape, value)
        elif kind == "list":
            for item in value:
                self.check(shape["member"]["shape"], field, item)
        elif kind == "map":
            for item in value.values():
                self.check(shape["value"]["shape"], field, item)
        else:
            greatest = self._observed.get(shape_name, shape.get("max"))
            _check_limits(shape, greatest, field, value)

    def _check_members(self, shape: Any, value: dict[str, Any]) -> None:
        members = {
            self._spell(name): (name, each) for name, each in shape.get("members", {}).items()
        }
        if self._strict:
            required = set(shape.get("required", ()))
            for shown, (name, _) in members.items():
                if name in required and shown not in value:
                    raise _error(f"Required field '{shown}' is missing")
        for shown, inner in value.items():
            if shown in members and shown not in self._free:
                self.check(members[shown][1]["shape"], shown, inner)


def _check_type(kind: str, field: str, value: Any) -> None:
    expected, words = _TYPES[kind]
    is_bool_as_number = kind in _NUMBERS and isinstance(value, bool)
    if not isinstance(value, expected) or is_bool_as_number:
        raise _error(f"Field '{field}' must be {words}")


def _check_limits(shape: Any, greatest: Any, field: str, value: Any) -> None:
    kind = str(shape["type"])
    if kind in _TEXTS:
        if "enum" in shape and value not in shape["enum"]:
            raise _error(f"Field '{field}' is not an expected value")
        if "min" in shape and len(value) < shape["min"]:
            raise _error(f"Field '{field}' is smaller than the minimum length")
        if greatest is not None and len(value) > greatest:
            raise _error(f"Field '{field}' exceeds the maximum length")
    elif kind in _NUMBERS:
        if "min" in shape and value < shape["min"]:
            raise _error(f"Field '{field}' is less than the minimum value")
        if greatest is not None and value > greatest:
            raise _error(f"Field '{field}' exceeds the maximum value")


def _error(text: str) -> ValidationException:
    return ValidationException(f"Mock result schema validation error: {text}")
