"""ListAliases.

AWS: https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.lambda_.functions import get_function_row
from groundstate.services.lambda_.names import parse_function_name
from groundstate.services.lambda_.paging import make_page


def list_aliases(call: Call, request: Shape) -> Shape:
    """List a function's aliases: all, or those that lead to one version.

    Raises:
        ResourceNotFoundException: there is no such function.
    """
    function = get_function_row(call, parse_function_name(call, request).name)
    aliases = call.tx.functions.list_aliases(function.function_id)
    version = request.get("FunctionVersion")
    if version is not None:
        aliases = [alias for alias in aliases if _leads_to(alias, version)]
    return make_page(aliases, request, lambda alias: str(alias["Name"]), "Aliases")


def _leads_to(alias: Shape, version: str) -> bool:
    weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return version == alias["FunctionVersion"] or version in weights
