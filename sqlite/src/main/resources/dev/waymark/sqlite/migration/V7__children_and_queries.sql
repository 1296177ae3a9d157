-- The state store on SQLite, version 7: executions that are children or continue others, and indexes for lists of executions by their end, by failed task runs and by errors.
--
-- The task run that started an execution, the execution of this task run, what becomes of the child when that one is cancelled or fails, and the number of its ancestors. All are null unless it is a child, and none of them changes.
ALTER TABLE executions ADD COLUMN parent_task_run_id BLOB;
ALTER TABLE executions ADD COLUMN parent_id BLOB;
ALTER TABLE executions ADD COLUMN child_policy TEXT CHECK (child_policy IN ('CANCEL', 'ABANDON'));
ALTER TABLE executions ADD COLUMN depth INTEGER CHECK (depth > 0);

-- The execution that it continues, and the one that continues it.
ALTER TABLE executions ADD COLUMN continues_id BLOB;
ALTER TABLE executions ADD COLUMN continued_as_id BLOB;

CREATE INDEX executions_by_parent ON executions (parent_id, created_at, id) WHERE parent_id IS NOT NULL;

CREATE INDEX task_runs_failed ON task_runs (state, execution_id) WHERE state = 'FAILED';

-- Only the beginning of an error, because an error may be long.
CREATE INDEX attempts_by_error ON attempts (substr(error, 1, 64)) WHERE error IS NOT NULL;

CREATE INDEX executions_by_end ON executions (ended_at) WHERE ended_at IS NOT NULL;

PRAGMA user_version = 7;
