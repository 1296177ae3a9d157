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

-- A condition on the last column of an index lets the server read that whole index, and while ANALYZE finds no rows in a table, that costs as little as the key. With these conditions an index serves only statements that compare its first column.
DROP INDEX executions_by_workflow;
DROP INDEX executions_by_state;
DROP INDEX execution_labels_by_value;
DROP INDEX ready_task_runs_in_order;
CREATE INDEX executions_by_workflow ON executions (workflow_id, state, created_at, id) WHERE workflow_id IS NOT NULL;
CREATE INDEX executions_by_state ON executions (state, created_at, id) WHERE state IS NOT NULL;
CREATE INDEX execution_labels_by_value ON execution_labels (name, value, created_at, execution_id) WHERE name IS NOT NULL;
CREATE INDEX ready_task_runs_in_order ON ready_task_runs (pool, priority, available_at, task_run_id) WHERE pool IS NOT NULL;

UPDATE waymark_version SET version = 12;
