-- Stacks. data is JSON: what the API shows and the inputs; deployment is JSON: the work under way,
-- or NULL. A deleted stack keeps its row, under its id.
CREATE TABLE cloudformation_stacks (
    stack_id   TEXT PRIMARY KEY,
    region     TEXT NOT NULL,
    name       TEXT NOT NULL,
    status     TEXT NOT NULL,
    reason     TEXT NOT NULL,
    created_at REAL NOT NULL,
    deleted_at REAL,
    parent_id  TEXT,
    data       TEXT NOT NULL,
    deployment TEXT
);
CREATE UNIQUE INDEX cloudformation_stacks_by_name ON cloudformation_stacks (region, name)
    WHERE deleted_at IS NULL;
CREATE INDEX cloudformation_stacks_by_time ON cloudformation_stacks (region, created_at);
CREATE INDEX cloudformation_stacks_unfinished ON cloudformation_stacks (stack_id)
    WHERE deployment IS NOT NULL;
CREATE INDEX cloudformation_stacks_by_parent ON cloudformation_stacks (parent_id)
    WHERE parent_id IS NOT NULL;

-- Templates by the SHA-256 of their text; stacks and change sets share them.
CREATE TABLE cloudformation_templates (
    template_id TEXT PRIMARY KEY,
    body        TEXT NOT NULL
);

-- What each stack has made. A row is written in the transaction that makes or changes the thing.
CREATE TABLE cloudformation_resources (
    stack_id    TEXT NOT NULL,
    logical_id  TEXT NOT NULL,
    physical_id TEXT NOT NULL,
    type        TEXT NOT NULL,
    status      TEXT NOT NULL,
    reason      TEXT NOT NULL,
    updated_at  REAL NOT NULL,
    data        TEXT NOT NULL,
    PRIMARY KEY (stack_id, logical_id)
);
CREATE INDEX cloudformation_resources_by_physical_id ON cloudformation_resources (physical_id);

-- The plan of the deployment under way, and of the one before, until the next begins.
CREATE TABLE cloudformation_steps (
    step_id    INTEGER PRIMARY KEY AUTOINCREMENT,
    stack_id   TEXT NOT NULL,
    phase      TEXT NOT NULL,
    logical_id TEXT NOT NULL,
    action     TEXT NOT NULL,
    state      TEXT NOT NULL,
    needs      TEXT NOT NULL,
    data       TEXT NOT NULL
);
CREATE INDEX cloudformation_steps_by_stack ON cloudformation_steps (stack_id, phase, step_id);

CREATE TABLE cloudformation_events (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    stack_id TEXT NOT NULL,
    at       REAL NOT NULL,
    data     TEXT NOT NULL
);
CREATE INDEX cloudformation_events_by_stack ON cloudformation_events (stack_id, number);

CREATE TABLE cloudformation_change_sets (
    change_set_id TEXT PRIMARY KEY,
    stack_id      TEXT NOT NULL,
    name          TEXT NOT NULL,
    created_at    REAL NOT NULL,
    data          TEXT NOT NULL
);
CREATE UNIQUE INDEX cloudformation_change_sets_by_name
    ON cloudformation_change_sets (stack_id, name);

CREATE TABLE cloudformation_exports (
    region   TEXT NOT NULL,
    name     TEXT NOT NULL,
    stack_id TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (region, name)
);
CREATE INDEX cloudformation_exports_by_stack ON cloudformation_exports (stack_id);

CREATE TABLE cloudformation_imports (
    region   TEXT NOT NULL,
    name     TEXT NOT NULL,
    stack_id TEXT NOT NULL,
    PRIMARY KEY (region, name, stack_id)
);
CREATE INDEX cloudformation_imports_by_stack ON cloudformation_imports (stack_id);

-- What is looked up by an id of its own: drift detections, and requests of Cloud Control.
CREATE TABLE cloudformation_records (
    record_id TEXT PRIMARY KEY,
    data      TEXT NOT NULL
);
