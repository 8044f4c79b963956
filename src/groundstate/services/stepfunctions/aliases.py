"""Aliases of state machines: a name for one or two versions.

AWS: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.errors import ResourceNotFound, ValidationException
from groundstate.services.stepfunctions.machines import find_machine, version_arn
from groundstate.store.state_machines import Alias, StateMachine

ALIASES_MAX = 100
ROUTES_MAX = 2

Routing = tuple[tuple[int, int], ...]


def get_alias(call: Call, arn: str) -> tuple[StateMachine, Alias]:
    """The alias of an ARN, with its machine.

    Raises:
        InvalidArn: no machine's ARN.
        ResourceNotFound: there is no such alias.
    """
    parsed = parse_machine_arn(arn)
    machine = find_machine(call, parsed.base)
    if machine is not None and parsed.qualifier:
        alias = call.tx.state_machines.find_alias(machine.machine_id, parsed.qualifier)
        if alias is not None:
            return machine, alias
    raise ResourceNotFound("Request references a resource that does not exist.")


def read_routing(call: Call, routes: list[Shape]) -> tuple[StateMachine, Routing]:
    """The machine and the weights in a routing configuration.

    Raises:
        InvalidArn, ValidationException: it is not one to two versions of one machine with weights
            that add up to 100.
        ResourceNotFound: a version is not there.
    """
    arns = [route["stateMachineVersionArn"] for route in routes]
    if not 1 <= len(routes) <= ROUTES_MAX:
        raise ValidationException("Routing configuration must contain one or two items")
    if len(set(arns)) != len(arns):
        raise ValidationException(
            "Routing configuration must contain distinct state machine version ARNs."
            f" Received: [{', '.join(arns)}]"
        )
    weights = [route["weight"] for route in routes]
    if sum(weights) != 100:
        raise ValidationException(
            f"Sum of routing configuration weights must equal 100. Received: {weights}"
        )
    parsed = [parse_machine_arn(arn) for arn in arns]
    if not all(each.qualifier.isdigit() for each in parsed):
        raise ValidationException(
            "Routing configuration must contain state machine version ARNs."
            f" Received: [{', '.join(arns)}]"
        )
    if len({each.base for each in parsed}) > 1:
        raise ValidationException(
            "Routing configuration must contain versions of the same state machine."
            f" Received: [{', '.join(arns)}]"
        )
    machine = find_machine(call, parsed[0].base)
    for each in parsed:
        number = int(each.qualifier)
        if machine is None or not call.tx.state_machines.find_version(machine.machine_id, number):
            raise ResourceNotFound("Request references a resource that does not exist.")
    assert machine is not None
    return machine, tuple(
        (int(each.qualifier), weight) for each, weight in zip(parsed, weights, strict=True)
    )


def show_routing(machine: StateMachine, routing: Routing) -> list[Shape]:
    """A routing configuration as it is answered."""
    return [
        {"stateMachineVersionArn": version_arn(machine, number), "weight": weight}
        for number, weight in routing
    ]
