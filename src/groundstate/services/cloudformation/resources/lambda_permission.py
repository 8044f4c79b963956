"""AWS::Lambda::Permission.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-permission.html
"""

from __future__ import annotations

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import BOOLEAN, TEXT

_ID_LENGTH_MAX = 100


SHAPE = {
    "Action": TEXT,
    "EventSourceToken": TEXT,
    "FunctionName": TEXT,
    "FunctionUrlAuthType": TEXT,
    "InvokedViaFunctionUrl": BOOLEAN,
    "Principal": TEXT,
    "PrincipalOrgID": TEXT,
    "SourceAccount": TEXT,
    "SourceArn": TEXT,
}


def create_permission(provision: Provision, properties: Properties) -> Made:
    """Add a statement to the function's policy."""
    statement_id = provision.make_name(_ID_LENGTH_MAX, mixed=True)
    request = pick(properties, SHAPE)
    request["StatementId"] = statement_id
    provision.invoke("lambda", "AddPermission", request)
    return Made(statement_id, {"Id": statement_id})


def delete_permission(provision: Provision, current: Current) -> None:
    """Take the statement away; if it or the function is gone, that is as good."""
    request = {
        "FunctionName": current.properties["FunctionName"],
        "StatementId": current.physical_id,
    }
    with gone_is_fine():
        provision.invoke("lambda", "RemovePermission", request)


PERMISSION = ResourceType(
    name="AWS::Lambda::Permission",
    shape=SHAPE,
    required=("Action", "FunctionName", "Principal"),
    attributes=("Id",),
    create=create_permission,
    delete=delete_permission,
)
