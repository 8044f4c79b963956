-- Step Functions: state machines and their revisions, executions, histories, activities, map runs.

-- A machine's row lives as long as its executions do: a deleted machine keeps it, without its ARN's claim.
-- A distributed Map's child executions belong to a hidden machine of their own (label not null).
CREATE TABLE state_machines (
    machine_id   INTEGER PRIMARY KEY AUTOINCREMENT,
    arn          TEXT NOT NULL,
    region       TEXT NOT NULL,
    name         TEXT NOT NULL,
    type         TEXT NOT NULL,
    label        TEXT,
    created_at   REAL NOT NULL,
    status       TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    last_version INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX state_machines_by_arn ON state_machines (arn) WHERE status <> 'DELETED';
CREATE INDEX state_machines_deleted ON state_machines (arn) WHERE status = 'DELETED';

-- What a machine was from one update to the next. Never changed: compiled machines are cached by it.
CREATE TABLE state_machine_revisions (
    revision      INTEGER PRIMARY KEY AUTOINCREMENT,
    machine_id    INTEGER NOT NULL,
    revision_id   TEXT,
    definition    TEXT NOT NULL,
    role_arn      TEXT NOT NULL,
    settings      BLOB NOT NULL,
    updated_at    REAL NOT NULL
);

CREATE TABLE state_machine_versions (
    machine_id  INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    description TEXT,
    created_at  REAL NOT NULL,
    PRIMARY KEY (machine_id, number)
);

CREATE TABLE state_machine_aliases (
    machine_id  INTEGER NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    routing     BLOB NOT NULL,
    created_at  REAL NOT NULL,
    updated_at  REAL NOT NULL,
    PRIMARY KEY (machine_id, name)
);

CREATE TABLE stepfunctions_tags (
    arn   TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (arn, key)
);

-- A waiting execution is its row here, a chunk of history and a timer, nothing in memory. Input and
-- output are in the history alone. `work` says what the next start has to go on with; null: nothing.
CREATE TABLE executions (
    execution_id INTEGER PRIMARY KEY,
    machine_id   INTEGER NOT NULL,
    name         TEXT NOT NULL,
    named        INTEGER NOT NULL,
    status       INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    started_at   REAL NOT NULL,
    stopped_at   REAL,
    work         INTEGER,
    map_run_id   INTEGER,
    extra        BLOB,
    state        BLOB
);
CREATE UNIQUE INDEX executions_by_name ON executions (machine_id, name) WHERE named = 1;
CREATE INDEX executions_by_status ON executions (machine_id, status);
CREATE INDEX executions_by_work ON executions (work) WHERE work IS NOT NULL;
CREATE INDEX executions_by_map_run ON executions (map_run_id, status) WHERE map_run_id IS NOT NULL;

-- Events of one burst (history_chunks.py). chunk_id = execution_id * 32768 + id of its first event.
CREATE TABLE execution_history (
    chunk_id INTEGER PRIMARY KEY,
    events   BLOB NOT NULL
);

-- Which task a token is for, while the task is open.
CREATE TABLE task_tokens (
    token        TEXT PRIMARY KEY,
    execution_id INTEGER NOT NULL,
    task_id      INTEGER NOT NULL
);
CREATE INDEX task_tokens_by_execution ON task_tokens (execution_id);

CREATE TABLE activities (
    activity_id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn         TEXT NOT NULL UNIQUE,
    region      TEXT NOT NULL,
    name        TEXT NOT NULL,
    created_at  REAL NOT NULL
);

-- Tasks of activities that no worker has taken yet, in their order.
CREATE TABLE activity_tasks (
    activity_task_id INTEGER PRIMARY KEY AUTOINCREMENT,
    activity_id      INTEGER NOT NULL,
    execution_id     INTEGER NOT NULL,
    task_id          INTEGER NOT NULL,
    token            TEXT NOT NULL,
    input            TEXT NOT NULL
);
CREATE INDEX activity_tasks_by_activity ON activity_tasks (activity_id);
CREATE INDEX activity_tasks_by_execution ON activity_tasks (execution_id);

CREATE TABLE map_runs (
    map_run_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    arn         TEXT NOT NULL UNIQUE,
    parent_id   INTEGER NOT NULL,
    task_id     INTEGER NOT NULL,
    machine_id  INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    status      TEXT NOT NULL,
    started_at  REAL NOT NULL,
    stopped_at  REAL,
    settings    BLOB NOT NULL
);
CREATE INDEX map_runs_by_parent ON map_runs (parent_id);

-- The items of a map run, a child execution's each: what it starts from, what it gave.
CREATE TABLE map_run_items (
    map_run_id   INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    input        TEXT NOT NULL,
    item_count   INTEGER NOT NULL,
    execution_id INTEGER,
    status       INTEGER NOT NULL,
    result       TEXT,
    PRIMARY KEY (map_run_id, number)
);
CREATE INDEX map_run_items_by_status ON map_run_items (map_run_id, status, number);
