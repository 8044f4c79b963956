-- Executions of durable functions: what they were asked, how far they are, and what happened.
CREATE TABLE lambda_durable_executions (
    execution_id  INTEGER PRIMARY KEY,
    region        TEXT NOT NULL,
    function_name TEXT NOT NULL,
    name          TEXT NOT NULL,
    arn           TEXT NOT NULL UNIQUE,
    version       TEXT NOT NULL,
    status        TEXT NOT NULL,
    started_at    REAL NOT NULL,
    expires_at    REAL,                        -- set when it has ended: how long it is kept
    under_way     INTEGER NOT NULL,            -- a process is at work for it: begins anew at a start
    document      BLOB NOT NULL
);
CREATE UNIQUE INDEX lambda_durable_executions_by_name
    ON lambda_durable_executions (region, function_name, name);
CREATE INDEX lambda_durable_executions_by_expiry
    ON lambda_durable_executions (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX lambda_durable_executions_under_way
    ON lambda_durable_executions (execution_id) WHERE under_way;

-- Their operations, in the order in which they began. Documents are JSON in AWS's shape.
CREATE TABLE lambda_durable_operations (
    execution_id  INTEGER NOT NULL,
    number        INTEGER NOT NULL,
    operation_id  TEXT NOT NULL,
    touched       INTEGER NOT NULL,            -- the execution's change that changed it last
    due_at        REAL,                        -- when its wait or its next attempt is due
    timer_id      INTEGER,                     -- of that, or of a callback's timeout
    heartbeat_id  INTEGER,                     -- the timer of a callback's heartbeat
    document      BLOB NOT NULL,
    details       BLOB NOT NULL,               -- JSON: what is not shown of it
    PRIMARY KEY (execution_id, operation_id)
) WITHOUT ROWID;
CREATE INDEX lambda_durable_operations_by_due
    ON lambda_durable_operations (execution_id, due_at) WHERE due_at IS NOT NULL;

-- Their histories.
CREATE TABLE lambda_durable_events (
    execution_id INTEGER NOT NULL,
    event_id     INTEGER NOT NULL,
    document     BLOB NOT NULL,
    PRIMARY KEY (execution_id, event_id)
) WITHOUT ROWID;
