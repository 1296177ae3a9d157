-- The state store on PostgreSQL, version 3: the same guards at less than half their price, which every commit pays.
LOCK TABLE executions, task_runs, attempts, history IN ACCESS EXCLUSIVE MODE;

-- A row of the history is written while its execution is locked, and an attempt while its task run is: that they exist is known without a look for each row, which took a
-- fifth of the time of a commit. What is left to forbid is that one is deleted by hand under what belongs to it.
ALTER TABLE history DROP CONSTRAINT history_execution_id_fkey;
ALTER TABLE attempts DROP CONSTRAINT attempts_task_run_id_fkey;

CREATE FUNCTION refuse_while_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "${flyway:defaultSchema}".history h WHERE h.execution_id = OLD.id) THEN
    RAISE EXCEPTION 'execution % has a history; delete that first', OLD.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN OLD;
END
$$;

CREATE TRIGGER executions_leave BEFORE DELETE ON executions FOR EACH ROW EXECUTE FUNCTION refuse_while_history_stays();

CREATE FUNCTION refuse_while_attempts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "${flyway:defaultSchema}".attempts a WHERE a.task_run_id = OLD.id) THEN
    RAISE EXCEPTION 'task run % has attempts; delete them first', OLD.id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN OLD;
END
$$;

CREATE TRIGGER task_runs_leave BEFORE DELETE ON task_runs FOR EACH ROW EXECUTE FUNCTION refuse_while_attempts_stay();

-- A condition is read from its stored form for every statement, so its length is what it costs. These say the same as before in a quarter of it.
DROP TRIGGER executions_move ON executions;
CREATE TRIGGER executions_move AFTER UPDATE OF state, version ON executions FOR EACH ROW
WHEN (NEW.version <> OLD.version + 1 OR OLD.state || '>' || NEW.state <> ALL (
  '{PENDING>RUNNING,PENDING>PAUSED,PENDING>CANCELLING,PENDING>CANCELLED,RUNNING>PAUSED,RUNNING>CANCELLING,RUNNING>SUCCEEDED,RUNNING>FAILED,PAUSED>RUNNING,PAUSED>CANCELLING,PAUSED>CANCELLED,CANCELLING>CANCELLED}'::text[]))
EXECUTE FUNCTION refuse('illegal move of an execution');

DROP TRIGGER executions_end ON executions;
CREATE TRIGGER executions_end AFTER UPDATE OF state ON executions FOR EACH ROW
WHEN (NEW.state = ANY ('{SUCCEEDED,FAILED,CANCELLED}'::text[]))
EXECUTE FUNCTION refuse_while_task_runs_live();

DROP TRIGGER task_runs_move ON task_runs;
CREATE TRIGGER task_runs_move AFTER UPDATE OF state, version ON task_runs FOR EACH ROW
WHEN (NEW.version <> OLD.version + (NEW.state <> OLD.state)::integer OR NEW.state <> OLD.state AND OLD.state || '>' || NEW.state <> ALL (
  '{PENDING>RUNNING,PENDING>CANCELLED,PENDING>SKIPPED,RUNNING>RETRYING,RUNNING>SUCCEEDED,RUNNING>FAILED,RUNNING>CANCELLED,RETRYING>RUNNING,RETRYING>FAILED,RETRYING>CANCELLED}'::text[]))
EXECUTE FUNCTION refuse('illegal move of a task run');

DROP TRIGGER attempts_move ON attempts;
CREATE TRIGGER attempts_move AFTER UPDATE OF state ON attempts FOR EACH ROW
WHEN (OLD.state <> 'RUNNING' OR NEW.state <> ALL ('{SUCCEEDED,FAILED,CANCELLED,LOST}'::text[]))
EXECUTE FUNCTION refuse('illegal move of an attempt');

-- The lowest slot that is free: so there are as many rows of a day as there were ever writers at the same moment, and not sixteen as soon as connections come and go.
CREATE OR REPLACE FUNCTION own_count_slot() RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
  schema_key constant integer := pg_catalog.hashtext('waymark counts ${flyway:defaultSchema}');
  own_turn   constant integer := pg_catalog.pg_backend_pid() % 16;
BEGIN
  FOR slot IN 0..15 LOOP
    IF pg_catalog.pg_try_advisory_xact_lock(schema_key, slot) THEN
      RETURN slot;
    END IF;
  END LOOP;
  PERFORM pg_catalog.pg_advisory_xact_lock(schema_key, own_turn);
  RETURN own_turn;
END
$$;

UPDATE waymark_version SET version = 3;
