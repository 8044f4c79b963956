"""GetFunction: a function's configuration, where its code is, its tags and concurrency.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_configuration
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.package import IMAGE


def get_function(call: Call, request: Shape) -> Shape:
    """Describe a function, or one of its versions.

    Raises:
        ResourceNotFoundException: there is no such function, version or alias.
    """
    named = parse_function_name(call, request)
    function, version, document = get_configuration(call, named)
    endpoint = call.runner.endpoint_url
    image = call.tx.functions.find_setting(function.function_id, IMAGE, version.code_sha256)
    answer: Shape = {
        "Configuration": document,
        "Code": {
            "RepositoryType": "S3",
            "Location": f"{endpoint}/_groundstate/code/{version.code_sha256}.zip",
        }
        if image is None
        else {"RepositoryType": "ECR", **image, "ResolvedImageUri": image["ImageUri"]},
    }
    if function.tags and not named.qualifier:
        answer["Tags"] = function.tags
    if function.reserved_concurrency is not None:
        answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved_concurrency}
    return answer
