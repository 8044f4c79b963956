"""AWS::Serverless::Function: the function, its role, and what its properties ask for beside.

AWS: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources-function.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.services.cloudformation.template.sam import (
    deployment,
    function_events,
    invoke_config,
)
from groundstate.services.cloudformation.template.sam.event_target import Needs, Target
from groundstate.services.cloudformation.template.sam.expansion import (
    Expansion,
    InvalidResource,
    check_properties,
    is_function,
    location,
    make_hash,
    own_attributes,
    passed_on,
    s3_members,
    tag_list,
)
from groundstate.services.cloudformation.template.sam.policies import allow, make_role, managed_arn
from groundstate.services.cloudformation.template.sam.references import rename

NAME = "AWS::Serverless::Function"
# Properties that the function has as they are written.
_PLAIN = (
    "Architectures", "CapacityProviderConfig", "CodeSigningConfigArn", "Description",
    "DurableConfig", "Environment", "EphemeralStorage", "FileSystemConfigs", "FunctionName",
    "FunctionScalingConfig", "Handler", "ImageConfig", "KmsKeyArn", "Layers", "LoggingConfig",
    "MemorySize", "PackageType", "PublishToLatestPublished", "RecursiveLoop",
    "ReservedConcurrentExecutions", "Runtime", "RuntimeManagementConfig", "SnapStart",
    "TenancyConfig", "Timeout", "VpcConfig",
)  # fmt: skip
_PROPERTIES = (
    *_PLAIN, "AssumeRolePolicyDocument", "AutoPublishAlias", "AutoPublishAliasAllProperties",
    "AutoPublishCodeSha256", "CodeUri", "DeadLetterQueue", "DeploymentPreference",
    "EventInvokeConfig", "Events", "FunctionUrlConfig", "ImageUri", "InlineCode",
    "PermissionsBoundary", "Policies", "PropagateTags", "ProvisionedConcurrencyConfig", "Role",
    "RolePath", "SourceKMSKeyArn", "Tags", "Tracing", "VersionDeletionPolicy",
    "VersionDescription",
)  # fmt: skip
_QUEUES = ["SQS", "SNS"]
_DEAD_LETTERS = {"SNS": "sns:Publish", "SQS": "sqs:SendMessage"}

# AWS's policies with what every function may do, and what a durable one may do besides.
_RIGHTS = "AWSLambdaBasicExecutionRole"
_DURABLE_RIGHTS = "AWSLambdaBasicDurableExecutionRolePolicy"


def expand_function(expansion: Expansion, logical_id: str, source: Mapping[str, Any]) -> None:
    """Add the function and everything that belongs to it.

    Raises:
        InvalidResource: a property is not as SAM wants it.
    """
    properties = source.get("Properties", {})
    check_properties(logical_id, NAME, properties, _PROPERTIES)
    tags = _tags(properties)
    made = {name: properties[name] for name in _PLAIN if name in properties}
    made["Code"] = _code(logical_id, properties)
    made["Tags"] = tags
    if "Tracing" in properties and properties["Tracing"] != "Disabled":
        made["TracingConfig"] = {"Mode": properties["Tracing"]}
    if "DeadLetterQueue" in properties:
        made["DeadLetterConfig"] = {"TargetArn": _dead_letters(logical_id, properties)[1]}
    role_id = f"{logical_id}Role"
    made["Role"] = properties.get("Role") or {"Fn::GetAtt": [role_id, "Arn"]}
    if "AutoPublishAlias" in properties and "AutoPublishCodeSha256" in properties:
        # A new hash must change the function too, or there would be nothing to publish.
        made.setdefault("Description", expansion.known(properties["AutoPublishCodeSha256"]))
    expansion.add(logical_id, "AWS::Lambda::Function", made, **own_attributes(source))
    target = _publish(expansion, logical_id, source, made)
    needs = Needs()
    invoke_config.add_invoke_config(expansion, target, source, needs)
    _add_url(expansion, target, properties)
    own_inline = needs.inline
    later = function_events.add_events(expansion, target, properties.get("Events", {}))
    if "Role" not in properties:
        role = _role(logical_id, properties, tags, own_inline, later)
        expansion.add(role_id, "AWS::IAM::Role", role, **passed_on(source))


def _tags(properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    own = properties.get("Tags", {})
    # SAM's own tag is left out where the user's tags go to everything that is generated.
    created = {} if properties.get("PropagateTags") else {"lambda:createdBy": "SAM"}
    return tag_list({**created, **own})


def _code(logical_id: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    if properties.get("PackageType") == "Image" or "ImageUri" in properties:
        if "ImageUri" not in properties:
            raise InvalidResource(logical_id, "'ImageUri' must be set.")
        return {"ImageUri": properties["ImageUri"]}
    if "InlineCode" in properties:
        return {"ZipFile": properties["InlineCode"]}
    if "CodeUri" not in properties:
        raise InvalidResource(logical_id, "Only one of 'InlineCode' or 'CodeUri' can be set.")
    if "Runtime" not in properties or "Handler" not in properties:
        raise InvalidResource(
            logical_id,
            "Runtime and Handler needs to be present when PackageType is of type `Zip`",
        )
    code = s3_members(location(logical_id, "CodeUri", properties["CodeUri"]))
    if "SourceKMSKeyArn" in properties:
        code["SourceKMSKeyArn"] = properties["SourceKMSKeyArn"]
    return code


def _dead_letters(logical_id: str, properties: Mapping[str, Any]) -> tuple[str, Any]:
    queue = properties["DeadLetterQueue"]
    if not isinstance(queue, dict) or not {"Type", "TargetArn"} <= set(queue):
        raise InvalidResource(
            logical_id, "'DeadLetterQueue' requires Type and TargetArn properties to be specified."
        )
    if queue["Type"] not in _DEAD_LETTERS:
        raise InvalidResource(logical_id, f"'DeadLetterQueue' requires Type of {_QUEUES}")
    return _DEAD_LETTERS[queue["Type"]], queue["TargetArn"]


def _role(
    logical_id: str,
    properties: Mapping[str, Any],
    tags: list[dict[str, Any]],
    own_inline: list[dict[str, Any]],
    later: Needs,
) -> dict[str, Any]:
    is_durable = bool(properties.get("DurableConfig"))
    managed = [managed_arn(_DURABLE_RIGHTS if is_durable else _RIGHTS)]
    if properties.get("Tracing", "Disabled") != "Disabled":
        managed.append(managed_arn("AWSXrayWriteOnlyAccess"))
    if "VpcConfig" in properties:
        managed.append(managed_arn("AWSLambdaVPCAccessExecutionRole"))
    inline = list(own_inline)
    if "DeadLetterQueue" in properties:
        action, arn = _dead_letters(logical_id, properties)
        policy = allow("DeadLetterQueuePolicy", action, arn)
        policy["PolicyDocument"]["Version"] = "2012-10-17"
        inline.insert(0, policy)
    return make_role(
        f"{logical_id}Role",
        "lambda.amazonaws.com",
        properties,
        tags,
        managed=managed,
        inline=inline,
        managed_last=later.managed,
        inline_last=later.inline,
    )


def _publish(
    expansion: Expansion, logical_id: str, source: Mapping[str, Any], made: Mapping[str, Any]
) -> Target:
    """Add version and alias, if they are asked for; what invokes the function from now on."""
    properties = source.get("Properties", {})
    plain = Target(
        logical_id,
        "Lambda",
        arn={"Fn::GetAtt": [logical_id, "Arn"]},
        name={"Ref": logical_id},
        attributes=passed_on(source),
        qualifier="$LATEST",
    )
    if "AutoPublishAlias" not in properties:
        if "DeploymentPreference" in properties:
            raise InvalidResource(
                logical_id,
                "'DeploymentPreference' requires AutoPublishAlias property to be specified.",
            )
        if "ProvisionedConcurrencyConfig" in properties:
            raise InvalidResource(
                logical_id,
                "To set ProvisionedConcurrencyConfig AutoPublishALias must be defined on the"
                " function",
            )
        return plain
    alias = expansion.known(properties["AutoPublishAlias"])
    if not isinstance(alias, str) or not alias:
        raise InvalidResource(
            logical_id, "'AutoPublishAlias' must be a string or a Ref to a template parameter"
        )
    version_id = f"{logical_id}Version{_version_hash(expansion, properties, made)}"
    # Versions are kept when a newer one takes their place; deleting the function ends them all.
    kept = {"DeletionPolicy": properties.get("VersionDeletionPolicy", "Retain"), **plain.attributes}
    version: dict[str, Any] = {"FunctionName": {"Ref": logical_id}}
    if "VersionDescription" in properties:
        version["Description"] = properties["VersionDescription"]
    expansion.add(version_id, "AWS::Lambda::Version", version, **kept)
    alias_id = f"{logical_id}Alias{alias}"
    published: dict[str, Any] = {
        "Name": alias,
        "FunctionName": {"Ref": logical_id},
        "FunctionVersion": {"Fn::GetAtt": [version_id, "Version"]},
    }
    if "ProvisionedConcurrencyConfig" in properties:
        published["ProvisionedConcurrencyConfig"] = properties["ProvisionedConcurrencyConfig"]
    policy = deployment.add_preference(expansion, logical_id, source)
    expansion.add(
        alias_id, "AWS::Lambda::Alias", published, UpdatePolicy=policy, **plain.attributes
    )
    expansion.names[f"{logical_id}.Alias"] = alias_id
    expansion.names[f"{logical_id}.Version"] = version_id
    reference = {"Ref": alias_id}
    return Target(logical_id, "Lambda", reference, reference, plain.attributes, alias, alias_id)


def _version_hash(
    expansion: Expansion, properties: Mapping[str, Any], made: Mapping[str, Any]
) -> str:
    """What a new version is published for: code, environment and memory, or every property."""
    code_hash = expansion.known(properties.get("AutoPublishCodeSha256"))
    if isinstance(code_hash, str):
        return code_hash[:10]
    if properties.get("AutoPublishAliasAllProperties"):
        kept = made if "Role" in properties else {**made, "Role": None}
        kept = {name: value for name, value in kept.items() if value is not None}
        return make_hash(rename(kept, expansion.names))
    parts = {name: made[name] for name in ("MemorySize", "SnapStart") if name in made}
    if parts.get("SnapStart") == {"ApplyOn": "None"}:
        del parts["SnapStart"]
    return make_hash({**made["Code"], **made.get("Environment", {}), **parts})


def _add_url(expansion: Expansion, target: Target, properties: Mapping[str, Any]) -> None:
    config = properties.get("FunctionUrlConfig")
    if config is None:
        return
    auth_type = expansion.known(config.get("AuthType"))
    if not is_function(auth_type) and auth_type not in ("AWS_IAM", "NONE"):
        raise InvalidResource(
            target.logical_id,
            "AuthType is required to configure function property `FunctionUrlConfig`. Please"
            " provide either AWS_IAM or NONE.",
        )
    url = {"TargetFunctionArn": target.name, **config}
    expansion.add(f"{target.logical_id}Url", "AWS::Lambda::Url", url, **target.attributes)
    if auth_type != "NONE":
        return
    anyone = {"FunctionName": target.name, "Principal": "*"}
    rights: dict[str, dict[str, Any]] = {
        "UrlPublicPermissions": {
            "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE",
        },
        "URLInvokeAllowPublicAccess": {
            "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True,
        },
    }  # fmt: skip
    for suffix, right in rights.items():
        permission = {**right, **anyone}
        expansion.add(
            f"{target.logical_id}{suffix}", "AWS::Lambda::Permission", permission,
            **target.attributes,
        )  # fmt: skip
