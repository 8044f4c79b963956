"""DescribeType: what the registry knows of a resource type.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeType.html
"""

from __future__ import annotations

import json
from typing import Any

from groundstate.operation import Call, Shape
from groundstate.services.cloudformation.errors import TypeNotFoundException
from groundstate.services.cloudformation.resources import registry


def describe_type(call: Call, request: Shape) -> Shape:
    """A resource type with a schema of its property names.

    Raises:
        TypeNotFoundException: there is no such type here.
    """
    name = request.get("TypeName") or str(request.get("Arn", "")).rsplit("/", 1)[-1].replace(
        "-", "::"
    )
    kind = registry.RESOURCE_TYPES.get(name)
    if kind is None:
        raise TypeNotFoundException(f"The type '{name}' cannot be found.")
    schema: dict[str, Any] = {
        "typeName": name,
        "properties": {property_name: {} for property_name in kind.shape},
        "required": list(kind.required),
        "createOnlyProperties": [f"/properties/{entry}" for entry in sorted(kind.replaces)],
        "readOnlyProperties": [f"/properties/{entry}" for entry in kind.attributes or ()],
        "primaryIdentifier": [f"/properties/{kind.identifier}"],
    }
    return {
        "Arn": f"arn:aws:cloudformation:{call.region}::type/resource/{name.replace('::', '-')}",
        "Type": "RESOURCE",
        "TypeName": name,
        "IsDefaultVersion": True,
        "Schema": json.dumps(schema),
        "ProvisioningType": "FULLY_MUTABLE" if kind.update is not None else "IMMUTABLE",
        "DeprecatedStatus": "LIVE",
        "Visibility": "PUBLIC",
    }
