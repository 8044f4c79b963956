"""ListStateMachineAliases: the aliases of a machine or of one of its versions.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineAliases.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.machines import alias_arn, find_machine, no_machine
from groundstate.services.stepfunctions.paging import make_token, page_size, read_token


def list_state_machine_aliases(call: Call, request: Shape) -> Shape:
    """List aliases by name, a page at a time.

    Raises:
        InvalidArn, InvalidToken, StateMachineDoesNotExist.
    """
    parsed = parse_machine_arn(request["stateMachineArn"])
    size = page_size(request)
    after = read_token("aliases", request.get("nextToken"))
    machine = find_machine(call, parsed.base)
    if machine is None:
        raise no_machine(request["stateMachineArn"])
    found = call.tx.state_machines.list_aliases(machine.machine_id, str(after or ""))
    if parsed.qualifier:
        number = int(parsed.qualifier) if parsed.qualifier.isdigit() else -1
        found = [alias for alias in found if number in dict(alias.routing)]
    answer: Shape = {
        "stateMachineAliases": [
            {
                "stateMachineAliasArn": alias_arn(machine, alias.name),
                "creationDate": alias.created_at,
            }
            for alias in found[:size]
        ]
    }
    if len(found) > size:
        answer["nextToken"] = make_token("aliases", found[size - 1].name)
    return answer
