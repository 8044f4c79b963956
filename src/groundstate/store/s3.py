"""Buckets, objects with their versions, and multipart uploads.

AWS: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

# After every text that begins with a prefix, in SQLite's order of UTF-8 bytes.
_AFTER_ALL = "\U0010ffff"


@dataclass(slots=True)
class Bucket:
    """A bucket; `documents` are the configurations that are kept for it."""

    name: str
    region: str
    created_at: float
    documents: Json = field(default_factory=dict)


@dataclass(slots=True)
class StoredObject:
    """A version of an object, without its content.

    Attributes:
        number: rises with each version of the key.
        version_id: `null` in a bucket without versioning.
        data: headers, metadata, tags, checksums.
        file: where the content is, if not in the row.
    """

    number: int
    bucket: str
    key: str
    version_id: str
    is_current: bool
    is_marker: bool
    size_bytes: int
    etag: str
    modified_at: float
    data: Json
    file: str | None


@dataclass(slots=True)
class Upload:
    """A multipart upload under way."""

    upload_id: str
    bucket: str
    key: str
    created_at: float
    data: Json


@dataclass(slots=True)
class Part:
    """A part of an upload; its content is in the row or in a file."""

    part_number: int
    size_bytes: int
    etag: str
    modified_at: float
    content: bytes | None
    file: str | None


_OBJECT = (
    "number, bucket, key, version_id, is_current, is_marker, size_bytes, etag, modified_at,"
    " data, file"
)


class BucketTables:
    """Everything that S3 keeps in the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    # Buckets

    def save_bucket(self, bucket: Bucket) -> None:
        """Write a bucket, new or known."""
        self._execute(
            "INSERT INTO s3_buckets (name, region, created_at, documents) VALUES (?,?,?,?)"
            " ON CONFLICT (name) DO UPDATE SET documents = excluded.documents",
            (bucket.name, bucket.region, bucket.created_at, json.dumps(bucket.documents)),
        )

    def find_bucket(self, name: str) -> Bucket | None:
        """The bucket with this name."""
        row = self._execute(
            "SELECT name, region, created_at, documents FROM s3_buckets WHERE name = ?", (name,)
        ).fetchone()
        return None if row is None else Bucket(row[0], row[1], row[2], json.loads(row[3]))

    def list_buckets(self) -> list[Bucket]:
        """All buckets by name."""
        rows = self._execute(
            "SELECT name, region, created_at, documents FROM s3_buckets ORDER BY name"
        )
        return [Bucket(row[0], row[1], row[2], json.loads(row[3])) for row in rows]

    def remove_bucket(self, name: str) -> None:
        """Forget a bucket, which must be empty, and its uploads."""
        self._execute(
            "DELETE FROM s3_parts WHERE upload_id IN"
            " (SELECT upload_id FROM s3_uploads WHERE bucket = ?)",
            (name,),
        )
        self._execute("DELETE FROM s3_uploads WHERE bucket = ?", (name,))
        self._execute("DELETE FROM s3_buckets WHERE name = ?", (name,))

    def has_objects(self, bucket: str) -> bool:
        """Whether a bucket holds any version of anything."""
        found = self._execute("SELECT 1 FROM s3_objects WHERE bucket = ? LIMIT 1", (bucket,))
        return found.fetchone() is not None

    # Objects

    def add_object(self, entry: StoredObject, content: bytes | None) -> StoredObject:
        """Add a version and make it the current one; its number is given to it."""
        self._execute(
            "UPDATE s3_objects SET is_current = 0 WHERE bucket = ? AND key = ? AND is_current = 1",
            (entry.bucket, entry.key),
        )
        cursor = self._execute(
            "INSERT INTO s3_objects (bucket, key, version_id, is_current, is_marker, size_bytes,"
            " etag, modified_at, data, content, file) VALUES (?,?,?,1,?,?,?,?,?,?,?)",
            (
                entry.bucket,
                entry.key,
                entry.version_id,
                entry.is_marker,
                entry.size_bytes,
                entry.etag,
                entry.modified_at,
                json.dumps(entry.data),
                content,
                entry.file,
            ),
        )
        assert cursor.lastrowid is not None
        entry.number, entry.is_current = cursor.lastrowid, True
        return entry

    def find_object(
        self, bucket: str, key: str, version_id: str | None = None
    ) -> StoredObject | None:
        """A version of an object: the named one, or the current one (which may be a marker)."""
        if version_id is None:
            rows = self._execute(
                f"SELECT {_OBJECT} FROM s3_objects WHERE bucket = ? AND key = ? AND is_current = 1",
                (bucket, key),
            )
        else:
            rows = self._execute(
                f"SELECT {_OBJECT} FROM s3_objects"
                " WHERE bucket = ? AND key = ? AND version_id = ? ORDER BY number DESC",
                (bucket, key, version_id),
            )
        row = rows.fetchone()
        return None if row is None else _object(row)

    def read_content(self, number: int) -> bytes | None:
        """The content that is kept in a version's row."""
        row = self._execute("SELECT content FROM s3_objects WHERE number = ?", (number,)).fetchone()
        return None if row is None else row[0]

    def save_object_data(self, entry: StoredObject) -> None:
        """Write a version's headers, metadata and tags."""
        self._execute(
            "UPDATE s3_objects SET data = ? WHERE number = ?",
            (json.dumps(entry.data), entry.number),
        )

    def remove_object(self, entry: StoredObject) -> None:
        """Forget a version; the one before it becomes the current one."""
        self._execute("DELETE FROM s3_objects WHERE number = ?", (entry.number,))
        if entry.is_current:
            self._execute(
                "UPDATE s3_objects SET is_current = 1 WHERE number ="
                " (SELECT max(number) FROM s3_objects WHERE bucket = ? AND key = ?)",
                (entry.bucket, entry.key),
            )

    def list_current(
        self, bucket: str, *, after: str, prefix: str, limit: int, inclusive: bool = False
    ) -> list[StoredObject]:
        """Current objects whose key begins with a prefix and comes after another key, by key."""
        rows = self._execute(
            f"SELECT {_OBJECT} FROM s3_objects"
            " WHERE bucket = ? AND is_current = 1 AND is_marker = 0"
            " AND (key > ? OR (? AND key = ?)) AND key >= ? AND key < ? ORDER BY key LIMIT ?",
            (bucket, after, inclusive, after, prefix, prefix + _AFTER_ALL, limit),
        )
        return [_object(row) for row in rows]

    def list_versions(self, bucket: str, *, prefix: str) -> list[StoredObject]:
        """All versions below a prefix: by key, the newest of each first."""
        rows = self._execute(
            f"SELECT {_OBJECT} FROM s3_objects WHERE bucket = ? AND key >= ? AND key < ?"
            " ORDER BY key, number DESC",
            (bucket, prefix, prefix + _AFTER_ALL),
        )
        return [_object(row) for row in rows]

    # Uploads

    def save_upload(self, upload: Upload) -> None:
        """Write an upload."""
        self._execute(
            "INSERT OR REPLACE INTO s3_uploads (upload_id, bucket, key, created_at, data)"
            " VALUES (?,?,?,?,?)",
            (
                upload.upload_id,
                upload.bucket,
                upload.key,
                upload.created_at,
                json.dumps(upload.data),
            ),
        )

    def find_upload(self, upload_id: str) -> Upload | None:
        """The upload with this id."""
        row = self._execute(
            "SELECT upload_id, bucket, key, created_at, data FROM s3_uploads WHERE upload_id = ?",
            (upload_id,),
        ).fetchone()
        return None if row is None else _upload(row)

    def list_uploads(self, bucket: str) -> list[Upload]:
        """A bucket's uploads by key."""
        rows = self._execute(
            "SELECT upload_id, bucket, key, created_at, data FROM s3_uploads WHERE bucket = ?"
            " ORDER BY key, upload_id",
            (bucket,),
        )
        return [_upload(row) for row in rows]

    def remove_upload(self, upload_id: str) -> None:
        """Forget an upload and its parts."""
        self._execute("DELETE FROM s3_parts WHERE upload_id = ?", (upload_id,))
        self._execute("DELETE FROM s3_uploads WHERE upload_id = ?", (upload_id,))

    def save_part(self, upload_id: str, part: Part) -> None:
        """Write a part, in the place of one with the same number."""
        self._execute(
            "INSERT OR REPLACE INTO s3_parts"
            " (upload_id, part_number, size_bytes, etag, modified_at, content, file)"
            " VALUES (?,?,?,?,?,?,?)",
            (
                upload_id,
                part.part_number,
                part.size_bytes,
                part.etag,
                part.modified_at,
                part.content,
                part.file,
            ),
        )

    def list_parts(self, upload_id: str) -> list[Part]:
        """An upload's parts by number."""
        rows = self._execute(
            "SELECT part_number, size_bytes, etag, modified_at, content, file FROM s3_parts"
            " WHERE upload_id = ? ORDER BY part_number",
            (upload_id,),
        )
        return [Part(*row) for row in rows]

    # Files

    def list_files(self) -> set[str]:
        """The files that hold some content."""
        rows = self._execute(
            "SELECT file FROM s3_objects WHERE file IS NOT NULL"
            " UNION SELECT file FROM s3_parts WHERE file IS NOT NULL"
        )
        return {row[0] for row in rows}


def _object(row: Any) -> StoredObject:
    number, bucket, key, version_id, is_current, is_marker, size, etag, at, data, file = row
    return StoredObject(
        number,
        bucket,
        key,
        version_id,
        bool(is_current),
        bool(is_marker),
        size,
        etag,
        at,
        json.loads(data),
        file,
    )


def _upload(row: Any) -> Upload:
    return Upload(row[0], row[1], row[2], row[3], json.loads(row[4]))
