"""ListStateMachines: the machines of this region.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListStateMachines.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.paging import make_token, page_size, read_token


def list_state_machines(call: Call, request: Shape) -> Shape:
    """List machines by name, a page at a time.

    Raises:
        InvalidToken: a token of another list.
    """
    size = page_size(request)
    after = read_token("machines", request.get("nextToken"))
    found = call.tx.state_machines.list_page(call.region, str(after or ""), size + 1)
    answer: Shape = {
        "stateMachines": [
            {
                "stateMachineArn": machine.arn,
                "name": machine.name,
                "type": machine.type,
                "creationDate": machine.created_at,
            }
            for machine in found[:size]
        ]
    }
    if len(found) > size:
        answer["nextToken"] = make_token("machines", found[size - 1].arn)
    return answer
