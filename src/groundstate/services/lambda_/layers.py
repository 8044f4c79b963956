"""Layers: finding versions, showing them.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
"""

from __future__ import annotations

from collections.abc import Iterable

from groundstate.arn import partition_of
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import ResourceNotFoundException
from groundstate.services.lambda_.public_layers import find_package, is_installed


def describe_foreign_layers(arns: Iterable[str]) -> str:
    """What a user should know of a function with these layers, which are other accounts'."""
    said = []
    empty = [arn for arn in arns if not is_installed(arn)]
    if empty:
        said.append(
            f"not here, since of another account, and therefore empty: {', '.join(empty)}."
            " What the function takes from a layer it has to bring itself, or name a copy that was"
            " published here (PublishLayerVersion)."
        )
    for arn in arns:
        package = find_package(arn)
        if package and arn in empty:
            said.append(f"Or install {package} where Groundstate is installed: it stands in then.")
        elif package:
            said.append(f"the package {package} that is installed here stands in for {arn}.")
    return f"Groundstate: {' '.join(said)}"


def layer_arn(call: Call, name: str) -> str:
    """The ARN of a layer, from its name or ARN."""
    if name.startswith("arn:"):
        return name
    return f"arn:{partition_of(call.region)}:lambda:{call.region}:{call.account}:layer:{name}"


def layer_name(text: str) -> str:
    """The name of a layer, from its name or ARN."""
    return text.split(":")[6] if text.startswith("arn:") else text


def get_layer(call: Call, name: str, version: int) -> Shape:
    """A version of a layer, as GetLayerVersion answers it.

    Raises:
        ResourceNotFoundException: there is no such version.
    """
    found = call.tx.layers.find(call.region, layer_name(name), version)
    if found is None:
        raise ResourceNotFoundException("The resource you requested does not exist.")
    return found


def listed_layer(document: Shape) -> Shape:
    """A version as lists show it: without where its content is."""
    hidden = ("Content", "LayerArn")
    return {name: value for name, value in document.items() if name not in hidden}


def layer_resource(call: Call, request: Shape) -> str:
    """What permissions on a layer are about."""
    return layer_arn(call, str(request.get("LayerName", "")))


def layer_version_resource(call: Call, request: Shape) -> str:
    """What permissions on a version of a layer are about."""
    if "Arn" in request:
        return str(request["Arn"])
    return f"{layer_resource(call, request)}:{request.get('VersionNumber', '')}"
