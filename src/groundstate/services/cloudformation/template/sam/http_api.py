"""AWS::Serverless::HttpApi and the events of type HttpApi: an HTTP API and its stage.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-httpapi.html

What is left out of a REST API's definition is left out here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.event_target import Target, add_permission
from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    own_attributes,
    passed_on,
)
from groundstate.services.cloudformation.template.sam.paths import (
    add_method,
    own_condition,
    read_definition,
)

NAME = "AWS::Serverless::HttpApi"
IMPLICIT = "ServerlessHttpApi"
_DEFAULT_STAGE = "$default"
_API = ("Description", "DisableExecuteApiEndpoint", "FailOnWarnings", "Name")
_STAGE = {
    "AccessLogSettings": "AccessLogSettings",
    "DefaultRouteSettings": "DefaultRouteSettings",
    "RouteSettings": "RouteSettings",
    "StageVariables": "StageVariables",
}
_CREATED_BY = {"httpapi:createdBy": "SAM"}


def add_function_event(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Add a route that invokes a function, and API Gateway's right to do so."""
    event_id = f"{target.logical_id}{name}"
    api = properties.get("ApiId", {"Ref": IMPLICIT})
    api_id = api.get("Ref") if isinstance(api, dict) else api
    source = expansion.sources.get(api_id) if isinstance(api_id, str) else None
    if source is None:
        raise InvalidResource(
            event_id, "ApiId must be a valid reference to an 'AWS::Serverless::HttpApi' resource in"
            " same template.",
        )  # fmt: skip
    path = str(properties.get("Path", _DEFAULT_STAGE))
    method = str(properties.get("Method", "any")).lower()
    reference = target.alias_id or f"{target.logical_id}.Arn"
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{reference}}}/invocations"
    )
    integration = {
        "httpMethod": "POST",
        "type": "aws_proxy",
        "uri": {"Fn::Sub": uri},
        "payloadFormatVersion": properties.get("PayloadFormatVersion", "2.0"),
    }
    added: dict[str, Any] = {"x-amazon-apigateway-integration": integration, "responses": {}}
    if path == _DEFAULT_STAGE:
        added["isDefaultRoute"] = True
    if source.get("Type") == NAME and "DefinitionUri" not in source.get("Properties", {}):
        own = source.setdefault("Properties", {})
        body = own.setdefault("DefinitionBody", _empty_body())
        add_method(body, path, method, added, own_condition(target))
    route = "*" if path == _DEFAULT_STAGE else f"*{path}" if method == "any" else None
    shown = route or f"{method.upper()}{path}"
    arn = (
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}"
        f"/${{__Stage__}}/{shown}"
    )
    allowed = {"Fn::Sub": [arn, {"__ApiId__": {"Ref": api_id}, "__Stage__": "*"}]}
    add_permission(
        expansion, target, f"{event_id}Permission", "apigateway.amazonaws.com", SourceArn=allowed
    )


def expand_http_api(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add the API and its stage.

    Raises:
        InvalidResource: it has two definitions.
    """
    properties = source.get("Properties", {})
    api = {
        **{name: properties[name] for name in _API if name in properties},
        **read_definition(logical_id, properties, _empty_body()),
    }
    if "CorsConfiguration" in properties and properties["CorsConfiguration"] is not True:
        api["CorsConfiguration"] = properties["CorsConfiguration"]
    tags = {**properties.get("Tags", {}), **_CREATED_BY}
    stage_name = properties.get("StageName", _DEFAULT_STAGE)
    suffix = stage_name if isinstance(stage_name, str) else ""
    if stage_name == _DEFAULT_STAGE:
        suffix = "ApiGatewayDefault"
    stage: dict[str, Any] = {
        "ApiId": {"Ref": logical_id},
        "StageName": stage_name,
        "Tags": tags,
        "AutoDeploy": True,
    }
    stage.update((_STAGE[name], properties[name]) for name in _STAGE if name in properties)
    expansion.add(logical_id, "AWS::ApiGatewayV2::Api", api, **own_attributes(source))
    stage_id = f"{logical_id}{suffix}Stage"
    expansion.add(stage_id, "AWS::ApiGatewayV2::Stage", stage, **passed_on(source))
    expansion.names[f"{logical_id}.Stage"] = stage_id


def make_implicit(shared: Mapping[str, Any]) -> dict[str, Any]:
    """The API of events that name none."""
    return {"Type": NAME, "Properties": dict(shared)}


def _empty_body() -> dict[str, Any]:
    info = {"version": "1.0", "title": {"Ref": "AWS::StackName"}}
    return {"openapi": "3.0.1", "info": info, "paths": {}}
