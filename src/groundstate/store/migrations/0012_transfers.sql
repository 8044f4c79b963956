-- Exports of DynamoDB tables to S3, and imports from it: what is told of them, and how far they are.
CREATE TABLE dynamodb_transfers (
    transfer_id INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    arn         TEXT NOT NULL UNIQUE,
    subject     TEXT NOT NULL,
    token       TEXT NOT NULL,
    created_at  REAL NOT NULL,
    description BLOB NOT NULL,
    progress    BLOB NOT NULL
);
CREATE INDEX dynamodb_transfers_by_token ON dynamodb_transfers (kind, account, region, token);
