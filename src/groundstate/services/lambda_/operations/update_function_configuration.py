"""UpdateFunctionConfiguration: change a function's settings.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.configuration import as_updated, change_configuration
from groundstate.services.lambda_.functions import (
    check_revision,
    get_function_row,
    get_version,
    require_unqualified,
)
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.roles import check_rights, check_role
from groundstate.services.lambda_.sizes import check_size
from groundstate.services.lambda_.versions import replace_latest

_NEED_RIGHTS = frozenset({"DeadLetterConfig", "Role", "TracingConfig", "VpcConfig"})


def update_function_configuration(call: Call, request: Shape) -> Shape:
    """Change the settings of `$LATEST`; those that the request does not name stay.

    Raises:
        ResourceNotFoundException: there is no such function.
        PreconditionFailedException: the RevisionId is not the latest one.
        InvalidParameterValueException: a setting cannot be.
    """
    named = parse_function_name(call, request)
    require_unqualified(named)
    function = get_function_row(call, named.name)
    latest = get_version(call, function, LATEST)
    check_revision(request, latest.revision_id, "GetFunction/GetAlias")
    if "Role" in request:
        check_role(call, request["Role"])
    document = dict(latest.document)
    change_configuration(call, document, request, function.tags)
    if not _NEED_RIGHTS.isdisjoint(request):
        check_rights(call, document)
    if "Layers" in request:
        check_size(call, latest.code_sha256, document)
    row = replace_latest(call, latest, document, latest.code_sha256)
    return as_updated(row.document)
