"""GetParameter, GetParameters, GetParametersByPath, GetParameterHistory.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import ParameterNotFound, ValidationException
from groundstate.services.ssm.paging import take_page
from groundstate.services.ssm.parameters import (
    bare_name,
    find_parameter,
    get_parameter_row,
    show,
    show_metadata,
)

_NAMES_MAX = 10
_PAGE_SIZE = 10
_HISTORY_PAGE_SIZE = 50


def get_parameter(call: Call, request: Shape) -> Shape:
    """A parameter, or a version of it by `name:version` or `name:label`.

    Raises:
        ParameterNotFound, ParameterVersionNotFound: there is none.
    """
    name = request["Name"]
    parameter = get_parameter_row(call, name)
    decrypt = bool(request.get("WithDecryption"))
    return {"Parameter": show(call, parameter, decrypt=decrypt, selector=_selector(name))}


def get_parameters(call: Call, request: Shape) -> Shape:
    """Up to ten parameters; those that are not there are named."""
    names = request["Names"]
    if len(names) > _NAMES_MAX:
        raise ValidationException(
            f"1 validation error detected: Value '[{', '.join(names)}]' at 'names' failed to"
            f" satisfy constraint: Member must have length less than or equal to {_NAMES_MAX}"
        )
    found, invalid = [], []
    decrypt = bool(request.get("WithDecryption"))
    for name in names:
        parameter = find_parameter(call, name)
        if parameter is None:
            invalid.append(name)
        else:
            found.append(show(call, parameter, decrypt=decrypt, selector=_selector(name)))
    found.sort(key=lambda entry: str(entry["Name"]))
    return {"Parameters": found, "InvalidParameters": invalid}


def get_parameters_by_path(call: Call, request: Shape) -> Shape:
    """A page of the parameters below a path.

    Raises:
        ValidationException: the path is none.
        InvalidNextToken: the token is not one of ours.
    """
    path = request["Path"]
    if not path.startswith("/"):
        raise ValidationException(
            "The parameter doesn't meet the parameter name requirements. The parameter name must"
            ' begin with a forward slash "/".'
        )
    prefix = path if path.endswith("/") else f"{path}/"
    parameters = [
        parameter
        for parameter in call.tx.parameters.list_newest(call.region, prefix)
        if request.get("Recursive") or "/" not in parameter.name[len(prefix) :]
    ]
    page, more = take_page(request, parameters, size=_PAGE_SIZE)
    decrypt = bool(request.get("WithDecryption"))
    return {"Parameters": [show(call, entry, decrypt=decrypt) for entry in page], **more}


def get_parameter_history(call: Call, request: Shape) -> Shape:
    """A page of a parameter's versions, oldest first.

    Raises:
        ParameterNotFound: there is no such parameter.
        InvalidNextToken: the token is not one of ours.
    """
    versions = call.tx.parameters.list_versions(call.region, bare_name(request["Name"]))
    if not versions:
        raise ParameterNotFound
    page, more = take_page(request, versions, size=_HISTORY_PAGE_SIZE)
    decrypt = bool(request.get("WithDecryption"))
    shown = []
    for version in page:
        entry = show_metadata(call, version)
        del entry["ARN"]
        entry["Value"] = show(call, version, decrypt=decrypt)["Value"]
        entry["Labels"] = version.data.get("labels", [])
        shown.append(entry)
    return {"Parameters": shown, **more}


def _selector(name: str) -> str:
    if name.startswith("arn:"):
        return ""
    _, colon, selector = name.partition(":")
    return colon + selector
