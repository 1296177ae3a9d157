-- The state store on SQLite, version 2: exact totals without counting, and lists that an index leads to the page.
--
-- How many executions there are of a workflow, in a state, created on a day (in UTC, counted from 1970-01-01). The empty workflow id stands for all workflows.
-- Triggers keep it, so that it is right whoever writes; it adds up what is in `executions` at every moment.

CREATE TABLE execution_counts (
  workflow_id TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  day         INTEGER NOT NULL,
  executions  INTEGER NOT NULL,
  PRIMARY KEY (workflow_id, state, day)
) STRICT, WITHOUT ROWID;

-- Division cuts towards zero, and a day begins before 1970 as well.
INSERT INTO execution_counts (workflow_id, state, day, executions)
SELECT workflow_id, state, CASE WHEN created_at >= 0 THEN created_at / 86400000000 ELSE (created_at + 1) / 86400000000 - 1 END AS day, count(*)
FROM executions GROUP BY workflow_id, state, day;

INSERT INTO execution_counts (workflow_id, state, day, executions)
SELECT '', state, day, sum(executions) FROM execution_counts GROUP BY state, day;

CREATE TRIGGER executions_count_created AFTER INSERT ON executions
BEGIN
  INSERT INTO execution_counts (workflow_id, state, day, executions)
  SELECT c.workflow_id, NEW.state, CASE WHEN NEW.created_at >= 0 THEN NEW.created_at / 86400000000 ELSE (NEW.created_at + 1) / 86400000000 - 1 END, 1
  FROM (SELECT '' AS workflow_id UNION ALL SELECT NEW.workflow_id) c WHERE true
  ON CONFLICT DO UPDATE SET executions = executions + 1;
END;

CREATE TRIGGER executions_count_moved AFTER UPDATE OF state, workflow_id, created_at ON executions
BEGIN
  INSERT INTO execution_counts (workflow_id, state, day, executions)
  SELECT c.workflow_id, c.state, CASE WHEN c.created_at >= 0 THEN c.created_at / 86400000000 ELSE (c.created_at + 1) / 86400000000 - 1 END, c.executions
  FROM (SELECT '' AS workflow_id, OLD.state AS state, OLD.created_at AS created_at, -1 AS executions
        UNION ALL SELECT OLD.workflow_id, OLD.state, OLD.created_at, -1
        UNION ALL SELECT '', NEW.state, NEW.created_at, 1
        UNION ALL SELECT NEW.workflow_id, NEW.state, NEW.created_at, 1) c WHERE true
  ON CONFLICT DO UPDATE SET executions = executions + excluded.executions;
END;

CREATE TRIGGER executions_count_deleted AFTER DELETE ON executions
BEGIN
  UPDATE execution_counts SET executions = executions - 1
  WHERE workflow_id IN ('', OLD.workflow_id) AND state = OLD.state
    AND day = CASE WHEN OLD.created_at >= 0 THEN OLD.created_at / 86400000000 ELSE (OLD.created_at + 1) / 86400000000 - 1 END;
END;

-- A list is merged from one range for each state, so the state stands before the time; the lists of all workflows and of one need one index each.
DROP INDEX executions_by_creation;
DROP INDEX executions_by_workflow;
CREATE INDEX executions_by_workflow ON executions (workflow_id, state, created_at, id);

-- The time of its execution leads a list by label to the page. A table of its own, since a column that is added to one could be left out by whoever writes.
CREATE TABLE labels_with_times (
  execution_id BLOB    NOT NULL REFERENCES executions (id),
  name         TEXT    NOT NULL,
  value        TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  PRIMARY KEY (execution_id, name)
) STRICT, WITHOUT ROWID;

INSERT INTO labels_with_times (execution_id, name, value, created_at)
SELECT l.execution_id, l.name, l.value, e.created_at FROM execution_labels l JOIN executions e ON e.id = l.execution_id;

DROP TABLE execution_labels;
ALTER TABLE labels_with_times RENAME TO execution_labels;
CREATE INDEX execution_labels_by_value ON execution_labels (name, value, created_at, execution_id);

PRAGMA user_version = 2;
