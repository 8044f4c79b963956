"""The Globals section: properties that all resources of a type begin with.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam.expansion import is_function

# The properties that Globals may give, by section; the order is that of SAM's messages.
_SECTIONS: dict[str, tuple[str, ...]] = {
    "Api": (
        "Auth", "Name", "DefinitionUri", "CacheClusterEnabled", "CacheClusterSize",
        "MergeDefinitions", "Variables", "EndpointConfiguration", "MethodSettings",
        "BinaryMediaTypes", "MinimumCompressionSize", "Cors", "GatewayResponses",
        "AccessLogSetting", "CanarySetting", "TracingEnabled", "OpenApiVersion", "Domain",
        "AlwaysDeploy", "PropagateTags", "SecurityPolicy", "EndpointAccessMode",
    ),
    "Function": (
        "Handler", "Runtime", "CodeUri", "DeadLetterQueue", "Description", "MemorySize", "Timeout",
        "VpcConfig", "Environment", "Tags", "PropagateTags", "Tracing", "KmsKeyArn",
        "AutoPublishAlias", "AutoPublishAliasAllProperties", "Layers", "DeploymentPreference",
        "RolePath", "PermissionsBoundary", "ReservedConcurrentExecutions",
        "ProvisionedConcurrencyConfig", "AssumeRolePolicyDocument", "EventInvokeConfig",
        "FileSystemConfigs", "CodeSigningConfigArn", "Architectures", "SnapStart",
        "EphemeralStorage", "FunctionUrlConfig", "RuntimeManagementConfig", "LoggingConfig",
        "RecursiveLoop", "SourceKMSKeyArn", "TenancyConfig", "DurableConfig",
        "CapacityProviderConfig", "FunctionScalingConfig", "PublishToLatestPublished",
        "VersionDeletionPolicy",
    ),
    "HttpApi": (
        "Auth", "AccessLogSettings", "StageVariables", "Tags", "CorsConfiguration",
        "DefaultRouteSettings", "Domain", "RouteSettings", "FailOnWarnings", "PropagateTags",
    ),
    "LayerVersion": ("PublishLambdaVersion",),
    "SimpleTable": ("SSESpecification",),
    "StateMachine": ("PropagateTags",),
}  # fmt: skip


class InvalidGlobals(Exception):
    """The Globals section is not as SAM wants it; the text is SAM's."""


def apply_globals(
    body: Mapping[str, Any],
) -> tuple[dict[str, dict[str, Any]], Mapping[str, Mapping[str, Any]]]:
    """The template's resources with what Globals gives them, and the section itself.

    Raises:
        InvalidGlobals: it has a type or a property that SAM does not know.
    """
    shared = body.get("Globals", {})
    _check(shared)
    resources = {}
    for logical_id, resource in body.get("Resources", {}).items():
        kind = resource.get("Type") if isinstance(resource, dict) else None
        section = kind.removeprefix("AWS::Serverless::") if isinstance(kind, str) else ""
        is_shared = section in shared and kind != section
        resources[logical_id] = _begin_with(shared[section], resource) if is_shared else resource
    return resources, shared


def merge(shared: Any, own: Any) -> Any:
    """Objects join, lists follow each other, and else the resource's own value holds."""
    if isinstance(shared, dict) and isinstance(own, dict):
        if is_function(shared) or is_function(own):
            return own
        joined = dict(shared)
        for name, value in own.items():
            joined[name] = merge(shared[name], value) if name in shared else value
        return joined
    if isinstance(shared, list) and isinstance(own, list):
        return [*shared, *own]
    return own


def _begin_with(shared: Mapping[str, Any], resource: Mapping[str, Any]) -> dict[str, Any]:
    ignored = resource.get("IgnoreGlobals", [])
    taken = {
        name: value for name, value in shared.items() if ignored != "*" and name not in ignored
    }
    left = {name: value for name, value in resource.items() if name != "IgnoreGlobals"}
    return {**left, "Properties": merge(taken, resource.get("Properties", {}))}


def _check(shared: Any) -> None:
    if not isinstance(shared, dict):
        raise InvalidGlobals("'Globals' section is invalid. It must be a non-empty dictionary")
    for section, properties in shared.items():
        if section not in _SECTIONS:
            raise InvalidGlobals(
                f"'Globals' section is invalid. '{section}' is not supported. Must be one of the"
                f" following values - {list(_SECTIONS)}"
            )
        if not isinstance(properties, dict):
            raise InvalidGlobals(
                "'Globals' section is invalid. Value of ${section} must be a dictionary"
            )
        for name in properties:
            if name not in _SECTIONS[section]:
                raise InvalidGlobals(
                    f"'Globals' section is invalid. '{name}' is not a supported property of"
                    f" '{section}'. Must be one of the following values -"
                    f" {list(_SECTIONS[section])}"
                )
