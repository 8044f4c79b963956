-- IAM's entities: roles, users, groups, managed policies, instance profiles. Names differ by more
-- than case. details is JSON: whatever the kind has beyond these columns.
CREATE TABLE iam_entities (
    entity_id  TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL COLLATE NOCASE,
    arn        TEXT NOT NULL UNIQUE,
    path       TEXT NOT NULL,
    created_at REAL NOT NULL,
    details    TEXT NOT NULL,
    UNIQUE (kind, name)
) WITHOUT ROWID;

CREATE TABLE iam_inline_policies (
    entity_id   TEXT NOT NULL,
    policy_name TEXT NOT NULL COLLATE NOCASE,
    document    TEXT NOT NULL,
    PRIMARY KEY (entity_id, policy_name)
) WITHOUT ROWID;

-- Managed policies of roles, users and groups; AWS's own policies have no row anywhere else.
CREATE TABLE iam_attachments (
    entity_id  TEXT NOT NULL,
    policy_arn TEXT NOT NULL,
    PRIMARY KEY (entity_id, policy_arn)
) WITHOUT ROWID;
CREATE INDEX iam_attachments_by_policy ON iam_attachments (policy_arn);

CREATE TABLE iam_policy_versions (
    policy_arn TEXT NOT NULL,
    number     INTEGER NOT NULL,
    document   TEXT NOT NULL,
    created_at REAL NOT NULL,
    PRIMARY KEY (policy_arn, number)
) WITHOUT ROWID;

-- Users in groups, roles in instance profiles.
CREATE TABLE iam_members (
    container_id TEXT NOT NULL,
    member_id    TEXT NOT NULL,
    PRIMARY KEY (container_id, member_id)
) WITHOUT ROWID;
CREATE INDEX iam_members_by_member ON iam_members (member_id);

CREATE TABLE iam_access_keys (
    access_key_id TEXT PRIMARY KEY,
    user_id       TEXT NOT NULL,
    secret        TEXT NOT NULL,
    status        TEXT NOT NULL,
    created_at    REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX iam_access_keys_by_user ON iam_access_keys (user_id);

-- What each identity asked for, and whether it was allowed: aggregated, for `groundstate permissions`.
CREATE TABLE iam_usage (
    identity_arn TEXT NOT NULL,
    action       TEXT NOT NULL,
    resource     TEXT NOT NULL,
    allowed      INTEGER NOT NULL,
    calls        INTEGER NOT NULL,
    first_at     REAL NOT NULL,
    last_at      REAL NOT NULL,
    PRIMARY KEY (identity_arn, action, resource, allowed)
) WITHOUT ROWID;

-- The key that session tokens are derived from, so that they are good after a restart, too.
CREATE TABLE iam_session_key (key BLOB NOT NULL);
INSERT INTO iam_session_key VALUES (randomblob(32));
