"""What a state machine has beside its definition: role, logging, tracing, encryption.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_LoggingConfiguration.html
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

from groundstate.operation import Call, ServiceError, Shape
from groundstate.principals import has_rights, role_principal
from groundstate.services.stepfunctions.errors import (
    AccessDeniedException,
    InvalidArn,
    InvalidEncryptionConfiguration,
    InvalidLoggingConfiguration,
)

SETTINGS = ("loggingConfiguration", "tracingConfiguration", "encryptionConfiguration")

_SERVICE = "states.amazonaws.com"
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
# CloudWatch Logs has fewer characters than names of machines may have.
_LOGGED_ARN = re.compile(r"[0-9A-Za-z./\-_:]+")
# What the documented policy of a role has that logs.
_DELIVERY = tuple(
    f"logs:{name}"
    for name in (
        "CreateLogDelivery",
        "GetLogDelivery",
        "UpdateLogDelivery",
        "DeleteLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "DescribeResourcePolicies",
        "DescribeLogGroups",
    )
)
# https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
_TRACING = tuple(
    f"xray:{name}"
    for name in (
        "PutTraceSegments",
        "PutTelemetryRecords",
        "GetSamplingRules",
        "GetSamplingTargets",
    )
)
# What is waited for by a rule of EventBridge.
_WAITS_FOR_EXECUTION = re.compile(r'"arn:[\w-]+:states:[^":]*:[^":]*:states:startExecution\.sync')
_MANAGED_RULE = "StepFunctionsGetEventsForStepFunctionsExecutionRule"
_MAKING_RULES = ("events:PutRule", "events:PutTargets", "events:DescribeRule")
_LOG_GROUP_ARN = re.compile(r"arn:aws[a-z-]*:logs:([a-z0-9-]+):(\d{12}):log-group:(.+?)(:\*)?")


def check_role(call: Call, role_arn: str) -> None:
    """Check that a role may be given to Step Functions by this caller.

    Raises:
        InvalidArn: this is no role's ARN.
        ServiceError: the caller may not pass the role.
    """
    if _ROLE_ARN.fullmatch(role_arn) is None:
        raise InvalidArn(f"Invalid Role Arn: '{role_arn}'")
    call.authorize("iam:PassRole", role_arn, {"iam:PassedToService": _SERVICE})


def check_machine_role(call: Call, role_arn: str, machine_arn: str) -> None:
    """As `check_role`, and that the role lets Step Functions assume it for a state machine.

    AWS refuses a role that does not exist with the same words. Here such a one shows when a task
    needs it, unless the setting `iam` is `strict`: many tests of machines name a role that they
    never made (see README.md).

    Raises:
        AccessDeniedException: the role does not trust Step Functions.
    """
    check_role(call, role_arn)
    if call.config.iam == "off":
        return
    wanted = {
        "RoleArn": role_arn,
        "Service": _SERVICE,
        "Context": {"aws:SourceArn": machine_arn},
        "MayBeMissing": call.config.iam != "strict",
    }
    try:
        call.invoke("iam", "GetTrustedRole", wanted)
    except ServiceError:
        raise AccessDeniedException(
            f"Neither the global service principal {_SERVICE}, nor the regional one is authorized"
            " to assume the provided role."
        ) from None


def check_log_delivery(call: Call, role_arn: str, settings: dict[str, Any]) -> None:
    """Check that a machine's role may have its history logged, if it is to be.

    AWS sets up the delivery with the role.
    https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy

    Raises:
        AccessDeniedException: it may not.
    """
    _note_tracing(call, role_arn, settings)
    if settings.get("loggingConfiguration", {}).get("level", "OFF") == "OFF":
        return
    role = role_principal(role_arn, "StepFunctions", _SERVICE)
    if role_is_there(call, role_arn) and not has_rights(call, role, "*", *_DELIVERY):
        raise AccessDeniedException(
            "The state machine IAM Role is not authorized to access the Log Destination"
        ).for_want_of_right()


def _note_tracing(call: Call, role_arn: str, settings: dict[str, Any]) -> None:
    """Note that a machine that is traced needs rights; AWS traces nothing without them."""
    if settings.get("tracingConfiguration", {}).get("enabled") and role_is_there(call, role_arn):
        has_rights(call, role_principal(role_arn, "StepFunctions", _SERVICE), "*", *_TRACING)


def check_managed_rule(call: Call, role_arn: str, definition: str) -> None:
    """Check that a machine's role may hear of the ends of the executions that it waits for.

    AWS makes a rule of EventBridge for that, with the role, when the machine is made or changed.
    https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html#sync-async-iam-policies

    Raises:
        AccessDeniedException: it may not.
    """
    if _WAITS_FOR_EXECUTION.search(definition) is None:
        return
    role = role_principal(role_arn, "StepFunctions", _SERVICE)
    rule = f"arn:aws:events:{call.region}:{call.account}:rule/{_MANAGED_RULE}"
    if role_is_there(call, role_arn):
        may = [has_rights(call, role, rule, action) for action in _MAKING_RULES]
        if not all(may):
            text = f"'{role_arn}' is not authorized to create managed-rule."
            raise AccessDeniedException(text).for_want_of_right()


def role_is_there(call: Call, role_arn: str) -> bool:
    """Whether there is such a role, though it may not trust Step Functions any more."""
    wanted = {"RoleArn": role_arn, "Service": _SERVICE, "MayBeMissing": True}
    with contextlib.suppress(ServiceError):  # It is, and trusts Step Functions no more.
        return bool(call.invoke("iam", "GetTrustedRole", wanted))
    return True


def read_settings(
    call: Call, request: Shape, machine_arn: str, base: dict[str, Any] | None = None
) -> dict[str, Any]:
    """A machine's settings from a request, over those that it has.

    Raises:
        InvalidLoggingConfiguration: a level without exactly one log group, or a group that is none.
        InvalidEncryptionConfiguration: a key that is ours to refuse.
    """
    settings = dict(base) if base is not None else {}
    if "loggingConfiguration" in request:
        logging = _read_logging(call, request["loggingConfiguration"])
        if logging["level"] != "OFF" and _LOGGED_ARN.fullmatch(machine_arn) is None:
            raise _bad_logging(
                f"1 validation error detected: Value '{machine_arn}' at 'resourceId' failed to"
                " satisfy constraint: Member must satisfy regular expression pattern:"
                r" ^[0-9A-Za-z.\/\-_:]+$"
            )
        settings["loggingConfiguration"] = logging
    if "tracingConfiguration" in request:
        settings["tracingConfiguration"] = {
            "enabled": bool(request["tracingConfiguration"].get("enabled", False))
        }
    if "encryptionConfiguration" in request:
        settings["encryptionConfiguration"] = read_encryption(request["encryptionConfiguration"])
    return settings


def describe_settings(settings: dict[str, Any]) -> Shape:
    """The settings as DescribeStateMachine answers them."""
    described: Shape = {
        "loggingConfiguration": settings.get(
            "loggingConfiguration", {"level": "OFF", "includeExecutionData": False}
        ),
        "tracingConfiguration": settings.get("tracingConfiguration", {"enabled": False}),
    }
    if "encryptionConfiguration" in settings:
        described["encryptionConfiguration"] = settings["encryptionConfiguration"]
    return described


def read_encryption(configuration: Shape) -> Shape:
    """Check an encryption configuration: only keys of AWS itself, since there is no KMS here.

    Raises:
        InvalidEncryptionConfiguration: it names a key of the customer's.
    """
    if configuration["type"] == "CUSTOMER_MANAGED_KMS_KEY":
        if not configuration.get("kmsKeyId"):
            raise InvalidEncryptionConfiguration(
                "Invalid Encryption Configuration: Must set a valid kmsKeyId."
            )
        raise InvalidEncryptionConfiguration(
            "Invalid Encryption Configuration: CUSTOMER_MANAGED_KMS_KEY is not supported by"
            " Groundstate, which has no KMS. See services/stepfunctions/README.md."
        )
    for member in ("kmsKeyId", "kmsDataKeyReusePeriodSeconds"):
        if member in configuration:
            raise InvalidEncryptionConfiguration(
                f"Invalid Encryption Configuration: Custom {member} is not allowed when selecting"
                " AWS_OWNED_KEY."
            )
    return {"type": configuration["type"]}


def _read_logging(call: Call, configuration: Shape) -> Shape:
    level = configuration.get("level", "OFF")
    destinations = configuration.get("destinations")
    if level != "OFF" and (destinations is None or len(destinations) != 1):
        raise _bad_logging("Must specify exactly one Log Destination.")
    if destinations is not None and len(destinations) > 1:
        raise _bad_logging("Must specify exactly one Log Destination.")
    for destination in destinations or ():
        group_arn = destination.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "")
        if not group_arn.startswith("arn:"):
            raise _bad_logging("Must set valid CloudWatch Log Group ARN.")
        match = _LOG_GROUP_ARN.fullmatch(group_arn)
        if match is None:
            raise _bad_logging("Provided ARN is not CloudWatch Logs Log Group ARN.")
        if match[4] is None:
            raise _bad_logging("Log Group ARN must be provided with '*' qualifier.")
        if not _group_exists(call, match[3]):
            raise _bad_logging("Log Destination does not exist or is not accessible.")
    read: Shape = {
        "level": level,
        "includeExecutionData": bool(configuration.get("includeExecutionData", False)),
    }
    if destinations is not None:
        read["destinations"] = destinations
    return read


def _group_exists(call: Call, name: str) -> bool:
    answer = call.invoke("logs", "DescribeLogGroups", {"logGroupNamePrefix": name, "limit": 50})
    assert isinstance(answer, dict)
    return any(group["logGroupName"] == name for group in answer.get("logGroups", ()))


def _bad_logging(text: str) -> InvalidLoggingConfiguration:
    return InvalidLoggingConfiguration(f"Invalid Logging Configuration: {text}")
