"""CreateLogGroup.

AWS: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.logs.errors import ResourceAlreadyExistsException


def create_log_group(call: Call, request: Shape) -> Shape:
    """Make a log group.

    Raises:
        ResourceAlreadyExistsException: the name is taken.
    """
    name = request["logGroupName"]
    if call.tx.logs.find_group(call.region, name) is not None:
        raise ResourceAlreadyExistsException("The specified log group already exists")
    settings: Shape = {"tags": request.get("tags", {})}
    if "kmsKeyId" in request:
        settings["key"] = request["kmsKeyId"]
    if "logGroupClass" in request:
        settings["class"] = request["logGroupClass"]
    if request.get("deletionProtectionEnabled"):
        settings["protected"] = True
    call.tx.logs.add_group(call.region, name, call.now, settings)
    return {}
