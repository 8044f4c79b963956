-- Buckets. documents is JSON: the configurations that are kept for it, by kind.
CREATE TABLE s3_buckets (
    name       TEXT PRIMARY KEY,
    region     TEXT NOT NULL,
    created_at REAL NOT NULL,
    documents  TEXT NOT NULL
);

-- Objects, every version of them. Of each key the row with the highest number is the current one.
-- The content is in `content`, or in the file `file` of the objects' folder, or there is none (a
-- delete marker).
CREATE TABLE s3_objects (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    bucket      TEXT NOT NULL,
    key         TEXT NOT NULL,
    version_id  TEXT NOT NULL,
    is_current  INTEGER NOT NULL,
    is_marker   INTEGER NOT NULL,
    size_bytes  INTEGER NOT NULL,
    etag        TEXT NOT NULL,
    modified_at REAL NOT NULL,
    data        TEXT NOT NULL,
    content     BLOB,
    file        TEXT
);
CREATE UNIQUE INDEX s3_objects_by_key ON s3_objects (bucket, key, number);
CREATE UNIQUE INDEX s3_objects_current ON s3_objects (bucket, key) WHERE is_current = 1;
CREATE INDEX s3_objects_by_file ON s3_objects (file) WHERE file IS NOT NULL;

CREATE TABLE s3_uploads (
    upload_id  TEXT PRIMARY KEY,
    bucket     TEXT NOT NULL,
    key        TEXT NOT NULL,
    created_at REAL NOT NULL,
    data       TEXT NOT NULL
);
CREATE INDEX s3_uploads_by_bucket ON s3_uploads (bucket, key, upload_id);

CREATE TABLE s3_parts (
    upload_id   TEXT NOT NULL,
    part_number INTEGER NOT NULL,
    size_bytes  INTEGER NOT NULL,
    etag        TEXT NOT NULL,
    modified_at REAL NOT NULL,
    content     BLOB,
    file        TEXT,
    PRIMARY KEY (upload_id, part_number)
);
CREATE INDEX s3_parts_by_file ON s3_parts (file) WHERE file IS NOT NULL;
