-- The state store on SQLite, version 5: task runs that wait.
--
-- A task run that waits has not ended. It may be woken, start its next attempt, or end.
DROP TRIGGER executions_end;

CREATE TRIGGER executions_end AFTER UPDATE OF state ON executions
WHEN CASE NEW.state WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
BEGIN
  SELECT RAISE(ABORT, 'an execution ends only when all its task runs have ended')
  WHERE EXISTS (
    SELECT 1 FROM task_runs t
    WHERE t.execution_id = NEW.id
      AND CASE t.state WHEN 'PENDING' THEN 1 WHEN 'RUNNING' THEN 1 WHEN 'RETRYING' THEN 1 WHEN 'WAITING' THEN 1 ELSE 0 END
  );
END;

DROP TRIGGER task_runs_move;

CREATE TRIGGER task_runs_move AFTER UPDATE OF state, version ON task_runs
WHEN NOT CASE OLD.state
  WHEN NEW.state   THEN NEW.version = OLD.version
  WHEN 'PENDING'   THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RUNNING' THEN 1 WHEN 'WAITING' THEN 1 WHEN 'CANCELLED' THEN 1 WHEN 'SKIPPED' THEN 1 ELSE 0 END
  WHEN 'RUNNING'   THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RETRYING' THEN 1 WHEN 'WAITING' THEN 1 WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
  WHEN 'RETRYING'  THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RUNNING' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
  WHEN 'WAITING'   THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'PENDING' THEN 1 WHEN 'RUNNING' THEN 1 WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 WHEN 'SKIPPED' THEN 1 ELSE 0 END
  ELSE 0
END
BEGIN
  SELECT RAISE(ABORT, 'illegal move of a task run');
END;

PRAGMA user_version = 5;
