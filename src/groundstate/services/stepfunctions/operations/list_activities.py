"""ListActivities: the activities of this region.

AWS: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListActivities.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.stepfunctions.paging import make_token, page_size, read_token


def list_activities(call: Call, request: Shape) -> Shape:
    """List activities by name, a page at a time.

    Raises:
        InvalidToken.
    """
    size = page_size(request)
    after = read_token("activities", request.get("nextToken"))
    found = call.tx.activities.list_page(call.region, str(after or ""), size + 1)
    answer: Shape = {
        "activities": [
            {
                "activityArn": activity.arn,
                "name": activity.name,
                "creationDate": activity.created_at,
            }
            for activity in found[:size]
        ]
    }
    if len(found) > size:
        answer["nextToken"] = make_token("activities", found[size - 1].arn)
    return answer
