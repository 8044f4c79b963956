-- The history of an execution that ended in its first burst; all others' is in execution_history.
ALTER TABLE executions ADD COLUMN events BLOB;
