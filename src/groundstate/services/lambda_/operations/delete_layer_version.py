"""DeleteLayerVersion.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.layers import layer_name


def delete_layer_version(call: Call, request: Shape) -> Shape:
    """Delete a version; functions that use it go on. One that is not there is no error."""
    name = layer_name(request["LayerName"])
    call.tx.layers.delete(call.region, name, request["VersionNumber"])
    return {}
