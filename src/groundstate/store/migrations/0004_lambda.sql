-- Functions, their versions, and everything that hangs on them. Documents are JSON in AWS's shapes.
CREATE TABLE lambda_functions (
    function_id INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    last_version INTEGER NOT NULL DEFAULT 0,   -- the number of the newest published version
    reserved_concurrency INTEGER,
    tags TEXT NOT NULL DEFAULT '{}',
    UNIQUE (region, name)
);

-- A function's configurations: version '$LATEST' and the published ones.
CREATE TABLE lambda_versions (
    function_id INTEGER NOT NULL,
    version TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    code_sha256 TEXT NOT NULL,                 -- hexadecimal, key of lambda_code
    document BLOB NOT NULL,
    PRIMARY KEY (function_id, version)
);
CREATE INDEX lambda_versions_by_code ON lambda_versions (code_sha256);

-- The zip files. The truth; what is unpacked on disk is a copy of them.
CREATE TABLE lambda_code (
    code_sha256 TEXT PRIMARY KEY,
    zip BLOB NOT NULL
);

CREATE TABLE lambda_aliases (
    function_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (function_id, name)
);

-- What is kept per function and qualifier ('' is the function itself): resource policies,
-- asynchronous invocation settings, URLs, provisioned concurrency, ...
CREATE TABLE lambda_settings (
    function_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (function_id, kind, qualifier)
);

-- Asynchronous invocations that are not finished.
CREATE TABLE lambda_events (
    event_id INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    region TEXT NOT NULL,
    function_name TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    payload BLOB NOT NULL,
    headers TEXT NOT NULL,                     -- JSON: client context, trace id
    accepted_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    timer_id INTEGER                           -- set while it waits for its next attempt
);

CREATE TABLE lambda_layers (
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    code_sha256 TEXT NOT NULL,
    policy BLOB,
    document BLOB,                             -- NULL once the version is deleted
    PRIMARY KEY (region, name, version)
);

CREATE TABLE lambda_event_sources (
    uuid TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    function_name TEXT NOT NULL,
    source_arn TEXT NOT NULL,
    document BLOB NOT NULL,
    progress BLOB NOT NULL                     -- JSON: where each shard stands
);
CREATE INDEX lambda_event_sources_by_function ON lambda_event_sources (region, function_name);
