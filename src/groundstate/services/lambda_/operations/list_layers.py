"""ListLayers: the newest version of each layer.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.layers import layer_name, listed_layer
from groundstate.services.lambda_.paging import make_page


def list_layers(call: Call, request: Shape) -> Shape:
    """List the layers that suit the given runtime and architecture."""
    newest: dict[str, Shape] = {}
    for document in call.tx.layers.list_versions(call.region):
        if _suits(document, request):
            newest.setdefault(document["LayerArn"], document)
    layers = [
        {
            "LayerName": layer_name(arn),
            "LayerArn": arn,
            "LatestMatchingVersion": listed_layer(document),
        }
        for arn, document in newest.items()
    ]
    return make_page(layers, request, lambda layer: str(layer["LayerName"]), "Layers")


def _suits(document: Shape, request: Shape) -> bool:
    runtime = request.get("CompatibleRuntime")
    architecture = request.get("CompatibleArchitecture")
    if runtime is not None and runtime not in document.get("CompatibleRuntimes", ()):
        return False
    return architecture is None or architecture in document.get("CompatibleArchitectures", ())
