"""AWS::Lambda::Alias.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-alias.html
"""

from __future__ import annotations

from typing import Any

from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import pick
from groundstate.services.cloudformation.resources.lambda_concurrency import (
    CONCURRENCY,
    check_concurrency,
    set_concurrency,
)
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Outcome,
    Properties,
    Provision,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType
from groundstate.services.cloudformation.resources.shape import NUMBER, TEXT, Needed


def create_alias(provision: Provision, properties: Properties) -> Outcome:
    """Create the alias."""
    request = pick(properties, ("FunctionName", "Name", "FunctionVersion", "Description"))
    if "RoutingConfig" in properties:
        request["RoutingConfig"] = _routing(properties)
    alias = provision.invoke("lambda", "CreateAlias", request)
    made = Made(alias["AliasArn"], {"AliasArn": alias["AliasArn"]})
    return set_concurrency(provision, made, properties["Name"], {}, properties)


def update_alias(provision: Provision, current: Current, properties: Properties) -> Outcome:
    """Point the alias elsewhere, or provide for more or fewer invocations."""
    request = pick(properties, ("FunctionName", "Name", "FunctionVersion"))
    request["Description"] = properties.get("Description", "")
    request["RoutingConfig"] = _routing(properties)
    provision.invoke("lambda", "UpdateAlias", request)
    made = Made(current.physical_id, current.attributes)
    return set_concurrency(provision, made, properties["Name"], current.properties, properties)


def delete_alias(provision: Provision, current: Current) -> None:
    """Delete the alias; one that is gone already is as good."""
    with gone_is_fine():
        provision.invoke(
            "lambda", "DeleteAlias", pick(current.properties, ("FunctionName", "Name"))
        )


def _routing(properties: Properties) -> dict[str, Any]:
    weights = properties.get("RoutingConfig", {}).get("AdditionalVersionWeights", [])
    return {
        "AdditionalVersionWeights": {
            weight["FunctionVersion"]: weight["FunctionWeight"] for weight in weights
        }
    }


ALIAS = ResourceType(
    name="AWS::Lambda::Alias",
    shape={
        "Description": TEXT,
        "FunctionName": TEXT,
        "FunctionVersion": TEXT,
        "Name": TEXT,
        "ProvisionedConcurrencyConfig": CONCURRENCY,
        "RoutingConfig": {
            "AdditionalVersionWeights": [
                {"FunctionVersion": Needed(TEXT), "FunctionWeight": Needed(NUMBER)}
            ]
        },
    },
    required=("FunctionName", "FunctionVersion", "Name"),
    replaces=frozenset({"FunctionName", "Name"}),
    attributes=("AliasArn",),
    create=create_alias,
    update=update_alias,
    delete=delete_alias,
    check=check_concurrency,
)
