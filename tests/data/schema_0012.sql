-- Data as a runtime with schema 12 left them when it was killed; test_old_data.py goes on with them.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE timers (
    timer_id INTEGER PRIMARY KEY AUTOINCREMENT,
    due_at   REAL NOT NULL,
    service  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    data     BLOB NOT NULL,
    region   TEXT NOT NULL
);
INSERT INTO timers VALUES(1,1795889064.556371212,'stepfunctions','wait','2',X'31','us-east-1');
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
INSERT INTO dynamodb_tables VALUES(1,'000000000000','us-east-1','Tasks',X'7b22417474726962757465446566696e6974696f6e73223a5b7b224174747269627574654e616d65223a227461736b4964222c2241747472696275746554797065223a2253227d2c7b224174747269627574654e616d65223a22537461747573222c2241747472696275746554797065223a2253227d5d2c225461626c654e616d65223a225461736b73222c224b6579536368656d61223a5b7b224174747269627574654e616d65223a227461736b4964222c224b657954797065223a2248415348227d5d2c225461626c65537461747573223a22414354495645222c224372656174696f6e4461746554696d65223a313739353830323636332e3531372c225461626c6541726e223a2261726e3a6177733a64796e616d6f64623a75732d656173742d313a3030303030303030303030303a7461626c652f5461736b73222c225461626c654964223a2266323634373132632d663861362d343930362d383036352d653431333564363239396166222c2250726f766973696f6e65645468726f756768707574223a7b224e756d6265724f66446563726561736573546f646179223a302c22526561644361706163697479556e697473223a302c2257726974654361706163697479556e697473223a307d2c22476c6f62616c5365636f6e64617279496e6465786573223a5b7b22496e6465784e616d65223a2262795f737461747573222c224b6579536368656d61223a5b7b224174747269627574654e616d65223a22537461747573222c224b657954797065223a2248415348227d5d2c2250726f6a656374696f6e223a7b2250726f6a656374696f6e54797065223a22414c4c227d2c22496e64657841726e223a2261726e3a6177733a64796e616d6f64623a75732d656173742d313a3030303030303030303030303a7461626c652f5461736b732f696e6465782f62795f737461747573222c22496e6465784964223a312c22496e646578537461747573223a22414354495645222c2250726f766973696f6e65645468726f756768707574223a7b224e756d6265724f66446563726561736573546f646179223a302c22526561644361706163697479556e697473223a302c2257726974654361706163697479556e697473223a307d2c225761726d5468726f756768707574223a7b2252656164556e6974735065725365636f6e64223a302c225772697465556e6974735065725365636f6e64223a307d7d5d2c225761726d5468726f756768707574223a7b2252656164556e6974735065725365636f6e64223a302c225772697465556e6974735065725365636f6e64223a307d2c2242696c6c696e674d6f646553756d6d617279223a7b2242696c6c696e674d6f6465223a225041595f5045525f52455155455354222c224c617374557064617465546f506179506572526571756573744461746554696d65223a313739353830323636332e3531377d2c225461626c655468726f7567687075744d6f646553756d6d617279223a7b225461626c655468726f7567687075744d6f6465223a225041595f5045525f52455155455354222c224c617374557064617465546f506179506572526571756573744461746554696d65223a313739353830323636332e3531377d2c2253747265616d53706563696669636174696f6e223a7b2253747265616d456e61626c6564223a747275652c2253747265616d5669657754797065223a224e45575f414e445f4f4c445f494d41474553227d2c224c617465737453747265616d4c6162656c223a22323032362d31312d32375431383a30343a32332e353136222c224c617465737453747265616d41726e223a2261726e3a6177733a64796e616d6f64623a75732d656173742d313a3030303030303030303030303a7461626c652f5461736b732f73747265616d2f323032362d31312d32375431383a30343a32332e353136227d',X'7b7d',2,56);
CREATE TABLE dynamodb_numbers (number INTEGER PRIMARY KEY AUTOINCREMENT);
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
INSERT INTO dynamodb_streams VALUES(1,'arn:aws:dynamodb:us-east-1:000000000000:table/Tasks/stream/2026-11-27T18:04:23.516','000000000000','us-east-1','Tasks',X'7b2253747265616d4c6162656c223a22323032362d31312d32375431383a30343a32332e353136222c2253747265616d5669657754797065223a224e45575f414e445f4f4c445f494d41474553222c224b6579536368656d61223a5b7b224174747269627574654e616d65223a227461736b4964222c224b657954797065223a2248415348227d5d7d',1795802663.516706705,NULL,1);
CREATE TABLE dynamodb_stream_records (
    sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id  INTEGER NOT NULL,
    created_at REAL NOT NULL,
    record     BLOB NOT NULL
);
INSERT INTO dynamodb_stream_records VALUES(1,1,1795802664.5568945407,X'7b226576656e744944223a223762316364656266636666613334633830383030623564366164666161636237222c226576656e744e616d65223a22494e53455254222c226576656e7456657273696f6e223a22312e31222c226576656e74536f75726365223a226177733a64796e616d6f6462222c22617773526567696f6e223a2275732d656173742d31222c2264796e616d6f6462223a7b224b657973223a7b227461736b4964223a7b2253223a22427265616b66617374227d7d2c2253747265616d5669657754797065223a224e45575f414e445f4f4c445f494d41474553222c224e6577496d616765223a7b22537461747573223a7b2253223a2253544152544544227d2c227461736b4964223a7b2253223a22427265616b66617374227d7d2c2253697a654279746573223a34337d7d');
INSERT INTO dynamodb_stream_records VALUES(2,1,1795802665.0693831444,X'7b226576656e744944223a226465636130383233616435313235633938316663633361333431376531333933222c226576656e744e616d65223a22494e53455254222c226576656e7456657273696f6e223a22312e31222c226576656e74536f75726365223a226177733a64796e616d6f6462222c22617773526567696f6e223a2275732d656173742d31222c2264796e616d6f6462223a7b224b657973223a7b227461736b4964223a7b2253223a224f74686572227d7d2c2253747265616d5669657754797065223a224e45575f414e445f4f4c445f494d41474553222c224e6577496d616765223a7b227461736b4964223a7b2253223a224f74686572227d2c22537461747573223a7b2253223a2253544152544544227d2c226e223a7b224e223a22312e35227d7d2c2253697a654279746573223a33397d7d');
CREATE TABLE dynamodb_tokens (
    token    TEXT PRIMARY KEY,
    request  BLOB NOT NULL,
    response BLOB NOT NULL,
    used_at  REAL NOT NULL
);
CREATE TABLE dynamodb_backups (
    backup_id   INTEGER PRIMARY KEY,
    arn         TEXT NOT NULL UNIQUE,
    account     TEXT NOT NULL,
    region      TEXT NOT NULL,
    table_name  TEXT NOT NULL,
    created_at  REAL NOT NULL,
    description BLOB NOT NULL
);
CREATE TABLE dynamodb_changes (
    change_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    table_id   INTEGER NOT NULL,
    changed_at REAL NOT NULL,
    key        BLOB NOT NULL,
    item       BLOB
);
CREATE TABLE dynamodb_garbage (name TEXT PRIMARY KEY, has_rowid INTEGER NOT NULL) WITHOUT ROWID;
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
INSERT INTO state_machines VALUES(1,'arn:aws:states:us-east-1:000000000000:stateMachine:Tasks','us-east-1','Tasks','STANDARD',NULL,1795802664.5309724807,'ACTIVE',1,0);
INSERT INTO state_machines VALUES(2,'arn:aws:states:us-east-1:000000000000:stateMachine:Quick','us-east-1','Quick','STANDARD',NULL,1795802664.5395796298,'ACTIVE',2,0);
CREATE TABLE state_machine_revisions (
    revision      INTEGER PRIMARY KEY AUTOINCREMENT,
    machine_id    INTEGER NOT NULL,
    revision_id   TEXT,
    definition    TEXT NOT NULL,
    role_arn      TEXT NOT NULL,
    settings      BLOB NOT NULL,
    updated_at    REAL NOT NULL
);
INSERT INTO state_machine_revisions VALUES(1,1,NULL,'{"StartAt": "Create", "States": {"Create": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "Parameters": {"TableName": "Tasks", "Item": {"taskId": {"S.$": "$.taskId"}, "Status": {"S": "STARTED"}}}, "ResultPath": null, "Next": "Wait"}, "Wait": {"Type": "Wait", "Seconds": 86400, "Next": "Count"}, "Count": {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:updateItem", "Parameters": {"TableName": "Tasks", "Key": {"taskId": {"S.$": "$.taskId"}}, "UpdateExpression": "SET #s = :done ADD times :one", "ExpressionAttributeNames": {"#s": "Status"}, "ExpressionAttributeValues": {":done": {"S": "Done"}, ":one": {"N": "1"}}}, "End": true}}}','arn:aws:iam::000000000000:role/Machine',X'7b7d',1795802664.5309724807);
INSERT INTO state_machine_revisions VALUES(2,2,NULL,'{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": {"a": [1, 2]}, "Next": "Q"}, "Q": {"Type": "Succeed"}}}','arn:aws:iam::000000000000:role/Machine',X'7b7d',1795802664.5395796298);
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
, events BLOB);
INSERT INTO executions VALUES(1,2,'ended',1,1,2,1795802664.547953844,1795802664.547953844,NULL,NULL,NULL,NULL,X'5b313739353830323636342e353437393533382c5b22457865637574696f6e53746172746564222c302c7b22696e707574223a227b5c22785c223a317d222c22726f6c6541726e223a2261726e3a6177733a69616d3a3a3030303030303030303030303a726f6c652f4d616368696e65227d5d2c5b22506173735374617465456e7465726564222c302c7b22696e707574223a227b5c22785c223a317d222c226e616d65223a2250227d5d2c5b22506173735374617465457869746564222c322c7b226e616d65223a2250222c226f7574707574223a227b5c22615c223a5b312c325d7d227d5d2c5b22537563636565645374617465456e7465726564222c332c7b22696e707574223a227b5c22615c223a5b312c325d7d222c226e616d65223a2251227d5d2c5b22537563636565645374617465457869746564222c342c7b226e616d65223a2251222c226f7574707574223a227b5c22615c223a5b312c325d7d227d5d2c5b22457865637574696f6e537563636565646564222c352c7b226f7574707574223a227b5c22615c223a5b312c325d7d227d5d5d');
INSERT INTO executions VALUES(2,1,'waits',1,0,1,1795802664.5563712119,NULL,NULL,NULL,NULL,X'5b5b5b312c315d5d2c7b7d5d0a5b2252554e4e494e47222c372c322c5b5d2c302c5b5b302c2d312c302c312c312c372c362c372c313739353830323636342e353536333731322c302c312c302e302c22222c302c5b5d2c6e756c6c2c6e756c6c2c6e756c6c2c6e756c6c2c227b5c227461736b49645c223a5c22427265616b666173745c227d225d5d5d',NULL);
CREATE TABLE execution_history (
    chunk_id INTEGER PRIMARY KEY,
    events   BLOB NOT NULL
);
INSERT INTO execution_history VALUES(65537,X'5b313739353830323636342e353536333731322c5b22457865637574696f6e53746172746564222c302c7b22696e707574223a227b5c227461736b49645c223a5c22427265616b666173745c227d222c22726f6c6541726e223a2261726e3a6177733a69616d3a3a3030303030303030303030303a726f6c652f4d616368696e65227d5d2c5b225461736b5374617465456e7465726564222c302c7b22696e707574223a312c226e616d65223a22437265617465227d5d2c5b225461736b5363686564756c6564222c322c7b22706172616d6574657273223a227b5c225461626c654e616d655c223a5c225461736b735c222c5c224974656d5c223a7b5c225374617475735c223a7b5c22535c223a5c22535441525445445c227d2c5c227461736b49645c223a7b5c22535c223a5c22427265616b666173745c227d7d7d222c22726567696f6e223a2275732d656173742d31222c227265736f75726365223a227075744974656d222c227265736f7572636554797065223a2264796e616d6f6462227d5d2c5b225461736b53746172746564222c332c7b227265736f75726365223a227075744974656d222c227265736f7572636554797065223a2264796e616d6f6462227d5d2c5b225461736b537563636565646564222c342c7b226f7574707574223a5b312c22222c22782d616d7a6e2d526571756573744964222c2241454145453431313846383635323343373232453144434232415656344b514e534f3541454d564a463636513941535541414a47222c2232373435363134313437222c2232222c224672692c203237204e6f7620323032362031383a30343a323420474d54225d2c227265736f75726365223a227075744974656d222c227265736f7572636554797065223a2264796e616d6f6462227d5d2c5b225461736b5374617465457869746564222c352c7b226e616d65223a22437265617465222c226f7574707574223a317d5d2c5b22576169745374617465456e7465726564222c362c7b22696e707574223a312c226e616d65223a2257616974227d5d5d');
CREATE TABLE task_tokens (
    token        TEXT PRIMARY KEY,
    execution_id INTEGER NOT NULL,
    task_id      INTEGER NOT NULL
);
CREATE TABLE activities (
    activity_id INTEGER PRIMARY KEY AUTOINCREMENT,
    arn         TEXT NOT NULL UNIQUE,
    region      TEXT NOT NULL,
    name        TEXT NOT NULL,
    created_at  REAL NOT NULL
);
CREATE TABLE activity_tasks (
    activity_task_id INTEGER PRIMARY KEY AUTOINCREMENT,
    activity_id      INTEGER NOT NULL,
    execution_id     INTEGER NOT NULL,
    task_id          INTEGER NOT NULL,
    token            TEXT NOT NULL,
    input            TEXT NOT NULL
);
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
CREATE TABLE lambda_functions (
    function_id INTEGER PRIMARY KEY,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    last_version INTEGER NOT NULL DEFAULT 0,   -- the number of the newest published version
    reserved_concurrency INTEGER,
    tags TEXT NOT NULL DEFAULT '{}',
    UNIQUE (region, name)
);
CREATE TABLE lambda_versions (
    function_id INTEGER NOT NULL,
    version TEXT NOT NULL,
    revision_id TEXT NOT NULL,
    code_sha256 TEXT NOT NULL,                 -- hexadecimal, key of lambda_code
    document BLOB NOT NULL,
    PRIMARY KEY (function_id, version)
);
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
CREATE TABLE lambda_settings (
    function_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    document BLOB NOT NULL,
    PRIMARY KEY (function_id, kind, qualifier)
);
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
INSERT INTO iam_entities VALUES('AROAVGWKNJ3ZLFAYDICOO','role','Machine','arn:aws:iam::000000000000:role/Machine','/',1795802663.4970870018,'{"tags":{},"trust_document":"{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"Service\": \"states.amazonaws.com\"}, \"Action\": \"sts:AssumeRole\"}]}","description":null,"max_session_s":3600,"boundary_arn":""}');
CREATE TABLE iam_inline_policies (
    entity_id   TEXT NOT NULL,
    policy_name TEXT NOT NULL COLLATE NOCASE,
    document    TEXT NOT NULL,
    PRIMARY KEY (entity_id, policy_name)
) WITHOUT ROWID;
INSERT INTO iam_inline_policies VALUES('AROAVGWKNJ3ZLFAYDICOO','write','{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}]}');
CREATE TABLE iam_attachments (
    entity_id  TEXT NOT NULL,
    policy_arn TEXT NOT NULL,
    PRIMARY KEY (entity_id, policy_arn)
) WITHOUT ROWID;
CREATE TABLE iam_policy_versions (
    policy_arn TEXT NOT NULL,
    number     INTEGER NOT NULL,
    document   TEXT NOT NULL,
    created_at REAL NOT NULL,
    PRIMARY KEY (policy_arn, number)
) WITHOUT ROWID;
CREATE TABLE iam_members (
    container_id TEXT NOT NULL,
    member_id    TEXT NOT NULL,
    PRIMARY KEY (container_id, member_id)
) WITHOUT ROWID;
CREATE TABLE iam_access_keys (
    access_key_id TEXT PRIMARY KEY,
    user_id       TEXT NOT NULL,
    secret        TEXT NOT NULL,
    status        TEXT NOT NULL,
    created_at    REAL NOT NULL
) WITHOUT ROWID;
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
INSERT INTO iam_usage VALUES('arn:aws:iam::000000000000:role/Machine','dynamodb:PutItem','arn:aws:dynamodb:us-east-1:000000000000:table/Tasks',1,1,1795802664.5568945407,1795802664.5568945407);
CREATE TABLE iam_session_key (key BLOB NOT NULL);
INSERT INTO iam_session_key VALUES(X'c1730aa79b82f732837e0c21a7ec1234f747afd464abc8721d6aa7a521134447');
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
CREATE TABLE cloudformation_templates (
    template_id TEXT PRIMARY KEY,
    body        TEXT NOT NULL
);
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
CREATE TABLE cloudformation_events (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    stack_id TEXT NOT NULL,
    at       REAL NOT NULL,
    data     TEXT NOT NULL
);
CREATE TABLE cloudformation_change_sets (
    change_set_id TEXT PRIMARY KEY,
    stack_id      TEXT NOT NULL,
    name          TEXT NOT NULL,
    created_at    REAL NOT NULL,
    data          TEXT NOT NULL
);
CREATE TABLE cloudformation_exports (
    region   TEXT NOT NULL,
    name     TEXT NOT NULL,
    stack_id TEXT NOT NULL,
    value    TEXT NOT NULL,
    PRIMARY KEY (region, name)
);
CREATE TABLE cloudformation_imports (
    region   TEXT NOT NULL,
    name     TEXT NOT NULL,
    stack_id TEXT NOT NULL,
    PRIMARY KEY (region, name, stack_id)
);
CREATE TABLE cloudformation_records (
    record_id TEXT PRIMARY KEY,
    data      TEXT NOT NULL
);
CREATE TABLE s3_buckets (
    name       TEXT PRIMARY KEY,
    region     TEXT NOT NULL,
    created_at REAL NOT NULL,
    documents  TEXT NOT NULL
);
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
CREATE TABLE s3_uploads (
    upload_id  TEXT PRIMARY KEY,
    bucket     TEXT NOT NULL,
    key        TEXT NOT NULL,
    created_at REAL NOT NULL,
    data       TEXT NOT NULL
);
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
CREATE TABLE ssm_parameters (
    region      TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     INTEGER NOT NULL,
    modified_at REAL NOT NULL,
    data        TEXT NOT NULL,
    PRIMARY KEY (region, name, version)
);
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
CREATE TABLE dynamodb_index_1 (key BLOB PRIMARY KEY, row_id INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO dynamodb_index_1 VALUES(X'c8bab5535441525445440000563f67563f674f746865720000',2);
INSERT INTO dynamodb_index_1 VALUES(X'c8bab5535441525445440000721db9721db9427265616b666173740000',1);
CREATE TABLE dynamodb_items_1 (row_id INTEGER PRIMARY KEY, key BLOB NOT NULL, item BLOB NOT NULL, size INTEGER NOT NULL, page_size INTEGER NOT NULL, expires_at REAL);
INSERT INTO dynamodb_items_1 VALUES(1,X'721db9427265616b666173740000',X'7b22537461747573223a7b2253223a2253544152544544227d2c227461736b4964223a7b2253223a22427265616b66617374227d7d',28,40,NULL);
INSERT INTO dynamodb_items_1 VALUES(2,X'563f674f746865720000',X'7b227461736b4964223a7b2253223a224f74686572227d2c22537461747573223a7b2253223a2253544152544544227d2c226e223a7b224e223a22312e35227d7d',28,41,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('dynamodb_numbers',1);
INSERT INTO sqlite_sequence VALUES('dynamodb_streams',1);
INSERT INTO sqlite_sequence VALUES('dynamodb_tables',1);
INSERT INTO sqlite_sequence VALUES('state_machines',2);
INSERT INTO sqlite_sequence VALUES('state_machine_revisions',2);
INSERT INTO sqlite_sequence VALUES('dynamodb_stream_records',2);
INSERT INTO sqlite_sequence VALUES('timers',1);
CREATE INDEX timers_by_due_at ON timers (due_at, timer_id);
CREATE UNIQUE INDEX dynamodb_tables_by_name ON dynamodb_tables (account, region, name);
CREATE INDEX dynamodb_stream_records_by_stream ON dynamodb_stream_records (stream_id, sequence);
CREATE INDEX dynamodb_tokens_by_use ON dynamodb_tokens (used_at);
CREATE INDEX dynamodb_changes_by_table ON dynamodb_changes (table_id, change_id);
CREATE UNIQUE INDEX state_machines_by_arn ON state_machines (arn) WHERE status <> 'DELETED';
CREATE INDEX state_machines_deleted ON state_machines (arn) WHERE status = 'DELETED';
CREATE UNIQUE INDEX executions_by_name ON executions (machine_id, name) WHERE named = 1;
CREATE INDEX executions_by_status ON executions (machine_id, status);
CREATE INDEX executions_by_work ON executions (work) WHERE work IS NOT NULL;
CREATE INDEX executions_by_map_run ON executions (map_run_id, status) WHERE map_run_id IS NOT NULL;
CREATE INDEX task_tokens_by_execution ON task_tokens (execution_id);
CREATE INDEX activity_tasks_by_activity ON activity_tasks (activity_id);
CREATE INDEX activity_tasks_by_execution ON activity_tasks (execution_id);
CREATE INDEX map_runs_by_parent ON map_runs (parent_id);
CREATE INDEX map_run_items_by_status ON map_run_items (map_run_id, status, number);
CREATE INDEX lambda_versions_by_code ON lambda_versions (code_sha256);
CREATE INDEX lambda_event_sources_by_function ON lambda_event_sources (region, function_name);
CREATE INDEX log_batches_by_stream ON log_batches (stream_id, first_ms);
CREATE INDEX log_batches_by_stream_end ON log_batches (stream_id, last_ms);
CREATE INDEX log_batches_by_group ON log_batches (group_id, first_ms);
CREATE INDEX iam_attachments_by_policy ON iam_attachments (policy_arn);
CREATE INDEX iam_members_by_member ON iam_members (member_id);
CREATE INDEX iam_access_keys_by_user ON iam_access_keys (user_id);
CREATE UNIQUE INDEX cloudformation_stacks_by_name ON cloudformation_stacks (region, name)
    WHERE deleted_at IS NULL;
CREATE INDEX cloudformation_stacks_by_time ON cloudformation_stacks (region, created_at);
CREATE INDEX cloudformation_stacks_unfinished ON cloudformation_stacks (stack_id)
    WHERE deployment IS NOT NULL;
CREATE INDEX cloudformation_stacks_by_parent ON cloudformation_stacks (parent_id)
    WHERE parent_id IS NOT NULL;
CREATE INDEX cloudformation_resources_by_physical_id ON cloudformation_resources (physical_id);
CREATE INDEX cloudformation_steps_by_stack ON cloudformation_steps (stack_id, phase, step_id);
CREATE INDEX cloudformation_events_by_stack ON cloudformation_events (stack_id, number);
CREATE UNIQUE INDEX cloudformation_change_sets_by_name
    ON cloudformation_change_sets (stack_id, name);
CREATE INDEX cloudformation_exports_by_stack ON cloudformation_exports (stack_id);
CREATE INDEX cloudformation_imports_by_stack ON cloudformation_imports (stack_id);
CREATE UNIQUE INDEX s3_objects_by_key ON s3_objects (bucket, key, number);
CREATE UNIQUE INDEX s3_objects_current ON s3_objects (bucket, key) WHERE is_current = 1;
CREATE INDEX s3_objects_by_file ON s3_objects (file) WHERE file IS NOT NULL;
CREATE INDEX s3_uploads_by_bucket ON s3_uploads (bucket, key, upload_id);
CREATE INDEX s3_parts_by_file ON s3_parts (file) WHERE file IS NOT NULL;
CREATE INDEX dynamodb_transfers_by_token ON dynamodb_transfers (kind, account, region, token);
CREATE UNIQUE INDEX dynamodb_items_1_by_key ON dynamodb_items_1 (key);
PRAGMA user_version=12;
COMMIT;
