-- CloudWatch Logs: groups, streams, and their events in batches.
CREATE TABLE log_groups (
    group_id INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at REAL NOT NULL,
    retention_days INTEGER,
    retention_timer INTEGER,
    settings TEXT NOT NULL DEFAULT '{}',       -- JSON: tags, class, key, deletion protection
    UNIQUE (region, name)
);

CREATE TABLE log_streams (
    stream_id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_at REAL NOT NULL,
    first_event_ms INTEGER,
    last_event_ms INTEGER,
    last_ingestion_ms INTEGER,
    stored_bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (group_id, name)
);

-- One row per PutLogEvents call: its events, in the order of their times.
-- `events` is a JSON array of [timestamp_ms, message], compressed by zlib where `packed` is 1.
CREATE TABLE log_batches (
    batch_id INTEGER PRIMARY KEY,
    group_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    ingestion_ms INTEGER NOT NULL,
    count INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    packed INTEGER NOT NULL,
    events BLOB NOT NULL
);
CREATE INDEX log_batches_by_stream ON log_batches (stream_id, first_ms);
CREATE INDEX log_batches_by_stream_end ON log_batches (stream_id, last_ms);
CREATE INDEX log_batches_by_group ON log_batches (group_id, first_ms);

CREATE TABLE log_policies (
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (region, name)
);

CREATE TABLE log_filters (
    group_id INTEGER NOT NULL,
    kind TEXT NOT NULL,                        -- 'metric' or 'subscription'
    name TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (group_id, kind, name)
);
