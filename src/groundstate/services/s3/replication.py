"""Replication: which buckets get a copy of what is written into a bucket.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html

A copy is written in the transaction of the object itself, so neither is there without the other. It
is written by S3 itself: what the configuration's role may do is not checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundstate.operation import Shape
from groundstate.services.s3.errors import InvalidRequest
from groundstate.store.s3 import Bucket

KIND = "replication"


def check_configuration(bucket: Bucket) -> None:
    """Raise unless a bucket may replicate.

    Raises:
        InvalidRequest: it keeps no versions.
    """
    if bucket.documents.get("versioning", {}).get("Status") != "Enabled":
        raise InvalidRequest(
            "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        )


def find_destinations(
    configuration: Shape, key: str, tags: Mapping[str, str], *, is_marker: bool
) -> list[str]:
    """The names of the buckets that get a copy of an object, or of a delete marker."""
    found: dict[str, None] = {}
    for rule in configuration.get("Rules", ()):
        markers = rule.get("DeleteMarkerReplication", {}).get("Status") == "Enabled"
        # A rule of the first form of configurations has no filter, and replicates markers.
        wanted = not is_marker or markers or "Filter" not in rule
        if rule["Status"] == "Enabled" and wanted and _matches(rule, key, tags):
            found[rule["Destination"]["Bucket"].rpartition(":")[2]] = None
    return list(found)


def _matches(rule: Shape, key: str, tags: Mapping[str, str]) -> bool:
    chosen: dict[str, Any] = rule.get("Filter", {})
    both = chosen.get("And", chosen)
    prefix = both.get("Prefix", rule.get("Prefix", ""))
    wanted = [*both.get("Tags", ()), *([chosen["Tag"]] if "Tag" in chosen else ())]
    return key.startswith(prefix) and all(tags.get(tag["Key"]) == tag["Value"] for tag in wanted)
