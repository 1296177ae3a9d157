-- The state store on SQLite, version 7: indexes for lists of executions by their end, by failed task runs and by errors.
CREATE INDEX task_runs_failed ON task_runs (execution_id) WHERE state = 'FAILED';

-- Only the beginning of an error, because an error may be long.
CREATE INDEX attempts_by_error ON attempts (substr(error, 1, 64)) WHERE error IS NOT NULL;

CREATE INDEX executions_by_end ON executions (ended_at) WHERE ended_at IS NOT NULL;

PRAGMA user_version = 7;
