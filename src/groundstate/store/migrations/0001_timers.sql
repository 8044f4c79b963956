-- What is to happen later. due_at is epoch seconds; ties go in the order in which they were set.
CREATE TABLE timers (
    timer_id INTEGER PRIMARY KEY AUTOINCREMENT,
    due_at   REAL NOT NULL,
    service  TEXT NOT NULL,
    kind     TEXT NOT NULL,
    subject  TEXT NOT NULL,
    data     BLOB NOT NULL,
    region   TEXT NOT NULL
);
CREATE INDEX timers_by_due_at ON timers (due_at, timer_id);
