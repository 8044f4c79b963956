"""ListStateMachineVersions: a machine's versions, the newest first.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachineVersions.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.arns import parse_machine_arn
from groundstate.services.stepfunctions.machines import find_machine, version_arn
from groundstate.services.stepfunctions.paging import make_token, page_size, read_token
from groundstate.services.stepfunctions.versions import NEWEST


def list_state_machine_versions(call: Call, request: Shape) -> Shape:
    """List versions, a page at a time; a machine that is not there has none.

    Raises:
        InvalidArn, InvalidToken.
    """
    parsed = parse_machine_arn(request["stateMachineArn"])
    size = page_size(request)
    position = read_token("versions", request.get("nextToken"))
    machine = find_machine(call, parsed.base)
    if machine is None:
        return {"stateMachineVersions": []}
    before = int(position) if position is not None else NEWEST
    found = call.tx.state_machines.list_versions(machine.machine_id, before, size + 1)
    answer: Shape = {
        "stateMachineVersions": [
            {
                "stateMachineVersionArn": version_arn(machine, version.number),
                "creationDate": version.created_at,
            }
            for version in found[:size]
        ]
    }
    if len(found) > size:
        answer["nextToken"] = make_token("versions", found[size - 1].number)
    return answer
