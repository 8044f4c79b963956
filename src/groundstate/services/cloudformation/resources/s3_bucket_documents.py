"""A bucket's configurations: from a template's properties to what S3's operations take.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from groundstate.services.cloudformation.resources.provision import ProvisionFailed
from groundstate.services.cloudformation.template.values import to_text

Convert = Callable[[Any], dict[str, Any]]


def _encryption(value: Mapping[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in value.get("ServerSideEncryptionConfiguration", []):
        converted: dict[str, Any] = {}
        if "ServerSideEncryptionByDefault" in rule:
            converted["ApplyServerSideEncryptionByDefault"] = rule["ServerSideEncryptionByDefault"]
        if "BucketKeyEnabled" in rule:
            converted["BucketKeyEnabled"] = to_text(rule["BucketKeyEnabled"]).lower() == "true"
        rules.append(converted)
    return {"Rules": rules}


def _tags(value: list[Any]) -> dict[str, Any]:
    return {"TagSet": value}


def _cors(value: Mapping[str, Any]) -> dict[str, Any]:
    names = {"Id": "ID", "MaxAge": "MaxAgeSeconds", "ExposedHeaders": "ExposeHeaders"}
    rules = [
        {
            names.get(key, key): int(member) if key == "MaxAge" else member
            for key, member in rule.items()
        }
        for rule in value.get("CorsRules", [])
    ]
    return {"CORSRules": rules}


def _ownership(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": value.get("Rules", [])}


def _lifecycle(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}


def _lifecycle_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {"Status": rule["Status"], "Filter": _lifecycle_filter(rule)}
    if "Id" in rule:
        converted["ID"] = rule["Id"]
    expiration: dict[str, Any] = {}
    if "ExpirationInDays" in rule:
        expiration["Days"] = int(rule["ExpirationInDays"])
    if "ExpiredObjectDeleteMarker" in rule:
        marker = to_text(rule["ExpiredObjectDeleteMarker"]).lower() == "true"
        expiration["ExpiredObjectDeleteMarker"] = marker
    if expiration:
        converted["Expiration"] = expiration
    noncurrent = rule.get("NoncurrentVersionExpiration")
    if noncurrent is not None:
        names = ("NoncurrentDays", "NewerNoncurrentVersions")
        converted["NoncurrentVersionExpiration"] = {
            name: int(noncurrent[name]) for name in names if name in noncurrent
        }
    elif "NoncurrentVersionExpirationInDays" in rule:
        days = int(rule["NoncurrentVersionExpirationInDays"])
        converted["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    abort = rule.get("AbortIncompleteMultipartUpload")
    if abort is not None:
        days = int(abort["DaysAfterInitiation"])
        converted["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    if "ExpirationDate" in rule:
        converted.setdefault("Expiration", {})["Date"] = _read_moment(rule["ExpirationDate"])
    noncurrent_transitions = rule.get("NoncurrentVersionTransitions") or (
        [rule["NoncurrentVersionTransition"]] if "NoncurrentVersionTransition" in rule else []
    )
    if noncurrent_transitions:
        renamed = {"TransitionInDays": "NoncurrentDays"}
        converted["NoncurrentVersionTransitions"] = [
            {renamed.get(name, name): member for name, member in entry.items()}
            for entry in noncurrent_transitions
        ]
    transitions = rule.get("Transitions") or ([rule["Transition"]] if "Transition" in rule else [])
    if transitions:
        converted["Transitions"] = [
            {
                "StorageClass": entry["StorageClass"],
                **({"Days": int(entry["TransitionInDays"])} if "TransitionInDays" in entry else {}),
                **(
                    {"Date": _read_moment(entry["TransitionDate"])}
                    if "TransitionDate" in entry
                    else {}
                ),
            }
            for entry in transitions
        ]
    return converted


def _read_moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ProvisionFailed(f"{text} is no date of ISO 8601.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _lifecycle_filter(rule: Mapping[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    if "Prefix" in rule:
        chosen["Prefix"] = rule["Prefix"]
    for name in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if name in rule:
            chosen[name] = int(rule[name])
    if rule.get("TagFilters"):
        return {"And": {"Tags": rule["TagFilters"], **chosen}}
    if len(chosen) > 1:
        return {"And": chosen}
    return chosen or {"Prefix": ""}


def _notification(value: Mapping[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    kinds = (
        ("LambdaConfigurations", "LambdaFunctionConfigurations", "Function", "LambdaFunctionArn"),
        ("QueueConfigurations", "QueueConfigurations", "Queue", "QueueArn"),
        ("TopicConfigurations", "TopicConfigurations", "Topic", "TopicArn"),
    )
    for source, target, own, arn in kinds:
        entries = []
        for entry in value.get(source, []):
            shown: dict[str, Any] = {arn: entry[own], "Events": [entry["Event"]]}
            rules = entry.get("Filter", {}).get("S3Key", {}).get("Rules")
            if rules:
                shown["Filter"] = {"Key": {"FilterRules": rules}}
            entries.append(shown)
        if entries:
            converted[target] = entries
    if "EventBridgeConfiguration" in value:
        converted["EventBridgeConfiguration"] = {}
    return converted


def _website(value: Mapping[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    if "IndexDocument" in value:
        converted["IndexDocument"] = {"Suffix": value["IndexDocument"]}
    if "ErrorDocument" in value:
        converted["ErrorDocument"] = {"Key": value["ErrorDocument"]}
    if "RedirectAllRequestsTo" in value:
        converted["RedirectAllRequestsTo"] = value["RedirectAllRequestsTo"]
    if "RoutingRules" in value:
        names = {"RedirectRule": "Redirect", "RoutingRuleCondition": "Condition"}
        converted["RoutingRules"] = [
            {names[name]: member for name, member in rule.items()} for rule in value["RoutingRules"]
        ]
    return converted


def _replication(value: Mapping[str, Any]) -> dict[str, Any]:
    rules = [_replication_rule(rule) for rule in value.get("Rules", [])]
    return {"Role": value.get("Role", ""), "Rules": rules}


def _replication_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    converted = {("ID" if name == "Id" else name): member for name, member in rule.items()}
    if "Priority" in rule:
        converted["Priority"] = int(rule["Priority"])
    if "Filter" in rule:
        converted["Filter"] = _replication_filter(rule["Filter"])
    destination = dict(rule["Destination"])
    for name, span in (("Metrics", "EventThreshold"), ("ReplicationTime", "Time")):
        setting = destination.get(name)
        if setting is not None and span in setting:
            minutes = {"Minutes": int(setting[span]["Minutes"])}
            destination[name] = {**setting, span: minutes}
    converted["Destination"] = destination
    return converted


def _replication_filter(value: Mapping[str, Any]) -> dict[str, Any]:
    names = {"TagFilter": "Tag", "TagFilters": "Tags"}
    return {
        names.get(name, name): _replication_filter(member) if name == "And" else member
        for name, member in value.items()
    }


def _object_lock(value: Mapping[str, Any]) -> dict[str, Any]:
    converted = dict(value)
    retention = value.get("Rule", {}).get("DefaultRetention")
    if retention is not None:
        spans = {
            name: int(retention[name]) if name in ("Days", "Years") else retention[name]
            for name in retention
        }
        converted["Rule"] = {"DefaultRetention": spans}
    return converted


def _logging(value: Mapping[str, Any]) -> dict[str, Any]:
    if "DestinationBucketName" not in value:
        return {}
    enabled = {
        "TargetBucket": value["DestinationBucketName"],
        "TargetPrefix": value.get("LogFilePrefix", ""),
    }
    return {"LoggingEnabled": enabled}


def _as_is(value: Any) -> dict[str, Any]:
    return dict(value)


def _accelerate(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"Status": value["AccelerationStatus"]}


@dataclass(frozen=True, slots=True)
class Document:
    """One configuration.

    Attributes:
        property: its name in templates.
        put: the operation that puts it, with its value as `member`.
        delete: the operation that takes it away; empty if it is put as `reset`.
    """

    property: str
    put: str
    member: str
    convert: Convert
    delete: str = ""
    reset: Mapping[str, Any] = field(default_factory=dict)


DOCUMENTS = (
    Document("VersioningConfiguration", "PutBucketVersioning", "VersioningConfiguration", _as_is,
             reset={"Status": "Suspended"}),
    Document("BucketEncryption", "PutBucketEncryption", "ServerSideEncryptionConfiguration",
             _encryption, "DeleteBucketEncryption"),
    Document("Tags", "PutBucketTagging", "Tagging", _tags, "DeleteBucketTagging"),
    Document("CorsConfiguration", "PutBucketCors", "CORSConfiguration", _cors, "DeleteBucketCors"),
    Document("OwnershipControls", "PutBucketOwnershipControls", "OwnershipControls", _ownership,
             "DeleteBucketOwnershipControls"),
    Document("PublicAccessBlockConfiguration", "PutPublicAccessBlock",
             "PublicAccessBlockConfiguration", _as_is, "DeletePublicAccessBlock"),
    Document("LifecycleConfiguration", "PutBucketLifecycleConfiguration", "LifecycleConfiguration",
             _lifecycle, "DeleteBucketLifecycle"),
    Document("NotificationConfiguration", "PutBucketNotificationConfiguration",
             "NotificationConfiguration", _notification),
    Document("WebsiteConfiguration", "PutBucketWebsite", "WebsiteConfiguration", _website,
             "DeleteBucketWebsite"),
    Document("ReplicationConfiguration", "PutBucketReplication", "ReplicationConfiguration",
             _replication, "DeleteBucketReplication"),
    Document("ObjectLockConfiguration", "PutObjectLockConfiguration", "ObjectLockConfiguration",
             _object_lock, reset={"ObjectLockEnabled": "Enabled"}),
    Document("LoggingConfiguration", "PutBucketLogging", "BucketLoggingStatus", _logging),
    Document("AccelerateConfiguration", "PutBucketAccelerateConfiguration",
             "AccelerateConfiguration", _accelerate, reset={"Status": "Suspended"}),
)  # fmt: skip

# Nothing here does what these are for; the bucket is made without them, and that is told.
WITHOUT_EFFECT = (
    "AbacStatus",
    "AnalyticsConfigurations",
    "IntelligentTieringConfigurations",
    "InventoryConfigurations",
    "MetadataConfiguration",
    "MetadataTableConfiguration",
    "MetricsConfigurations",
)
