-- The state store on PostgreSQL, version 5: nothing depends on the name of the schema or on the search path of a session.
--
-- From here on every name is looked up in pg_catalog first, then in the first schema of the path, which is that of the store, and nowhere else.
DO $$
BEGIN
  PERFORM pg_catalog.set_config('search_path', pg_catalog.format('%I, pg_temp', pg_catalog.current_schema()), true);
END
$$;

LOCK TABLE executions, task_runs, attempts, history IN ACCESS EXCLUSIVE MODE;

-- A trigger belongs to the schema of its table, whatever the schema is called now: the schema may be renamed, cloned, or restored under another name. PostgreSQL looks up
-- the names in a function body by the search path of the session that runs it. So each function that names a table or calls a function sets the path, unless the
-- session has it already, as every session of Waymark has. The lines before that name everything in full, operators included: a session may have any path.

CREATE OR REPLACE FUNCTION refuse_while_task_runs_live() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  path constant pg_catalog.text := pg_catalog.current_setting('search_path');
  ours constant pg_catalog.text := pg_catalog.format('pg_catalog, "%s", pg_temp', TG_TABLE_SCHEMA);
BEGIN
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', ours, true);
  END IF;
  IF EXISTS (SELECT 1 FROM task_runs t WHERE t.execution_id = NEW.id AND t.state = ANY ('{PENDING,RUNNING,RETRYING}'::text[])) THEN
    RAISE EXCEPTION 'an execution ends only when all its task runs have ended' USING ERRCODE = 'check_violation';
  END IF;
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', path, true);
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION refuse_while_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  path constant pg_catalog.text := pg_catalog.current_setting('search_path');
  ours constant pg_catalog.text := pg_catalog.format('pg_catalog, "%s", pg_temp', TG_TABLE_SCHEMA);
BEGIN
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', ours, true);
  END IF;
  IF EXISTS (SELECT 1 FROM history h WHERE h.execution_id = OLD.id) THEN
    RAISE EXCEPTION 'execution % has a history; delete that first', OLD.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', path, true);
  END IF;
  RETURN OLD;
END
$$;

CREATE OR REPLACE FUNCTION refuse_while_attempts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  path constant pg_catalog.text := pg_catalog.current_setting('search_path');
  ours constant pg_catalog.text := pg_catalog.format('pg_catalog, "%s", pg_temp', TG_TABLE_SCHEMA);
BEGIN
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', ours, true);
  END IF;
  IF EXISTS (SELECT 1 FROM attempts a WHERE a.task_run_id = OLD.id) THEN
    RAISE EXCEPTION 'task run % has attempts; delete them first', OLD.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', path, true);
  END IF;
  RETURN OLD;
END
$$;

-- Counts in a slot that no other transaction has until this one ends: the lowest of sixteen that is free; if none is free, it waits for one. It calls no function of
-- the schema, so that it does not depend on which schema it is itself in.
CREATE FUNCTION count_executions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  path constant pg_catalog.text := pg_catalog.current_setting('search_path');
  ours constant pg_catalog.text := pg_catalog.format('pg_catalog, "%s", pg_temp', TG_TABLE_SCHEMA);
  own_slot integer := 0;
BEGIN
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', ours, true);
  END IF;
  WHILE own_slot < 16 AND NOT pg_try_advisory_xact_lock(TG_RELID::integer, own_slot) LOOP
    own_slot := own_slot + 1;
  END LOOP;
  IF own_slot = 16 THEN
    own_slot := pg_backend_pid() % 16;
    PERFORM pg_advisory_xact_lock(TG_RELID::integer, own_slot);
  END IF;
  CASE TG_OP
    WHEN 'INSERT' THEN
      INSERT INTO execution_counts AS k (workflow_id, state, day, slot, executions)
      SELECT c.workflow_id, r.state, (r.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', own_slot, count(*)
      FROM new_rows r CROSS JOIN LATERAL (VALUES (''), (r.workflow_id)) c (workflow_id)
      GROUP BY 1, 2, 3
      ON CONFLICT (workflow_id, state, day, slot) DO UPDATE SET executions = k.executions + excluded.executions;
    WHEN 'UPDATE' THEN
      INSERT INTO execution_counts AS k (workflow_id, state, day, slot, executions)
      SELECT c.workflow_id, r.state, (r.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', own_slot, sum(r.executions)
      FROM (SELECT workflow_id, state, created_at, 1 AS executions FROM new_rows
            UNION ALL SELECT workflow_id, state, created_at, -1 FROM old_rows) r CROSS JOIN LATERAL (VALUES (''), (r.workflow_id)) c (workflow_id)
      GROUP BY 1, 2, 3 HAVING sum(r.executions) <> 0
      ON CONFLICT (workflow_id, state, day, slot) DO UPDATE SET executions = k.executions + excluded.executions;
    WHEN 'DELETE' THEN
      INSERT INTO execution_counts AS k (workflow_id, state, day, slot, executions)
      SELECT c.workflow_id, r.state, (r.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', own_slot, -count(*)
      FROM old_rows r CROSS JOIN LATERAL (VALUES (''), (r.workflow_id)) c (workflow_id)
      GROUP BY 1, 2, 3
      ON CONFLICT (workflow_id, state, day, slot) DO UPDATE SET executions = k.executions + excluded.executions;
    ELSE
      -- Nobody else has executions that are not committed while somebody empties the table.
      DELETE FROM execution_counts;
  END CASE;
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', path, true);
  END IF;
  RETURN NULL;
END
$$;

-- The triggers once more, unchanged: those of a store that was copied may call functions of the original, and an operator in a condition may have been looked up elsewhere.
CREATE OR REPLACE TRIGGER executions_begin BEFORE INSERT ON executions FOR EACH ROW
WHEN (NEW.state <> 'PENDING' OR NEW.version <> 1)
EXECUTE FUNCTION refuse('an execution begins PENDING at version 1');

CREATE OR REPLACE TRIGGER executions_move AFTER UPDATE OF state, version ON executions FOR EACH ROW
WHEN (NEW.version <> OLD.version + 1 OR OLD.state || '>' || NEW.state <> ALL (
  '{PENDING>RUNNING,PENDING>PAUSED,PENDING>CANCELLING,PENDING>CANCELLED,RUNNING>PAUSED,RUNNING>CANCELLING,RUNNING>SUCCEEDED,RUNNING>FAILED,PAUSED>RUNNING,PAUSED>CANCELLING,PAUSED>CANCELLED,CANCELLING>CANCELLED}'::text[]))
EXECUTE FUNCTION refuse('illegal move of an execution');

CREATE OR REPLACE TRIGGER executions_end AFTER UPDATE OF state ON executions FOR EACH ROW
WHEN (NEW.state = ANY ('{SUCCEEDED,FAILED,CANCELLED}'::text[]))
EXECUTE FUNCTION refuse_while_task_runs_live();

CREATE OR REPLACE TRIGGER executions_leave BEFORE DELETE ON executions FOR EACH ROW EXECUTE FUNCTION refuse_while_history_stays();

CREATE OR REPLACE TRIGGER task_runs_begin BEFORE INSERT ON task_runs FOR EACH ROW
WHEN (NEW.state <> 'PENDING' OR NEW.version <> 1 OR NEW.last_attempt <> 0)
EXECUTE FUNCTION refuse('a task run begins PENDING at version 1 without attempts');

CREATE OR REPLACE TRIGGER task_runs_move AFTER UPDATE OF state, version ON task_runs FOR EACH ROW
WHEN (NEW.version <> OLD.version + (NEW.state <> OLD.state)::integer OR NEW.state <> OLD.state AND OLD.state || '>' || NEW.state <> ALL (
  '{PENDING>RUNNING,PENDING>CANCELLED,PENDING>SKIPPED,RUNNING>RETRYING,RUNNING>SUCCEEDED,RUNNING>FAILED,RUNNING>CANCELLED,RETRYING>RUNNING,RETRYING>FAILED,RETRYING>CANCELLED}'::text[]))
EXECUTE FUNCTION refuse('illegal move of a task run');

CREATE OR REPLACE TRIGGER task_runs_leave BEFORE DELETE ON task_runs FOR EACH ROW EXECUTE FUNCTION refuse_while_attempts_stay();

CREATE OR REPLACE TRIGGER attempts_begin BEFORE INSERT ON attempts FOR EACH ROW
WHEN (NEW.state <> 'RUNNING')
EXECUTE FUNCTION refuse('an attempt begins RUNNING');

CREATE OR REPLACE TRIGGER attempts_move AFTER UPDATE OF state ON attempts FOR EACH ROW
WHEN (OLD.state <> 'RUNNING' OR NEW.state <> ALL ('{SUCCEEDED,FAILED,CANCELLED,LOST}'::text[]))
EXECUTE FUNCTION refuse('illegal move of an attempt');

CREATE OR REPLACE TRIGGER executions_count_created AFTER INSERT ON executions REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_executions();

CREATE OR REPLACE TRIGGER executions_count_moved AFTER UPDATE ON executions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_executions();

CREATE OR REPLACE TRIGGER executions_count_deleted AFTER DELETE ON executions REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_executions();

CREATE OR REPLACE TRIGGER executions_count_emptied AFTER TRUNCATE ON executions
FOR EACH STATEMENT EXECUTE FUNCTION count_executions();

DROP FUNCTION count_created_executions(), count_moved_executions(), count_deleted_executions(), count_no_executions(), own_count_slot();

-- The functions of earlier versions may have counted in the schema that once had this name.
DELETE FROM execution_counts;
INSERT INTO execution_counts (workflow_id, state, day, slot, executions)
SELECT c.workflow_id, e.state, (e.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', 0, count(*)
FROM executions e CROSS JOIN LATERAL (VALUES (''), (e.workflow_id)) c (workflow_id)
GROUP BY 1, 2, 3;

UPDATE waymark_version SET version = 5;
