-- The state store on PostgreSQL, version 10: task runs that wait.
--
-- A task run that waits has not ended. It may be woken, start its next attempt, or end.
CREATE OR REPLACE FUNCTION refuse_while_task_runs_live() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  path constant pg_catalog.text := pg_catalog.current_setting('search_path');
  ours constant pg_catalog.text := pg_catalog.format('pg_catalog, "%s", pg_temp', TG_TABLE_SCHEMA);
BEGIN
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', ours, true);
  END IF;
  IF EXISTS (SELECT 1 FROM task_runs t WHERE t.execution_id = NEW.id AND t.state = ANY ('{PENDING,RUNNING,RETRYING,WAITING}'::text[])) THEN
    RAISE EXCEPTION 'an execution ends only when all its task runs have ended' USING ERRCODE = 'check_violation';
  END IF;
  IF path OPERATOR(pg_catalog.<>) ours THEN
    PERFORM pg_catalog.set_config('search_path', path, true);
  END IF;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER task_runs_move AFTER UPDATE OF state, version ON task_runs FOR EACH ROW
WHEN (NEW.version <> OLD.version + (NEW.state <> OLD.state)::integer OR NEW.state <> OLD.state AND OLD.state || '>' || NEW.state <> ALL (
  '{PENDING>RUNNING,PENDING>WAITING,PENDING>CANCELLED,PENDING>SKIPPED,RUNNING>RETRYING,RUNNING>WAITING,RUNNING>SUCCEEDED,RUNNING>FAILED,RUNNING>CANCELLED,RETRYING>RUNNING,RETRYING>FAILED,RETRYING>CANCELLED,WAITING>PENDING,WAITING>RUNNING,WAITING>SUCCEEDED,WAITING>FAILED,WAITING>CANCELLED,WAITING>SKIPPED}'::text[]))
EXECUTE FUNCTION refuse('illegal move of a task run');

UPDATE waymark_version SET version = 10;
