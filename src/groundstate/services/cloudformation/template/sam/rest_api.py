"""AWS::Serverless::Api and the events of type Api: a REST API, its deployment and its stage.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-api.html

API Gateway is not run here, so what is made of an API is what other resources can refer to, and
a definition with its paths. Authorizers, CORS answers, domains and usage plans are left out.
"""

from __future__ import annotations

import hashlib
import json
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
from groundstate.services.cloudformation.template.sam.rules import add_start_role

NAME = "AWS::Serverless::Api"
IMPLICIT = "ServerlessRestApi"
_API = (
    "ApiKeySourceType", "BinaryMediaTypes", "Description", "DisableExecuteApiEndpoint",
    "FailOnWarnings", "Mode", "Name", "Policy",
)  # fmt: skip
_STAGE = (
    "AccessLogSetting", "CacheClusterEnabled", "CacheClusterSize", "CanarySetting",
    "MethodSettings", "TracingEnabled", "Variables",
)  # fmt: skip


def add_function_event(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Add a path that invokes a function, and API Gateway's right to do so."""
    api, method, path = _add_path(expansion, target, name, properties, _invocation(target))
    shown = "*" if method == "any" else method.upper()
    stage = _stage_suffix(expansion, expansion.sources[api])
    arn = (
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}"
        f"/${{__Stage__}}/{shown}{_without_parameters(path)}"
    )
    source = {"Fn::Sub": [arn, {"__ApiId__": {"Ref": api}, "__Stage__": "*"}]}
    add_permission(
        expansion,
        target,
        f"{target.logical_id}{name}Permission{stage}",
        "apigateway.amazonaws.com",
        SourceArn=source,
    )


def add_state_machine_event(
    expansion: Expansion, target: Target, name: str, properties: Mapping[str, Any]
) -> None:
    """Add a path that starts an execution, with the role for it."""
    prefix = f"{target.logical_id}{name}"
    role = add_start_role(expansion, target, prefix, "apigateway.amazonaws.com")
    uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution"
    template = (
        '{"input": "$util.escapeJavaScript($input.json(\'$\'))", "stateMachineArn": "${'
        + (target.alias_id or target.logical_id)
        + '}"}'
    )
    integration = {
        "type": "aws",
        "httpMethod": "POST",
        "uri": {"Fn::Sub": uri},
        "credentials": role,
        "requestTemplates": {"application/json": {"Fn::Sub": template}},
        "responses": {"200": {"statusCode": "200"}, "400": {"statusCode": "400"}},
    }
    _add_path(expansion, target, name, properties, integration)


def expand_api(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add the API, its deployment and its stage.

    Raises:
        InvalidResource: it has no stage's name, or two definitions.
    """
    properties = source.get("Properties", {})
    if "StageName" not in properties:
        raise InvalidResource(logical_id, "Missing required property 'StageName'.")
    api = {
        **{name: properties[name] for name in _API if name in properties},
        **read_definition(logical_id, properties, _empty_body()),
    }
    if "EndpointConfiguration" in properties:
        endpoint = properties["EndpointConfiguration"]
        if isinstance(endpoint, dict) and "Type" in endpoint:
            endpoint = endpoint["Type"]
        api["EndpointConfiguration"] = {"Types": [endpoint]}
    digest = hashlib.sha1(json.dumps(api, sort_keys=True).encode(), usedforsecurity=False)
    deployment_id = f"{logical_id}Deployment{digest.hexdigest()[:10]}"
    stage_id = f"{logical_id}{_stage_suffix(expansion, source)}Stage"
    reference = {"Ref": logical_id}
    attributes = passed_on(source)
    expansion.add(logical_id, "AWS::ApiGateway::RestApi", api, **own_attributes(source))
    deployment = {
        "Description": f"RestApi deployment id: {digest.hexdigest()}",
        "RestApiId": reference,
        "StageName": "Stage",
    }
    expansion.add(deployment_id, "AWS::ApiGateway::Deployment", deployment, **attributes)
    stage = {
        "DeploymentId": {"Ref": deployment_id},
        "RestApiId": reference,
        "StageName": properties["StageName"],
        **{name: properties[name] for name in _STAGE if name in properties},
    }
    expansion.add(stage_id, "AWS::ApiGateway::Stage", stage, **attributes)
    expansion.names[f"{logical_id}.Deployment"] = deployment_id
    expansion.names[f"{logical_id}.Stage"] = stage_id


def make_implicit(shared: Mapping[str, Any]) -> dict[str, Any]:
    """The API of events that name none."""
    return {"Type": NAME, "Properties": {**shared, "StageName": "Prod"}}


def _empty_body() -> dict[str, Any]:
    info = {"version": "1.0", "title": {"Ref": "AWS::StackName"}}
    return {"swagger": "2.0", "info": info, "paths": {}}


def _stage_suffix(expansion: Expansion, source: Mapping[str, Any]) -> str:
    """What a stage's name adds to logical ids: nothing if it is known only to CloudFormation."""
    name = source.get("Properties", {}).get("StageName")
    return name if isinstance(name, str) else ""


def _invocation(target: Target) -> dict[str, Any]:
    reference = target.alias_id or f"{target.logical_id}.Arn"
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{reference}}}/invocations"
    )
    return {"httpMethod": "POST", "type": "aws_proxy", "uri": {"Fn::Sub": uri}}


def _add_path(
    expansion: Expansion,
    target: Target,
    name: str,
    properties: Mapping[str, Any],
    integration: dict[str, Any],
) -> tuple[str, str, str]:
    """Add a method of a path to an API's definition: the API's logical id, method and path."""
    event_id = f"{target.logical_id}{name}"
    for member in ("Path", "Method"):
        if member not in properties:
            raise InvalidResource(
                target.logical_id,
                f"Event with id [{name}] is invalid. Event is missing key '{member}'.",
            )
    api = properties.get("RestApiId", {"Ref": IMPLICIT})
    api_id = api.get("Ref") if isinstance(api, dict) else api
    if not isinstance(api_id, str) or api_id not in expansion.sources:
        raise InvalidResource(
            event_id, "RestApiId property of Api event must reference a valid resource in the"
            " same template.",
        )  # fmt: skip
    method, path = str(properties["Method"]).lower(), str(properties["Path"])
    source = expansion.sources[api_id]
    if source.get("Type") == NAME:
        own = source.setdefault("Properties", {})
        body = own.setdefault("DefinitionBody", _empty_body()) if "DefinitionUri" not in own else {}
        added = {"x-amazon-apigateway-integration": integration, "responses": {}}
        add_method(body, path, method, added, own_condition(target))
    return api_id, method, path


def _without_parameters(path: str) -> str:
    """A path as permissions have it: `/items/{id}` is `/items/*`."""
    parts = ["*" if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)
