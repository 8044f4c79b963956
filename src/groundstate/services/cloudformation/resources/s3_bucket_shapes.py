"""The properties of AWS::S3::Bucket that are structures.

AWS: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from __future__ import annotations

from typing import Final

from groundstate.services.cloudformation.resources.shape import (
    ANY,
    BOOLEAN,
    INTEGER,
    TAGS,
    TEXT,
)

CORS: Final = {
    "CorsRules": [
        {
            "AllowedHeaders": [TEXT],
            "AllowedMethods": [TEXT],
            "AllowedOrigins": [TEXT],
            "ExposedHeaders": [TEXT],
            "Id": TEXT,
            "MaxAge": INTEGER,
        }
    ]
}
ENCRYPTION: Final = {
    "ServerSideEncryptionConfiguration": [
        {
            "BlockedEncryptionTypes": ANY,
            "BucketKeyEnabled": BOOLEAN,
            "ServerSideEncryptionByDefault": {"KMSMasterKeyID": TEXT, "SSEAlgorithm": TEXT},
        }
    ]
}
_TRANSITION: Final = {"StorageClass": TEXT, "TransitionDate": TEXT, "TransitionInDays": INTEGER}
_NONCURRENT_TRANSITION: Final = {
    "NewerNoncurrentVersions": INTEGER,
    "StorageClass": TEXT,
    "TransitionInDays": INTEGER,
}
LIFECYCLE: Final = {
    "Rules": [
        {
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": INTEGER},
            "ExpirationDate": TEXT,
            "ExpirationInDays": INTEGER,
            "ExpiredObjectDeleteMarker": BOOLEAN,
            "Id": TEXT,
            "NoncurrentVersionExpiration": {
                "NewerNoncurrentVersions": INTEGER,
                "NoncurrentDays": INTEGER,
            },
            "NoncurrentVersionExpirationInDays": INTEGER,
            "NoncurrentVersionTransition": _NONCURRENT_TRANSITION,
            "NoncurrentVersionTransitions": [_NONCURRENT_TRANSITION],
            "ObjectSizeGreaterThan": TEXT,
            "ObjectSizeLessThan": TEXT,
            "Prefix": TEXT,
            "Status": TEXT,
            "TagFilters": TAGS,
            "Transition": _TRANSITION,
            "Transitions": [_TRANSITION],
        }
    ],
    "TransitionDefaultMinimumObjectSize": TEXT,
}
LOGGING: Final = {
    "DestinationBucketName": TEXT,
    "LogFilePrefix": TEXT,
    "TargetObjectKeyFormat": ANY,
}
_FILTER: Final = {"S3Key": {"Rules": [{"Name": TEXT, "Value": TEXT}]}}
NOTIFICATION: Final = {
    "EventBridgeConfiguration": {"EventBridgeEnabled": BOOLEAN},
    "LambdaConfigurations": [{"Event": TEXT, "Filter": _FILTER, "Function": TEXT}],
    "QueueConfigurations": [{"Event": TEXT, "Filter": _FILTER, "Queue": TEXT}],
    "TopicConfigurations": [{"Event": TEXT, "Filter": _FILTER, "Topic": TEXT}],
}
OBJECT_LOCK: Final = {
    "ObjectLockEnabled": TEXT,
    "Rule": {
        "DefaultRetention": {
            "DefaultEventHold": ANY,
            "Days": INTEGER,
            "Mode": TEXT,
            "Years": INTEGER,
        }
    },
}
OWNERSHIP: Final = {"Rules": [{"ObjectOwnership": TEXT}]}
REPLICATION: Final = {
    "Role": TEXT,
    "Rules": [
        {
            "DeleteMarkerReplication": {"Status": TEXT},
            "Destination": {
                "AccessControlTranslation": {"Owner": TEXT},
                "Account": TEXT,
                "Bucket": TEXT,
                "EncryptionConfiguration": {"ReplicaKmsKeyID": TEXT},
                "Metrics": {"EventThreshold": {"Minutes": INTEGER}, "Status": TEXT},
                "ReplicationTime": {"Status": TEXT, "Time": {"Minutes": INTEGER}},
                "StorageClass": TEXT,
            },
            "Filter": {
                "And": {"Prefix": TEXT, "TagFilters": TAGS},
                "Prefix": TEXT,
                "TagFilter": {"Key": TEXT, "Value": TEXT},
            },
            "Id": TEXT,
            "Prefix": TEXT,
            "Priority": INTEGER,
            "SourceSelectionCriteria": {
                "ReplicaModifications": {"Status": TEXT},
                "SseKmsEncryptedObjects": {"Status": TEXT},
            },
            "Status": TEXT,
        }
    ],
}
WEBSITE: Final = {
    "ErrorDocument": TEXT,
    "IndexDocument": TEXT,
    "RedirectAllRequestsTo": {"HostName": TEXT, "Protocol": TEXT},
    "RoutingRules": [
        {
            "RedirectRule": {
                "HostName": TEXT,
                "HttpRedirectCode": TEXT,
                "Protocol": TEXT,
                "ReplaceKeyPrefixWith": TEXT,
                "ReplaceKeyWith": TEXT,
            },
            "RoutingRuleCondition": {
                "HttpErrorCodeReturnedEquals": TEXT,
                "KeyPrefixEquals": TEXT,
            },
        }
    ],
}
