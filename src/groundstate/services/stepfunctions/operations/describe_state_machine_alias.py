"""DescribeStateMachineAlias: which versions an alias names.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeStateMachineAlias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.aliases import get_alias, show_routing
from groundstate.services.stepfunctions.machines import alias_arn


def describe_state_machine_alias(call: Call, request: Shape) -> Shape:
    """Describe an alias.

    Raises:
        InvalidArn, ResourceNotFound.
    """
    machine, alias = get_alias(call, request["stateMachineAliasArn"])
    described: Shape = {
        "stateMachineAliasArn": alias_arn(machine, alias.name),
        "name": alias.name,
        "routingConfiguration": show_routing(machine, alias.routing),
        "creationDate": alias.created_at,
        "updateDate": alias.updated_at,
    }
    if alias.description is not None:
        described["description"] = alias.description
    return described
