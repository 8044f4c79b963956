"""Parameters: their names, finding them, and how they are shown.

AWS: https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html
"""

from __future__ import annotations

import re
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import (
    HierarchyLevelLimitExceededException,
    ParameterNotFound,
    ParameterVersionNotFound,
    ValidationException,
)
from groundstate.store.ssm import Parameter

# How many versions of a parameter are kept.
HISTORY_MAX = 100

_NAME = re.compile(r"[a-zA-Z0-9_.\-/]+\Z")
_NAME_LENGTH_MAX = 1011
_LEVELS_MAX = 15


def check_name(name: str) -> None:
    """Raise unless a parameter may be called this."""
    if not _NAME.match(name) or len(name) > _NAME_LENGTH_MAX:
        raise ValidationException(
            'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path,'
            " it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a"
            " mix of letters, numbers and the following 3 symbols .-_"
        )
    if "/" in name and not name.startswith("/"):
        raise ValidationException("Parameter name must be a fully qualified name.")
    if re.match(r"/?(aws|ssm)", name, re.IGNORECASE):
        prefix = "aws" if name.lstrip("/").lower().startswith("aws") else "ssm"
        raise ValidationException(
            f'Parameter name: can\'t be prefixed with "{prefix}" (case-insensitive).'
            if prefix == "ssm"
            else f"No access to reserved parameter name: {name}."
        )
    if name.count("/") > _LEVELS_MAX:
        raise HierarchyLevelLimitExceededException(
            "A hierarchy can have a maximum of 15 levels. Reduce the number of levels and"
            " try again."
        )


def bare_name(text: str) -> str:
    """A parameter's name from a name or an ARN; what is neither stays as it is."""
    parts = text.split(":", 5)
    if parts[0] != "arn" or len(parts) < 6:
        return text
    resource = parts[5].removeprefix("parameter")
    # A name without slashes stands after one in the ARN.
    return resource if resource.count("/") > 1 else resource[1:]


def find_parameter(call: Call, text: str) -> Parameter | None:
    """The parameter of a name, `name:version` or `name:label`, or of its ARN.

    Raises:
        ParameterVersionNotFound: the parameter has no such version.
    """
    name, selector = text, ""
    if not text.startswith("arn:"):
        name, _, selector = text.partition(":")
    elif text.count(":") > 5:
        name, _, selector = text.rpartition(":")
    name = bare_name(name)
    if not selector:
        return call.tx.parameters.find(call.region, name)
    versions = call.tx.parameters.list_versions(call.region, name)
    if not versions:
        return None
    for parameter in versions:
        labels = parameter.data.get("labels", [])
        if str(parameter.version) == selector or selector in labels:
            return parameter
    raise ParameterVersionNotFound(
        f"Systems Manager could not find version {selector} of {name}. Verify the version and try"
        " again."
    )


def get_parameter_row(call: Call, text: str) -> Parameter:
    """As `find_parameter`.

    Raises:
        ParameterNotFound: there is none.
    """
    parameter = find_parameter(call, text)
    if parameter is None:
        raise ParameterNotFound
    return parameter


def parameter_arn(call: Call, request: Shape) -> str:
    """What the permission for an operation on a parameter is about."""
    text = str(request.get("Name") or request.get("ResourceId") or request.get("Path") or "*")
    return arn_of(call, bare_name(text).partition(":")[0])


def parameter_arns(call: Call, request: Shape) -> list[str]:
    """As `parameter_arn`, of operations on several."""
    return [arn_of(call, bare_name(name).partition(":")[0]) for name in request.get("Names", ["*"])]


def arn_of(call: Call, name: str) -> str:
    """A parameter's ARN."""
    path = name if name.startswith("/") else f"/{name}"
    return f"arn:aws:ssm:{call.region}:{call.account}:parameter{path}"


def show(call: Call, parameter: Parameter, *, decrypt: bool, selector: str = "") -> Shape:
    """A parameter with its value."""
    data = parameter.data
    value = data["Value"]
    if data["Type"] == "SecureString" and not decrypt:
        # AWS shows the ciphertext; there is no key here, so a text that stands for it.
        value = f"kms:{data.get('KeyId', 'alias/aws/ssm')}:{len(value)}"
    shown: Shape = {
        "Name": parameter.name,
        "Type": data["Type"],
        "Value": value,
        "Version": parameter.version,
        "LastModifiedDate": parameter.modified_at,
        "ARN": arn_of(call, parameter.name),
        "DataType": data.get("DataType", "text"),
    }
    if selector:
        shown["Selector"] = selector
    return shown


def show_metadata(call: Call, parameter: Parameter) -> Shape:
    """A parameter without its value."""
    data: dict[str, Any] = parameter.data
    shown: Shape = {
        "Name": parameter.name,
        "ARN": arn_of(call, parameter.name),
        "Type": data["Type"],
        "LastModifiedDate": parameter.modified_at,
        "LastModifiedUser": data["user"],
        "Version": parameter.version,
        "Tier": data.get("Tier", "Standard"),
        "Policies": [],
        "DataType": data.get("DataType", "text"),
    }
    for name in ("Description", "KeyId", "AllowedPattern"):
        if name in data:
            shown[name] = data[name]
    return shown
