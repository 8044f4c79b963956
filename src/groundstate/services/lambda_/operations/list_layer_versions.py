"""ListLayerVersions.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.layers import layer_name, listed_layer
from groundstate.services.lambda_.paging import make_page


def list_layer_versions(call: Call, request: Shape) -> Shape:
    """List a layer's versions, newest first; an unknown layer has none."""
    found = call.tx.layers.list_versions(call.region, layer_name(request["LayerName"]))
    runtime = request.get("CompatibleRuntime")
    versions = [
        listed_layer(document)
        for document in found
        if runtime is None or runtime in document.get("CompatibleRuntimes", ())
    ]
    return make_page(versions, request, lambda version: str(version["Version"]), "LayerVersions")
