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
    Needed,
)

CORS: Final = {
    "CorsRules": Needed(
        [
            {
                "AllowedHeaders": [TEXT],
                "AllowedMethods": Needed([TEXT]),
                "AllowedOrigins": Needed([TEXT]),
                "ExposedHeaders": [TEXT],
                "Id": TEXT,
                "MaxAge": INTEGER,
            }
        ]
    )
}
ENCRYPTION: Final = {
    "ServerSideEncryptionConfiguration": Needed(
        [
            {
                "BlockedEncryptionTypes": ANY,
                "BucketKeyEnabled": BOOLEAN,
                "ServerSideEncryptionByDefault": {
                    "KMSMasterKeyID": TEXT,
                    "SSEAlgorithm": Needed(TEXT),
                },
            }
        ]
    )
}
_TRANSITION: Final = {
    "StorageClass": Needed(TEXT),
    "TransitionDate": TEXT,
    "TransitionInDays": INTEGER,
}
_NONCURRENT_TRANSITION: Final = {
    "NewerNoncurrentVersions": INTEGER,
    "StorageClass": Needed(TEXT),
    "TransitionInDays": Needed(INTEGER),
}
LIFECYCLE: Final = {
    "Rules": Needed(
        [
            {
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": Needed(INTEGER)},
                "ExpirationDate": TEXT,
                "ExpirationInDays": INTEGER,
                "ExpiredObjectDeleteMarker": BOOLEAN,
                "Id": TEXT,
                "NoncurrentVersionExpiration": {
                    "NewerNoncurrentVersions": INTEGER,
                    "NoncurrentDays": Needed(INTEGER),
                },
                "NoncurrentVersionExpirationInDays": INTEGER,
                "NoncurrentVersionTransition": _NONCURRENT_TRANSITION,
                "NoncurrentVersionTransitions": [_NONCURRENT_TRANSITION],
                "ObjectSizeGreaterThan": TEXT,
                "ObjectSizeLessThan": TEXT,
                "Prefix": TEXT,
                "Status": Needed(TEXT),
                "TagFilters": TAGS,
                "Transition": _TRANSITION,
                "Transitions": [_TRANSITION],
            }
        ]
    ),
    "TransitionDefaultMinimumObjectSize": TEXT,
}
LOGGING: Final = {
    "DestinationBucketName": TEXT,
    "LogFilePrefix": TEXT,
    "TargetObjectKeyFormat": ANY,
}
_FILTER: Final = {
    "S3Key": Needed({"Rules": Needed([{"Name": Needed(TEXT), "Value": Needed(TEXT)}])})
}
NOTIFICATION: Final = {
    "EventBridgeConfiguration": {"EventBridgeEnabled": Needed(BOOLEAN)},
    "LambdaConfigurations": [{"Event": Needed(TEXT), "Filter": _FILTER, "Function": Needed(TEXT)}],
    "QueueConfigurations": [{"Event": Needed(TEXT), "Filter": _FILTER, "Queue": Needed(TEXT)}],
    "TopicConfigurations": [{"Event": Needed(TEXT), "Filter": _FILTER, "Topic": Needed(TEXT)}],
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
OWNERSHIP: Final = {"Rules": Needed([{"ObjectOwnership": TEXT}])}
REPLICATION: Final = {
    "Role": Needed(TEXT),
    "Rules": Needed(
        [
            {
                "DeleteMarkerReplication": {"Status": TEXT},
                "Destination": Needed(
                    {
                        "AccessControlTranslation": {"Owner": Needed(TEXT)},
                        "Account": TEXT,
                        "Bucket": Needed(TEXT),
                        "EncryptionConfiguration": {"ReplicaKmsKeyID": Needed(TEXT)},
                        "Metrics": {
                            "EventThreshold": {"Minutes": Needed(INTEGER)},
                            "Status": Needed(TEXT),
                        },
                        "ReplicationTime": {
                            "Status": Needed(TEXT),
                            "Time": Needed({"Minutes": Needed(INTEGER)}),
                        },
                        "StorageClass": TEXT,
                    }
                ),
                "Filter": {
                    "And": {"Prefix": TEXT, "TagFilters": TAGS},
                    "Prefix": TEXT,
                    "TagFilter": {"Key": Needed(TEXT), "Value": Needed(TEXT)},
                },
                "Id": TEXT,
                "Prefix": TEXT,
                "Priority": INTEGER,
                "SourceSelectionCriteria": {
                    "ReplicaModifications": {"Status": Needed(TEXT)},
                    "SseKmsEncryptedObjects": {"Status": Needed(TEXT)},
                },
                "Status": Needed(TEXT),
            }
        ]
    ),
}
WEBSITE: Final = {
    "ErrorDocument": TEXT,
    "IndexDocument": TEXT,
    "RedirectAllRequestsTo": {"HostName": Needed(TEXT), "Protocol": TEXT},
    "RoutingRules": [
        {
            "RedirectRule": Needed(
                {
                    "HostName": TEXT,
                    "HttpRedirectCode": TEXT,
                    "Protocol": TEXT,
                    "ReplaceKeyPrefixWith": TEXT,
                    "ReplaceKeyWith": TEXT,
                }
            ),
            "RoutingRuleCondition": {
                "HttpErrorCodeReturnedEquals": TEXT,
                "KeyPrefixEquals": TEXT,
            },
        }
    ],
}
