"""DeleteObject and DeleteObjects.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

from groundstate.operation import Call, Shape
from groundstate.services.s3 import notifications
from groundstate.services.s3.buckets import get_bucket, versioning
from groundstate.services.s3.errors import MalformedXML
from groundstate.services.s3.objects import put_marker, remove_version
from groundstate.store.s3 import Bucket

KEYS_MAX = 1000


def delete_object(call: Call, request: Shape) -> Shape:
    """Delete an object: a version for good, or with versioning by a marker.

    Nothing happens if it is not there.

    Raises:
        NoSuchBucket: there is no such bucket.
    """
    return _delete(call, get_bucket(call, request), request["Key"], request.get("VersionId"))


def delete_objects(call: Call, request: Shape) -> Shape:
    """Delete up to 1000 objects.

    Raises:
        NoSuchBucket: there is no such bucket.
        MalformedXML: there are more.
    """
    bucket = get_bucket(call, request)
    entries = request["Delete"]["Objects"]
    if len(entries) > KEYS_MAX:
        raise MalformedXML(
            "The XML you provided was not well-formed or did not validate against our published"
            " schema"
        )
    deleted = []
    for entry in entries:
        done = _delete(call, bucket, entry["Key"], entry.get("VersionId"))
        shown = {"Key": entry["Key"]}
        if "VersionId" in entry:
            shown["VersionId"] = entry["VersionId"]
        if done.get("DeleteMarker"):
            shown.update(DeleteMarker=True, DeleteMarkerVersionId=done["VersionId"])
        deleted.append(shown)
    return {} if request["Delete"].get("Quiet") else {"Deleted": deleted}


def _delete(call: Call, bucket: Bucket, key: str, version_id: str | None) -> Shape:
    entry = call.tx.buckets.find_object(bucket.name, key, version_id)
    if version_id is not None:
        if entry is None:
            return {"VersionId": version_id}
        remove_version(call, entry)
        notifications.tell(call, bucket, entry, "ObjectRemoved:Delete")
        marker = {"DeleteMarker": True} if entry.is_marker else {}
        return {"VersionId": version_id, **marker}
    if versioning(bucket):
        return {"DeleteMarker": True, "VersionId": put_marker(call, bucket, key).version_id}
    if entry is not None:
        remove_version(call, entry)
        notifications.tell(call, bucket, entry, "ObjectRemoved:Delete")
    return {}
