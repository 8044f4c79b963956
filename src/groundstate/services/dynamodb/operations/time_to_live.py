"""UpdateTimeToLive, DescribeTimeToLive: which attribute tells when an item expires.

AWS: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.dynamodb import expiry
from groundstate.services.dynamodb.errors import ValidationException
from groundstate.services.dynamodb.tables import get_table_to_manage, save_table
from groundstate.services.dynamodb.validation.checker import Checker
from groundstate.services.dynamodb.validation.shapes import BOOLEAN, STRING, Member, structure
from groundstate.services.dynamodb.validation.table_inputs import MANAGED_NAME

_UPDATE = Checker(
    TableName=MANAGED_NAME,
    TimeToLiveSpecification=Member(
        structure(
            "TimeToLiveSpecification",
            AttributeName=Member(STRING, required=True, shortest=1, longest=255),
            Enabled=Member(BOOLEAN, required=True),
        ),
        required=True,
    ),
)
_DESCRIBE = Checker(TableName=MANAGED_NAME)


def update_time_to_live(call: Call, request: Shape) -> Shape:
    """Let items expire, or no more.

    Raises:
        ResourceNotFoundException: there is no such table.
        ValidationException: it is so already, or by another attribute, or still being enabled.
    """
    request = _UPDATE.check(request).request
    specification = request["TimeToLiveSpecification"]
    table = get_table_to_manage(call, request["TableName"])
    if "NotedTo" in table.settings.get("TimeToLive", {}):
        raise ValidationException(
            "Time to live has been modified multiple times within a fixed interval"
        )
    if specification["Enabled"]:
        if table.time_to_live is not None:
            if table.time_to_live != specification["AttributeName"]:
                raise ValidationException(
                    "TimeToLive is active on a different AttributeName: current AttributeName is"
                    f" {table.time_to_live}"
                )
            raise ValidationException("TimeToLive is already enabled")
    elif table.time_to_live is None:
        raise ValidationException("TimeToLive is already disabled")
    elif table.time_to_live != specification["AttributeName"]:
        raise ValidationException(
            "TimeToLive is active on a different AttributeName: current AttributeName is"
            f" {table.time_to_live}"
        )
    settings = {**table.settings, "TimeToLive": specification}
    changed = save_table(call, table, table.definition, settings)
    if specification["Enabled"]:
        expiry.start(call, changed)
    else:
        expiry.stop(call, changed)
    return {"TimeToLiveSpecification": specification}


def describe_time_to_live(call: Call, request: Shape) -> Shape:
    """Tell whether items expire, and by which attribute.

    Raises:
        ResourceNotFoundException: there is no such table.
    """
    request = _DESCRIBE.check(request).request
    table = get_table_to_manage(call, request["TableName"])
    if table.time_to_live is None:
        return {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    is_enabling = "NotedTo" in table.settings["TimeToLive"]
    return {
        "TimeToLiveDescription": {
            "TimeToLiveStatus": "ENABLING" if is_enabling else "ENABLED",
            "AttributeName": table.time_to_live,
        }
    }
