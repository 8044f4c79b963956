"""CreateFunction: a function from a deployment package.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.configuration import as_created, new_configuration
from groundstate.services.lambda_.errors import (
    InvalidParameterValueException,
    ResourceConflictException,
)
from groundstate.services.lambda_.limits import TAGS_MAX
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import function_arn, parse_new_function_name
from groundstate.services.lambda_.package import IMAGE, take_package
from groundstate.services.lambda_.roles import check_rights, check_role
from groundstate.services.lambda_.sizes import check_size
from groundstate.services.lambda_.versions import publish
from groundstate.store.functions import VersionRow


def create_function(call: Call, request: Shape) -> Shape:
    """Make a function. It can be invoked at once, although the answer says `Pending` as on AWS.

    Raises:
        ResourceConflictException: the name is taken.
        ValidationException, InvalidParameterValueException: a setting cannot be, or the package
            is no good.
        RequestEntityTooLargeException: the package is too big.
    """
    name = parse_new_function_name(call, request)
    arn = function_arn(call, name)
    _check_package_type(request)
    if call.tx.functions.find(call.region, name) is not None:
        raise ResourceConflictException(f"Function already exist: {name}")
    check_role(call, request["Role"])
    document = new_configuration(call, {**request, "FunctionName": name}, arn)
    check_rights(call, document)
    package = take_package(call, request["Code"])
    document["CodeSize"] = package.size_bytes
    document["CodeSha256"] = package.shown_sha256
    check_size(call, package.code_sha256, document)
    document["State"] = "Active"
    document["LastUpdateStatus"] = "Successful"
    tags = request.get("Tags", {})
    if len(tags) > TAGS_MAX:
        raise InvalidParameterValueException("Number of tags exceeds resource tag limit.")
    function_id = call.tx.functions.add(call.region, name, tags)
    if "ImageUri" in request["Code"]:
        image = {"ImageUri": request["Code"]["ImageUri"]}
        call.tx.functions.put_setting(function_id, IMAGE, package.code_sha256, image)
    row = VersionRow(function_id, LATEST, document["RevisionId"], package.code_sha256, document)
    call.tx.functions.put_version(row)
    if request.get("Publish"):
        document = publish(call, function_id, row, description=None).document
    runtime = document.get("Runtime", "")
    call.after_commit(lambda: call.host.prepare(runtime))
    shown = as_created(document)
    del shown["LastUpdateStatus"]
    return shown


def _check_package_type(request: Shape) -> None:
    if request.get("PackageType", "Zip") != "Zip":
        if "ImageUri" not in request["Code"]:
            raise InvalidParameterValueException(
                "Please provide ImageUri when creating a function with packageType Image."
            )
        return
    for member in ("Handler", "Runtime"):
        if not request.get(member):
            raise InvalidParameterValueException(
                f"{member} is mandatory for functions created with deployment packages."
                if member == "Runtime"
                else "Runtime and Handler are mandatory parameters for functions created with"
                " deployment packages."
            )
