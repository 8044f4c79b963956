"""A function's configuration: made, changed and checked.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException, ValidationException
from groundstate.services.lambda_.layers import describe_foreign_layers
from groundstate.services.lambda_.limits import (
    ENVIRONMENT_BYTES_MAX,
    LAYERS_MAX,
    RETENTION_DAYS,
)
from groundstate.services.lambda_.runtimes import find_obstacle
from groundstate.services.lambda_.variables import RESERVED

logger = logging.getLogger(__name__)

# Members of CreateFunction and UpdateFunctionConfiguration that are kept as they are given.
_PLAIN = (
    "Role",
    "Handler",
    "Runtime",
    "Description",
    "Timeout",
    "MemorySize",
    "EphemeralStorage",
    "KMSKeyArn",
    "FileSystemConfigs",
)
# What has no effect here and is not the default is refused, so that nobody counts on it.
_UNSUPPORTED = (
    "AcceleratorConfig",
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "PublishTo",
    "RuntimeConfig",
    "TenancyConfig",
)
# The service is stricter than its model, which has room for what other kinds of functions may use.
_MOST = (
    ("Timeout", "timeout", 900),
    ("MemorySize", "memorySize", 10_240),
    ("EphemeralStorage", "ephemeralStorage.size", 10_240),
)


def new_configuration(call: Call, request: Shape, arn: str) -> Shape:
    """The FunctionConfiguration of a new function, without what its code says."""
    document: Shape = {
        "FunctionName": request["FunctionName"],
        "FunctionArn": arn,
        "Description": "",
        "Timeout": 3,
        "MemorySize": 128,
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "PackageType": request.get("PackageType", "Zip"),
        "Architectures": request.get("Architectures", ["x86_64"]),
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {
            "LogFormat": "Text",
            "LogGroup": f"/aws/lambda/{request['FunctionName']}",
        },
    }
    change_configuration(call, document, request, request.get("Tags", {}))
    document["LastModified"] = modified_time(call.now)
    document["RevisionId"] = ids.make_uuid()
    return document


def change_configuration(
    call: Call, document: Shape, request: Shape, tags: Mapping[str, str]
) -> None:
    """Write a request's settings into a FunctionConfiguration.

    Args:
        tags: the function's; they may accept what the settings refuse.

    Raises:
        ValidationException: a number is over its bound.
        InvalidParameterValueException: a setting has a value that cannot be, or is not supported.
    """
    for member in _UNSUPPORTED:
        if request.get(member):
            raise InvalidParameterValueException(
                f"{member} is not supported by Groundstate; see the README of its Lambda service."
            )
    _check_bounds(request)
    for member in _PLAIN:
        if member in request:
            document[member] = request[member]
    if "Runtime" in request or "Code" in request:
        obstacle = find_obstacle(request.get("Runtime", ""))
        if obstacle:
            # The rest of an application need not wait for this one: Invoke says the same.
            logger.warning(
                "The function %s cannot be invoked. %s", document.get("FunctionName"), obstacle
            )
    if "Runtime" in request:
        document["RuntimeVersionConfig"] = {
            "RuntimeVersionArn": f"arn:aws:lambda:{call.region}::runtime:groundstate"
        }
    if "ImageConfig" in request:
        document["ImageConfigResponse"] = {"ImageConfig": request["ImageConfig"]}
    if "Environment" in request:
        _change_environment(document, request["Environment"].get("Variables", {}))
    if "Layers" in request:
        _change_layers(call, document, request["Layers"], tags)
    if "LoggingConfig" in request:
        _change_logging(document, request["LoggingConfig"])
    if "TracingConfig" in request:
        document["TracingConfig"] = {"Mode": request["TracingConfig"].get("Mode", "PassThrough")}
    if "DeadLetterConfig" in request:
        _change_dead_letters(document, request["DeadLetterConfig"])
    if "VpcConfig" in request:
        _change_vpc(document, request["VpcConfig"])
    if request.get("DurableConfig"):
        _change_durability(document, request["DurableConfig"])
    if "SnapStart" in request:
        apply_on = request["SnapStart"].get("ApplyOn", "None")
        document["SnapStart"] = {"ApplyOn": apply_on, "OptimizationStatus": "Off"}
    if not document.get("Description"):
        document["Description"] = ""


def _check_bounds(request: Shape) -> None:
    for member, shown, most in _MOST:
        value = request.get(member, 0)
        number = value["Size"] if isinstance(value, dict) else value
        if number > most:
            raise ValidationException(
                f"1 validation error detected: Value '{number}' at '{shown}' failed to satisfy"
                f" constraint: Member must have value less than or equal to {most}"
            )


def modified_time(now: float) -> str:
    """`2026-11-23T07:00:00.000+0000`, as LastModified has it."""
    moment = datetime.fromtimestamp(now, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}+0000"


def as_created(document: Shape) -> Shape:
    """What CreateFunction answers: the function is being made. It is ready all the same."""
    return {
        **document,
        "State": "Pending",
        "StateReason": "The function is being created.",
        "StateReasonCode": "Creating",
    }


def as_updated(document: Shape) -> Shape:
    """What the updating operations answer: the update is under way. It is done all the same."""
    return {
        **document,
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }


def _change_environment(document: Shape, variables: dict[str, str]) -> None:
    reserved = sorted(RESERVED.intersection(variables))
    if reserved:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment"
            " variables you have provided contains reserved keys that are currently not supported"
            f" for modification. Reserved keys used in this request: {', '.join(reserved)}"
        )
    measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
    if len(measured.encode()) > ENVIRONMENT_BYTES_MAX:
        raise InvalidParameterValueException(
            "Lambda was unable to configure your environment variables because the environment"
            " variables you have provided exceeded the 4KB limit."
            f" String measured: {measured}"
        )
    if variables:
        document["Environment"] = {"Variables": variables}
    else:
        document.pop("Environment", None)


def _change_layers(call: Call, document: Shape, arns: list[str], tags: Mapping[str, str]) -> None:
    """Name the layers; those of other accounts, which are not here, hold nothing."""
    if len(arns) > LAYERS_MAX:
        raise InvalidParameterValueException(f"Cannot reference more than {LAYERS_MAX} layers.")
    layers: list[Shape] = []
    names: set[str] = set()
    for arn in arns:
        parts = arn.split(":")
        if len(parts) != 8 or not parts[7].isdecimal():
            raise InvalidParameterValueException(
                f"Layer version {arn} must be given by the ARN of a version."
            )
        if parts[4] != call.account:
            _check_foreign(call, arn, tags)
            logger.warning("%s: %s", document.get("FunctionName"), describe_foreign_layers((arn,)))
            layers.append({"Arn": arn, "CodeSize": 0})
            continue
        found = call.tx.layers.find(parts[3], parts[6], int(parts[7]))
        if found is None:
            raise InvalidParameterValueException(f"Layer version {arn} does not exist.")
        if parts[6] in names:
            raise InvalidParameterValueException(
                "Two different versions of the same layer are not allowed to be referenced in"
                f" the same function. {arn} and {layers[-1]['Arn']} are versions of the same layer."
            )
        names.add(parts[6])
        layers.append({"Arn": arn, "CodeSize": found["Content"]["CodeSize"]})
    if layers:
        document["Layers"] = layers
    else:
        document.pop("Layers", None)


def _check_foreign(call: Call, arn: str, tags: Mapping[str, str]) -> None:
    accepted = call.config.accepted_inert(tags) & {"all", "AWS::Lambda::LayerVersion"}
    if call.config.foreign_layers == "refuse" and not accepted:
        raise InvalidParameterValueException(
            f"Groundstate has no layers of other accounts, so {arn} cannot be used. Publish a"
            " copy of it here (PublishLayerVersion) and name that, or set"
            " GROUNDSTATE_FOREIGN_LAYERS=empty."
        )


def _change_logging(document: Shape, request: Shape) -> None:
    logging: dict[str, Any] = {**document["LoggingConfig"], **request}
    if logging["LogFormat"] == "JSON":
        logging.setdefault("ApplicationLogLevel", "INFO")
        logging.setdefault("SystemLogLevel", "INFO")
    elif "ApplicationLogLevel" in request or "SystemLogLevel" in request:
        raise InvalidParameterValueException("To specify log level, LogFormat must be JSON.")
    else:
        logging.pop("ApplicationLogLevel", None)
        logging.pop("SystemLogLevel", None)
    document["LoggingConfig"] = logging


def _change_durability(document: Shape, request: Shape) -> None:
    """Make a new function durable, or change how a durable one is."""
    is_new = "FunctionArn" in document and "RevisionId" not in document
    if not is_new and "DurableConfig" not in document:
        raise InvalidParameterValueException(
            "You cannot add a durable configuration to an existing function."
        )
    durable = {**document.get("DurableConfig", {}), **request}
    if "ExecutionTimeout" not in durable:
        raise InvalidParameterValueException(
            "You cannot create a function with a durable configuration without an executionTimeout"
        )
    durable.setdefault("RetentionPeriodInDays", RETENTION_DAYS)
    document["DurableConfig"] = durable


def _change_dead_letters(document: Shape, request: Shape) -> None:
    target = request.get("TargetArn", "")
    if target:
        document["DeadLetterConfig"] = {"TargetArn": target}
    else:
        document.pop("DeadLetterConfig", None)


def _change_vpc(document: Shape, request: Shape) -> None:
    """A VPC is kept and shown; there are no networks here that it could keep a function in."""
    if request.get("SubnetIds") or request.get("SecurityGroupIds"):
        document["VpcConfig"] = {
            "SubnetIds": request.get("SubnetIds", []),
            "SecurityGroupIds": request.get("SecurityGroupIds", []),
            "VpcId": "vpc-00000000",
            "Ipv6AllowedForDualStack": request.get("Ipv6AllowedForDualStack", False),
        }
    else:
        document.pop("VpcConfig", None)
