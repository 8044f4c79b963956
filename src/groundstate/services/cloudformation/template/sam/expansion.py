"""What a transform has made so far, and what the files of this package share.

The logical ids of what is generated are documented, since templates refer to them:
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

NO_VALUE = {"Ref": "AWS::NoValue"}
_HASH_LENGTH = 10
# Properties that are objects wherever a type has them.
_OBJECTS = (
    "DeadLetterConfig", "DeadLetterQueue", "DefinitionSubstitutions", "DeploymentPreference",
    "DestinationConfig", "EventInvokeConfig", "FunctionUrlConfig", "PrimaryKey", "Tags",
    "Target",
)  # fmt: skip


class InvalidResource(Exception):
    """A resource, or an event of one, is not as SAM wants it."""

    def __init__(self, logical_id: str, problem: str) -> None:
        super().__init__(logical_id, problem)
        self.message = f"Resource with id [{logical_id}] is invalid. {problem}"


class Expansion:
    """The template that comes about.

    Args:
        values: what `Ref` gives for the template's parameters, for names that must be known.

    Attributes:
        resources: the resources made so far, by logical id.
        conditions: the template's conditions, and those that were generated.
        names: what a name in a reference stands for: `("Function.Alias", "FunctionAliaslive")`.
        connected: what was generated for a connector, by the connector's logical id.
        sources: the resources as written, Globals applied; generated interfaces join them.
    """

    def __init__(
        self,
        sources: Mapping[str, dict[str, Any]],
        conditions: Mapping[str, Any],
        values: Mapping[str, Any],
    ) -> None:
        self.sources = sources
        self.conditions = dict(conditions)
        self.values = values
        self.resources: dict[str, dict[str, Any]] = {}
        self.names: dict[str, str] = {}
        self.connected: dict[str, list[str]] = {}

    def add(
        self, logical_id: str, kind: str, properties: Mapping[str, Any], **attributes: Any
    ) -> None:
        """Add a generated resource; attributes that are None or empty are left out."""
        resource: dict[str, Any] = {"Type": kind}
        resource.update((name, value) for name, value in attributes.items() if value)
        resource["Properties"] = dict(properties)
        self.resources[logical_id] = resource

    def known(self, value: Any) -> Any:
        """The value itself, or what it is if it refers to a parameter."""
        if isinstance(value, dict) and set(value) == {"Ref"} and isinstance(value["Ref"], str):
            return self.values.get(value["Ref"], value)
        return value


def passed_on(source: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that everything generated for a resource has from it."""
    names = ("Condition", "DeletionPolicy", "UpdateReplacePolicy")
    return {name: source[name] for name in names if name in source}


def own_attributes(source: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that the resource itself keeps."""
    names = ("DependsOn", "Metadata", "UpdatePolicy", "CreationPolicy")
    return {**passed_on(source), **{name: source[name] for name in names if name in source}}


def check_properties(
    logical_id: str,
    kind: str,
    properties: Mapping[str, Any],
    known: Iterable[str],
    required: Iterable[str] = (),
) -> None:
    """Raise for a property that the type does not have, or that is missing.

    Raises:
        InvalidResource: with SAM's words.
    """
    if not isinstance(properties, dict):
        raise InvalidResource(logical_id, "Type of property 'Properties' is invalid.")
    known = set(known)
    for name in properties:
        if name not in known:
            raise InvalidResource(
                logical_id, f"property {name} not defined for resource of type {kind}"
            )
        if name in _OBJECTS and not isinstance(properties[name], dict):
            raise InvalidResource(logical_id, f"Type of property '{name}' is invalid.")
    for name in required:
        if name not in properties:
            raise InvalidResource(logical_id, f"Missing required property '{name}'.")


def is_function(value: Any) -> bool:
    """Whether a value is an intrinsic function's call, known only to CloudFormation."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((name, _),) = value.items()
    return isinstance(name, str) and (name == "Ref" or name.startswith("Fn::"))


def make_hash(value: Any) -> str:
    """The part of a generated logical id that changes with what the resource is made of."""
    text = json.dumps(value, separators=(",", ":"), sort_keys=True)
    return make_text_hash(text)


def make_text_hash(text: str) -> str:
    """The end of a generated logical id, from a text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:_HASH_LENGTH]


def tag_list(tags: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A map of tags as CloudFormation lists them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def location(logical_id: str, name: str, value: Any) -> dict[str, Any]:
    """The object that `CodeUri` and its like name: `Bucket`, `Key` and maybe `Version`.

    Raises:
        InvalidResource: it is no object of S3; a path of this machine has to be packaged first.
    """
    if isinstance(value, dict) and not is_function(value):
        if "Bucket" not in value or "Key" not in value:
            raise InvalidResource(
                logical_id, f"'{name}' requires Bucket and Key properties to be specified."
            )
        return {part: value[part] for part in ("Bucket", "Key", "Version") if part in value}
    bucket, version = "", ""
    if isinstance(value, str) and value.startswith("s3://"):
        path, _, query = value[5:].partition("?")
        bucket, _, key = path.partition("/")
        version = query.partition("versionId=")[2].partition("&")[0]
    if not bucket or not key:
        raise InvalidResource(
            logical_id,
            f"'{name}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId"
            " query parameter.",
        )
    found = {"Bucket": bucket, "Key": key}
    return {**found, "Version": version} if version else found


def s3_members(found: Mapping[str, Any]) -> dict[str, Any]:
    """A location in the members of Lambda's code and layers."""
    members = {"Bucket": "S3Bucket", "Key": "S3Key", "Version": "S3ObjectVersion"}
    return {members[name]: value for name, value in found.items()}
