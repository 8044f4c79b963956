"""PublishLayerVersion.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.configuration import modified_time
from groundstate.services.lambda_.layers import layer_arn, layer_name
from groundstate.services.lambda_.package import take_package

_KEPT = ("CompatibleRuntimes", "LicenseInfo", "CompatibleArchitectures")


def publish_layer_version(call: Call, request: Shape) -> Shape:
    """Make the next version of a layer from a zip file.

    Raises:
        InvalidParameterValueException: the zip file is no good.
        RequestEntityTooLargeException: the zip file is too big.
    """
    name = layer_name(request["LayerName"])
    package = take_package(call, request["Content"])
    version = call.tx.layers.next_version(call.region, name)
    arn = layer_arn(call, name)
    document: Shape = {
        "Content": {
            "Location": f"{call.runner.endpoint_url}/_groundstate/code/{package.code_sha256}.zip",
            "CodeSha256": package.shown_sha256,
            "CodeSize": package.size_bytes,
        },
        "LayerArn": arn,
        "LayerVersionArn": f"{arn}:{version}",
        "Description": request.get("Description", ""),
        "CreatedDate": modified_time(call.now),
        "Version": version,
        **{member: request[member] for member in _KEPT if member in request},
    }
    call.tx.layers.add(call.region, name, package.code_sha256, document)
    return document
