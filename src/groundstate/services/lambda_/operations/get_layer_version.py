"""GetLayerVersion and GetLayerVersionByArn.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.layers import get_layer


def get_layer_version(call: Call, request: Shape) -> Shape:
    """Describe a version of a layer.

    Raises:
        ResourceNotFoundException: there is no such version.
    """
    return get_layer(call, request["LayerName"], request["VersionNumber"])


def get_layer_version_by_arn(call: Call, request: Shape) -> Shape:
    """Describe a version of a layer by its ARN.

    Raises:
        ResourceNotFoundException: there is no such version.
        InvalidParameterValueException: the ARN names no version.
    """
    layer, _, version = request["Arn"].rpartition(":")
    if not version.isdecimal() or len(layer.split(":")) != 7:
        raise InvalidParameterValueException(f"{request['Arn']} is not the ARN of a layer version.")
    return get_layer(call, layer, int(version))
