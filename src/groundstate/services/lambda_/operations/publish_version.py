"""PublishVersion: make a version from the function as it is.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.errors import InvalidParameterValueException
from groundstate.services.lambda_.functions import (
    check_revision,
    get_function_row,
    get_version,
    require_unqualified,
)
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.versions import publish


def publish_version(call: Call, request: Shape) -> Shape:
    """Publish `$LATEST`; if nothing has changed since the last version, that one is the answer.

    Raises:
        ResourceNotFoundException: there is no such function.
        InvalidParameterValueException: the code is not the one that CodeSha256 names.
        PreconditionFailedException: the RevisionId is not the latest one.
    """
    named = parse_function_name(call, request)
    require_unqualified(named)
    function = get_function_row(call, named.name)
    latest = get_version(call, function, LATEST)
    check_revision(request, latest.revision_id, "GetFunction/GetAlias")
    current = latest.document["CodeSha256"]
    wanted = request.get("CodeSha256") or current
    if wanted != current:
        raise InvalidParameterValueException(
            f"CodeSHA256 ({wanted}) is different from current CodeSHA256 in $LATEST ({current})."
            " Please try again with the CodeSHA256 in $LATEST."
        )
    description = request.get("Description")
    return publish(call, function.function_id, latest, description=description).document
