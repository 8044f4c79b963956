-- Parameters of Systems Manager's store, every version of them; the newest is the one that counts.
CREATE TABLE ssm_parameters (
    region      TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     INTEGER NOT NULL,
    modified_at REAL NOT NULL,
    data        TEXT NOT NULL,
    PRIMARY KEY (region, name, version)
);
