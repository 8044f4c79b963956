-- DynamoDB's tables. Each has SQL tables of its own, made with it: dynamodb_items_<table_id> for its
-- items, and dynamodb_index_<index_id> for each secondary index (store/dynamodb_items.py says why).
CREATE TABLE dynamodb_tables (
    table_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    account    TEXT NOT NULL,
    region     TEXT NOT NULL,
    name       TEXT NOT NULL,
    definition BLOB NOT NULL,
    settings   BLOB NOT NULL,
    item_count INTEGER NOT NULL DEFAULT 0,
    size_bytes INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX dynamodb_tables_by_name ON dynamodb_tables (account, region, name);

-- Gives indexes and backups their numbers; a number is never used again.
CREATE TABLE dynamodb_numbers (number INTEGER PRIMARY KEY AUTOINCREMENT);

-- A stream outlives its table by a day. closed_at is NULL while it is enabled.
CREATE TABLE dynamodb_streams (
    stream_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    arn         TEXT NOT NULL UNIQUE,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    table_name  TEXT NOT NULL,
    description BLOB NOT NULL,
    created_at  REAL NOT NULL,
    closed_at   REAL,
    first_sequence INTEGER NOT NULL
);
CREATE TABLE dynamodb_stream_records (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id  INTEGER NOT NULL,
    created_at REAL NOT NULL,
    record     BLOB NOT NULL
);
CREATE INDEX dynamodb_stream_records_by_stream ON dynamodb_stream_records (stream_id, sequence);

-- Client request tokens of transactions: what they were used for, for ten minutes.
CREATE TABLE dynamodb_tokens (
    token    TEXT PRIMARY KEY,
    request  BLOB NOT NULL,
    response BLOB NOT NULL,
    used_at  REAL NOT NULL
);
CREATE INDEX dynamodb_tokens_by_use ON dynamodb_tokens (used_at);

-- On-demand backups; their items are in dynamodb_backup_<backup_id>.
CREATE TABLE dynamodb_backups (
    backup_id   INTEGER PRIMARY KEY,
    arn         TEXT NOT NULL UNIQUE,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    table_name  TEXT NOT NULL,
    created_at  REAL NOT NULL,
    description BLOB NOT NULL
);

-- What items were before each change, for tables with point in time recovery; item is NULL where
-- there was none.
CREATE TABLE dynamodb_changes (
    change_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    table_id   INTEGER NOT NULL,
    changed_at REAL NOT NULL,
    key        BLOB NOT NULL,
    item       BLOB
);
CREATE INDEX dynamodb_changes_by_table ON dynamodb_changes (table_id, change_id);

-- SQL tables of deleted DynamoDB tables and indexes that are emptied bit by bit.
CREATE TABLE dynamodb_garbage (name TEXT PRIMARY KEY, has_rowid INTEGER NOT NULL) WITHOUT ROWID;
