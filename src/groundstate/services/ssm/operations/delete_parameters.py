"""DeleteParameter and DeleteParameters.

AWS: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DeleteParameter.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.ssm.errors import ParameterNotFound
from groundstate.services.ssm.parameters import bare_name


def delete_parameter(call: Call, request: Shape) -> Shape:
    """Delete a parameter with its history.

    Raises:
        ParameterNotFound: there is none.
    """
    if not call.tx.parameters.remove(call.region, bare_name(request["Name"])):
        raise ParameterNotFound
    return {}


def delete_parameters(call: Call, request: Shape) -> Shape:
    """Delete several parameters; those that are not there are named."""
    deleted: list[str] = []
    invalid: list[str] = []
    for name in request["Names"]:
        gone = call.tx.parameters.remove(call.region, bare_name(name))
        (deleted if gone else invalid).append(name)
    return {"DeletedParameters": deleted, "InvalidParameters": invalid}
