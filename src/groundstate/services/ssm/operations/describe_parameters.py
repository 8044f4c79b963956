"""DescribeParameters: parameters without their values.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import ValidationException
from groundstate.services.ssm.paging import take_page
from groundstate.services.ssm.parameters import show_metadata
from groundstate.store.ssm import Parameter

_PAGE_SIZE = 50


def describe_parameters(call: Call, request: Shape) -> Shape:
    """A page of the parameters that pass all filters.

    Raises:
        ValidationException: a filter has a key that is not supported.
        InvalidNextToken: the token is not one of ours.
    """
    filters = [
        *request.get("ParameterFilters", []),
        *(
            {"Key": entry["Key"], "Option": "Equals", "Values": entry["Values"]}
            for entry in request.get("Filters", [])
        ),
    ]
    parameters = [
        parameter
        for parameter in call.tx.parameters.list_newest(call.region)
        if all(_passes(parameter, entry) for entry in filters)
    ]
    page, more = take_page(request, parameters, size=_PAGE_SIZE)
    return {"Parameters": [show_metadata(call, entry) for entry in page], **more}


def _passes(parameter: Parameter, entry: Shape) -> bool:
    key, values = entry["Key"], entry.get("Values", [])
    option = entry.get("Option", "Equals")
    if key == "Path":
        deep = option == "Recursive"
        return any(_is_below(parameter.name, path, deep=deep) for path in values)
    if key.startswith("tag:"):
        found = parameter.data.get("tags", {}).get(key[4:])
        return found is not None and (not values or found in values)
    if key == "Name":
        found = parameter.name
    elif key in ("Type", "Tier", "KeyId", "DataType"):
        found = parameter.data.get(key, {"Tier": "Standard", "DataType": "text"}.get(key, ""))
    else:
        raise ValidationException(f"The filter key {key} is not supported.")
    if option == "BeginsWith":
        return any(found.startswith(value) for value in values)
    if option == "Contains":
        return any(value in found for value in values)
    return found in values


def _is_below(name: str, path: str, *, deep: bool) -> bool:
    prefix = path if path.endswith("/") else f"{path}/"
    return name.startswith(prefix) and (deep or "/" not in name[len(prefix) :])
