"""ListVersionsByFunction: `$LATEST` and the published versions.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.model import LATEST
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.paging import make_page


def list_versions_by_function(call: Call, request: Shape) -> Shape:
    """List a function's versions, oldest first.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    versions = []
    for row in call.tx.functions.list_versions(function.function_id):
        document = row.document
        if row.version == LATEST:
            document = {**document, "FunctionArn": f"{document['FunctionArn']}:{LATEST}"}
        versions.append(document)
    return make_page(versions, request, lambda document: str(document["Version"]), "Versions")
