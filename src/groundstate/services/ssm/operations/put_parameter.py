"""PutParameter.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
"""

from __future__ import annotations

import re

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import (
    ParameterAlreadyExists,
    ParameterPatternMismatchException,
    ValidationException,
)
from groundstate.services.ssm.parameters import HISTORY_MAX, bare_name, check_name
from groundstate.store.ssm import Parameter

_VALUE_BYTES_MAX = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}
_KEPT = ("AllowedPattern", "DataType", "Description", "KeyId", "Tier", "Type")


def put_parameter(call: Call, request: Shape) -> Shape:
    """Make a parameter, or a new version of it.

    Raises:
        ParameterAlreadyExists: it is there, and `Overwrite` is not set.
        ValidationException: the name or the value cannot be.
        ParameterPatternMismatchException: the value does not match the pattern.
    """
    name = bare_name(request["Name"])
    check_name(name)
    if request.get("Policies"):
        raise ValidationException("Parameter policies are not supported: see the service's README.")
    present = call.tx.parameters.find(call.region, name)
    if present is not None and not request.get("Overwrite"):
        raise ParameterAlreadyExists(
            "The parameter already exists. To overwrite this value, set the overwrite option in the"
            " request to true."
        )
    if present is None and "Type" not in request:
        raise ValidationException("A parameter type is required when you create a parameter.")
    if present is not None and "Tags" in request:
        raise ValidationException(
            "Invalid request: tags and overwrite can't be used together. To create a parameter with"
            " tags, please remove overwrite flag. To update tags for an existing parameter, please"
            " use AddTagsToResource or RemoveTagsFromResource."
        )
    before = present.data if present is not None else {}
    data = {key: before[key] for key in (*_KEPT, "tags") if key in before}
    data.update({key: request[key] for key in _KEPT if key in request})
    data.update(Value=request["Value"], user=call.principal.arn)
    if data["Type"] == "SecureString":
        data.setdefault("KeyId", "alias/aws/ssm")
    if "Tags" in request:
        data["tags"] = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
    _check_value(data)
    version = 1 if present is None else present.version + 1
    parameter = Parameter(call.region, name, version, call.now, data)
    call.tx.parameters.save(parameter, history_max=HISTORY_MAX)
    return {"Version": version, "Tier": data.get("Tier", "Standard")}


def _check_value(data: Shape) -> None:
    size = len(data["Value"].encode())
    tier = data.get("Tier", "Standard")
    if size > _VALUE_BYTES_MAX[tier]:
        raise ValidationException(
            f"{tier} tier parameters support a maximum parameter value of"
            f" {_VALUE_BYTES_MAX[tier]} characters."
        )
    pattern = data.get("AllowedPattern")
    if pattern and re.fullmatch(pattern, data["Value"]) is None:
        raise ParameterPatternMismatchException(
            f"Parameter value, cannot be validated against allowedPattern: {pattern}"
        )
