-- The state store on PostgreSQL, version 12: executions that are children or continue others, and indexes for lists of executions by their end, by failed task runs and by errors.
--
-- The task run that started an execution, the execution of this task run, what becomes of the child when that one is cancelled or fails, and the number of its ancestors. All are null unless it is a child, and none of them changes.
ALTER TABLE executions
  ADD COLUMN parent_task_run_id uuid,
  ADD COLUMN parent_id uuid,
  ADD COLUMN child_policy text COLLATE "C",
  ADD COLUMN depth integer;

-- The execution that it continues, and the one that continues it.
ALTER TABLE executions ADD COLUMN continues_id uuid, ADD COLUMN continued_as_id uuid;

CREATE INDEX executions_by_parent ON executions (parent_id, created_at, id) WHERE parent_id IS NOT NULL;

-- A column for failed task runs, because an index with a condition on the state would end HOT updates of all task runs: this column stays null at every other move. Who moves a task run to FAILED sets it; a generated column would write the whole table again here.
ALTER TABLE task_runs ADD COLUMN failed boolean;
UPDATE task_runs SET failed = true WHERE state = 'FAILED';
CREATE INDEX task_runs_failed ON task_runs (failed, execution_id) WHERE failed IS NOT NULL;

-- Only the beginning of an error, because an error may be longer than an entry of an index.
CREATE INDEX attempts_by_error ON attempts (pg_catalog.left(error, 64)) WHERE error IS NOT NULL;

CREATE INDEX executions_by_end ON executions (ended_at) WHERE ended_at IS NOT NULL;

UPDATE waymark_version SET version = 12;
