"""Changing `$LATEST`, publishing it, and letting go of what is not used any more.

AWS: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
"""

from __future__ import annotations

from groundstate import ids
from groundstate.operation import Call, Shape
from groundstate.services.lambda_.configuration import modified_time
from groundstate.services.lambda_.model import LATEST, unqualified
from groundstate.store.functions import VersionRow

# What of `$LATEST` may change without making the next version another one.
_NOT_COMPARED = frozenset({"RevisionId", "LastModified", "LastUpdateStatus"})
# The kind of setting in which a version keeps what `$LATEST` was when it was published.
_PUBLISHED = "published"


def replace_latest(call: Call, old: VersionRow, document: Shape, code_sha256: str) -> VersionRow:
    """Write a new revision of `$LATEST`; the environments of the old one end when they are done."""
    document["LastModified"] = modified_time(call.now)
    document["RevisionId"] = ids.make_uuid()
    document["LastUpdateStatus"] = "Successful"
    row = VersionRow(old.function_id, LATEST, document["RevisionId"], code_sha256, document)
    call.tx.functions.put_version(row)
    retire(call, old.revision_id)
    if code_sha256 != old.code_sha256:
        sweep_code(call)
    return row


def publish(
    call: Call, function_id: int, latest: VersionRow, *, description: str | None
) -> VersionRow:
    """Make a version from `$LATEST`, or find the one that was made from it unchanged."""
    content = _content(latest.document)
    versions = call.tx.functions.list_versions(function_id)[1:]
    if versions:
        newest = versions[-1]
        if call.tx.functions.find_setting(function_id, _PUBLISHED, newest.version) == content:
            return newest
    number = _last_version(call, latest) + 1
    document = dict(latest.document)
    document["Version"] = str(number)
    document["FunctionArn"] = f"{unqualified(latest.document['FunctionArn'])}:{number}"
    document["RevisionId"] = ids.make_uuid()
    if description is not None:
        document["Description"] = description
    row = VersionRow(function_id, str(number), document["RevisionId"], latest.code_sha256, document)
    call.tx.functions.put_version(row)
    call.tx.functions.put_setting(function_id, _PUBLISHED, str(number), content)
    call.tx.functions.set_last_version(function_id, number)
    return row


def retire(call: Call, revision_id: str) -> None:
    """Let the environments of a revision end, once the change is on disk."""
    host = call.host
    call.after_commit(lambda: host.retire(revision_id))


def sweep_code(call: Call) -> None:
    """Remove code that nothing uses any more."""
    call.tx.function_code.remove_unused()


def _content(document: Shape) -> Shape:
    return {name: value for name, value in document.items() if name not in _NOT_COMPARED}


def _last_version(call: Call, latest: VersionRow) -> int:
    name = latest.document["FunctionName"]
    function = call.tx.functions.find(call.region, name)
    assert function is not None, name
    return function.last_version
