"""UpdateFunctionCode: a new deployment package for a function.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.configuration import as_updated
from groundstate.services.lambda_.functions import (
    check_revision,
    get_function_row,
    get_version,
    require_unqualified,
)
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.package import IMAGE, take_package
from groundstate.services.lambda_.sizes import check_size
from groundstate.services.lambda_.versions import publish, replace_latest


def update_function_code(call: Call, request: Shape) -> Shape:
    """Change the code of `$LATEST`. Invocations under way finish on the old code.

    Raises:
        ResourceNotFoundException: there is no such function.
        PreconditionFailedException: the RevisionId is not the latest one.
        InvalidParameterValueException: the package is no good.
    """
    named = parse_function_name(call, request)
    require_unqualified(named)
    function = get_function_row(call, named.name)
    latest = get_version(call, function, LATEST)
    check_revision(request, latest.revision_id, "GetFunction/GetAlias")
    package = take_package(call, request)
    document = dict(latest.document)
    document["CodeSize"] = package.size_bytes
    document["CodeSha256"] = package.shown_sha256
    check_size(call, package.code_sha256, document)
    if "Architectures" in request:
        document["Architectures"] = request["Architectures"]
    if request.get("DryRun"):
        return document
    if "ImageUri" in request:
        image = {"ImageUri": request["ImageUri"]}
        call.tx.functions.put_setting(function.function_id, IMAGE, package.code_sha256, image)
    row = replace_latest(call, latest, document, package.code_sha256)
    if request.get("Publish"):
        return publish(call, function.function_id, row, description=None).document
    return as_updated(row.document)
