"""AWS::Lambda::Url.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import BOOLEAN, INTEGER, TEXT


def create_url(provision: Provision, properties: Properties) -> Made:
    """Give the function a URL."""
    answer = provision.invoke("lambda", "CreateFunctionUrlConfig", _request(properties))
    return _made(answer)


def update_url(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change the URL's settings."""
    request = _request(properties)
    if "Cors" in current.properties:
        request.setdefault("Cors", {})
    return _made(provision.invoke("lambda", "UpdateFunctionUrlConfig", request))


def delete_url(provision: Provision, current: Current) -> None:
    """Take the URL away."""
    with gone_is_fine():
        properties = current.properties
        request = {
            "FunctionName": properties["TargetFunctionArn"],
            **pick(properties, ("Qualifier",)),
        }
        provision.invoke("lambda", "DeleteFunctionUrlConfig", request)


def _request(properties: Properties) -> dict[str, Any]:
    members = pick(properties, ("AuthType", "Cors", "InvokeMode", "Qualifier"))
    return {"FunctionName": properties["TargetFunctionArn"], **members}


def _made(answer: dict[str, Any]) -> Made:
    arn = answer["FunctionArn"]
    return Made(arn, {"FunctionArn": arn, "FunctionUrl": answer["FunctionUrl"]})


URL = ResourceType(
    name="AWS::Lambda::Url",
    shape={
        "AuthType": TEXT,
        "Cors": {
            "AllowCredentials": BOOLEAN,
            "AllowHeaders": [TEXT],
            "AllowMethods": [TEXT],
            "AllowOrigins": [TEXT],
            "ExposeHeaders": [TEXT],
            "MaxAge": INTEGER,
        },
        "InvokeMode": TEXT,
        "Qualifier": TEXT,
        "TargetFunctionArn": TEXT,
    },
    required=("AuthType", "TargetFunctionArn"),
    replaces=frozenset({"Qualifier", "TargetFunctionArn"}),
    attributes=("FunctionArn", "FunctionUrl"),
    create=create_url,
    update=update_url,
    delete=delete_url,
)
