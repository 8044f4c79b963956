"""AWS::Lambda::EventInvokeConfig.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html
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
from groundstate.services.cloudformation.resources.shape import INTEGER, TEXT, Needed


def put_config(provision: Provision, properties: Properties) -> Made:
    """Put the settings for asynchronous invocations."""
    provision.invoke("lambda", "PutFunctionEventInvokeConfig", properties)
    return Made(provision.make_name(128))


def update_config(provision: Provision, current: Current, properties: Properties) -> Made:
    """Put the settings anew, all of them."""
    provision.invoke("lambda", "PutFunctionEventInvokeConfig", properties)
    return Made(current.physical_id)


def delete_config(provision: Provision, current: Current) -> None:
    """Take the settings away."""
    with gone_is_fine():
        request = pick(current.properties, ("FunctionName", "Qualifier"))
        provision.invoke("lambda", "DeleteFunctionEventInvokeConfig", request)


EVENT_INVOKE_CONFIG = ResourceType(
    name="AWS::Lambda::EventInvokeConfig",
    shape={
        "DestinationConfig": {
            "OnFailure": {"Destination": Needed(TEXT)},
            "OnSuccess": {"Destination": Needed(TEXT)},
        },
        "FunctionName": TEXT,
        "MaximumEventAgeInSeconds": INTEGER,
        "MaximumRetryAttempts": INTEGER,
        "Qualifier": TEXT,
    },
    required=("FunctionName", "Qualifier"),
    replaces=frozenset({"FunctionName", "Qualifier"}),
    create=put_config,
    update=update_config,
    delete=delete_config,
)
