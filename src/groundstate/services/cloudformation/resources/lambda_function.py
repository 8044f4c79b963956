"""AWS::Lambda::Function.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-function.html
"""

from __future__ import annotations

import io
import zipfile
from typing import Any

from groundstate.services.cloudformation.resources import cfn_response
from groundstate.services.cloudformation.resources.absence import gone_is_fine
from groundstate.services.cloudformation.resources.fields import (
    pick,
    tag_changes,
    tags_as_map,
)
from groundstate.services.cloudformation.resources.provision import (
    Current,
    Made,
    Properties,
    Provision,
    ProvisionFailed,
)
from groundstate.services.cloudformation.resources.resource_type import ResourceType, changed_names
from groundstate.services.cloudformation.resources.shape import (
    ANY,
    BOOLEAN,
    INTEGER,
    LAMBDA_TAGS,
    TEXT,
    MapOf,
    Needed,
)

_NAME_LENGTH_MAX = 64
# A fixed time makes the same inline code the same package, so that nothing seems to have changed.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

# Settings that go to CreateFunction and UpdateFunctionConfiguration, with what AWS resets them to.
_SETTINGS: dict[str, Any] = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "DurableConfig": None,
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "FileSystemConfigs": [],
    "Handler": None,
    "ImageConfig": {},
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {"LogFormat": "Text"},
    "MemorySize": 128,
    "Role": None,
    "Runtime": None,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}
# What the Lambda service here does not have; a function deploys without it, and is told so.
_WITHOUT_EFFECT = (
    "CapacityProviderConfig",
    "CodeSigningConfigArn",
    "FunctionScalingConfig",
    "PublishToLatestPublished",
    "TenancyConfig",
)
_COMPARED = ("Description", "Environment", "Handler", "MemorySize", "Role", "Runtime", "Timeout")
_CODE = ("S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri")

SHAPE = {
    "Architectures": [TEXT],
    "CapacityProviderConfig": ANY,
    "Code": {
        "ImageUri": TEXT,
        "S3Bucket": TEXT,
        "S3Key": TEXT,
        "S3ObjectStorageMode": TEXT,
        "S3ObjectVersion": TEXT,
        "SourceKMSKeyArn": TEXT,
        "ZipFile": TEXT,
    },
    "CodeSigningConfigArn": TEXT,
    "DeadLetterConfig": {"TargetArn": TEXT},
    "Description": TEXT,
    "DurableConfig": {
        "ExecutionTimeout": Needed(INTEGER),
        "KMSKeyArn": TEXT,
        "RetentionPeriodInDays": INTEGER,
    },
    "Environment": {"Variables": MapOf(TEXT)},
    "EphemeralStorage": {"Size": Needed(INTEGER)},
    "FileSystemConfigs": [ANY],
    "FunctionName": TEXT,
    "FunctionScalingConfig": ANY,
    "Handler": TEXT,
    "ImageConfig": ANY,
    "KmsKeyArn": TEXT,
    "Layers": [TEXT],
    "LoggingConfig": {
        "ApplicationLogLevel": TEXT,
        "LogFormat": TEXT,
        "LogGroup": TEXT,
        "SystemLogLevel": TEXT,
    },
    "MemorySize": INTEGER,
    "PackageType": TEXT,
    "PublishToLatestPublished": BOOLEAN,
    "RecursiveLoop": TEXT,
    "ReservedConcurrentExecutions": INTEGER,
    "Role": TEXT,
    "Runtime": TEXT,
    "RuntimeManagementConfig": ANY,
    "SnapStart": {"ApplyOn": Needed(TEXT)},
    "Tags": LAMBDA_TAGS,
    "TenancyConfig": ANY,
    "Timeout": INTEGER,
    "TracingConfig": {"Mode": TEXT},
    "VpcConfig": {
        "Ipv6AllowedForDualStack": BOOLEAN,
        "SecurityGroupIds": [TEXT],
        "SubnetIds": [TEXT],
    },
}


def create_function(provision: Provision, properties: Properties) -> Made:
    """Create the function from its package."""
    name = properties.get("FunctionName") or provision.make_name(_NAME_LENGTH_MAX, mixed=True)
    request = pick(properties, (*_SETTINGS, "Architectures", "PackageType"))
    request["FunctionName"] = name
    request["Code"] = _code(properties)
    tags = tags_as_map(properties.get("Tags"))
    if tags:
        request["Tags"] = tags
    provision.invoke("lambda", "CreateFunction", request)
    _set_concurrency(provision, name, {}, properties)
    _set_configurations(provision, name, {}, properties)
    return _describe(provision, name)


def update_function(provision: Provision, current: Current, properties: Properties) -> Made:
    """Change code and settings in place."""
    name, before = current.physical_id, current.properties
    changed = changed_names(before, properties)
    settings = {
        setting: properties.get(setting, reset)
        for setting, reset in _SETTINGS.items()
        if setting in changed and properties.get(setting, reset) is not None
    }
    if settings:
        request = {"FunctionName": name, **settings}
        provision.invoke("lambda", "UpdateFunctionConfiguration", request)
    if "Code" in changed or "Architectures" in changed:
        request = {"FunctionName": name, **_code(properties)}
        if "Architectures" in properties:
            request["Architectures"] = properties["Architectures"]
        provision.invoke("lambda", "UpdateFunctionCode", request)
    _set_concurrency(provision, name, before, properties)
    _set_configurations(provision, name, before, properties)
    _set_tags(provision, name, before, properties)
    return _describe(provision, name)


def delete_function(provision: Provision, current: Current) -> None:
    """Delete the function; one that is gone already is as good."""
    with gone_is_fine():
        provision.invoke("lambda", "DeleteFunction", {"FunctionName": current.physical_id})


def read_function(provision: Provision, current: Current) -> Properties:
    """The function's settings as they are; its code is not compared, as on AWS."""
    request = {"FunctionName": current.physical_id}
    answer = provision.invoke("lambda", "GetFunctionConfiguration", request)
    return {name: answer[name] for name in _COMPARED if name in answer}


def adopt_function(provision: Provision, identifier: str, properties: Properties) -> Made:
    """Take over a function that is there."""
    return _describe(provision, identifier)


def _code(properties: Properties) -> dict[str, Any]:
    code = properties["Code"]
    if "ZipFile" in code:
        return {"ZipFile": _zip_inline(code["ZipFile"], properties.get("Runtime", ""))}
    return pick(code, _CODE)


def _zip_inline(source: str, runtime: str) -> bytes:
    """Inline code as a package: the file that AWS makes of it, and what it asks for beside it."""
    if runtime.startswith("python"):
        name = "index.py"
    elif runtime.startswith("nodejs"):
        name = "index.js"
    else:
        raise ProvisionFailed(
            f"ZipFile can only be used when Runtime is set to either of nodejs or python, not"
            f" {runtime}"
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in {name: source, **cfn_response.find_modules(source, runtime)}.items():
            entry = zipfile.ZipInfo(path, _ZIP_TIME)
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text)
    return buffer.getvalue()


def _set_concurrency(
    provision: Provision, name: str, before: Properties, after: Properties
) -> None:
    reserved = after.get("ReservedConcurrentExecutions")
    if reserved == before.get("ReservedConcurrentExecutions"):
        return
    request: dict[str, Any] = {"FunctionName": name}
    if reserved is None:
        provision.invoke("lambda", "DeleteFunctionConcurrency", request)
    else:
        request["ReservedConcurrentExecutions"] = reserved
        provision.invoke("lambda", "PutFunctionConcurrency", request)


def _set_configurations(
    provision: Provision, name: str, before: Properties, after: Properties
) -> None:
    """Set what has an operation of its own."""
    loop, management = after.get("RecursiveLoop"), after.get("RuntimeManagementConfig")
    if loop != before.get("RecursiveLoop"):
        request: dict[str, Any] = {"FunctionName": name, "RecursiveLoop": loop or "Terminate"}
        provision.invoke("lambda", "PutFunctionRecursionConfig", request)
    if management != before.get("RuntimeManagementConfig"):
        request = {"FunctionName": name, **(management or {"UpdateRuntimeOn": "Auto"})}
        provision.invoke("lambda", "PutRuntimeManagementConfig", request)
    foreign = [arn for arn in after.get("Layers", []) if arn.split(":")[4:5] != [provision.account]]
    if foreign and after.get("Layers") != before.get("Layers"):
        listed = ", ".join(foreign)
        provision.note(
            f"Not here, since of another account; the function's log says more: {listed}"
        )


def _set_tags(provision: Provision, name: str, before: Properties, after: Properties) -> None:
    arn = provision.arn("lambda", f"function:{name}")
    to_set, to_remove = tag_changes(tags_as_map(before.get("Tags")), tags_as_map(after.get("Tags")))
    if to_set:
        provision.invoke("lambda", "TagResource", {"Resource": arn, "Tags": to_set})
    if to_remove:
        provision.invoke("lambda", "UntagResource", {"Resource": arn, "TagKeys": to_remove})


def _describe(provision: Provision, name: str) -> Made:
    arn = provision.arn("lambda", f"function:{name}")
    request = {"FunctionName": name}
    snap_start = provision.invoke("lambda", "GetFunctionConfiguration", request)["SnapStart"]
    shown = {f"SnapStartResponse.{member}": value for member, value in snap_start.items()}
    return Made(name, {"Arn": arn, **shown})


FUNCTION = ResourceType(
    name="AWS::Lambda::Function",
    shape=SHAPE,
    required=("Code", "Role"),
    replaces=frozenset({"FunctionName", "PackageType"}),
    replaces_if_new=frozenset({"DurableConfig"}),
    name_property="FunctionName",
    without_effect=_WITHOUT_EFFECT,
    attributes=("Arn", "SnapStartResponse.ApplyOn", "SnapStartResponse.OptimizationStatus"),
    tags="list",
    create=create_function,
    update=update_function,
    delete=delete_function,
    adopt=adopt_function,
    read_actual=read_function,
    compared=frozenset(_COMPARED),
    identifier="FunctionName",
)
