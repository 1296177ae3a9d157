-- The state store on SQLite, version 8: executions can be deleted.
--
-- Before SQLite deletes a task run, it looks for signals that refer to it. Without an index it would read all signals of the store, once for each task run.
CREATE INDEX signals_by_task_run ON signals (task_run_id) WHERE task_run_id IS NOT NULL;

PRAGMA user_version = 8;
