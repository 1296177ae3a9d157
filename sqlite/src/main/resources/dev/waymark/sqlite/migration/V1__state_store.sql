-- The state store on SQLite, version 1.
--
-- Ids are 16 bytes (UUID), so that their order is the order of creation; times are whole microseconds since 1970-01-01T00:00:00Z; maps of text are JSON objects.
-- Tables are STRICT, and clustered by their key where rows are small. The triggers hold the tables of moves against SQL written by hand; their WHEN is a CASE,
-- because SQLite would build a temporary index for every IN list, at each row.

CREATE TABLE workflows (
  id           TEXT    NOT NULL PRIMARY KEY,
  revision     INTEGER NOT NULL CHECK (revision >= 1),
  content_hash TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workflow_revisions (
  workflow_id  TEXT    NOT NULL REFERENCES workflows (id),
  revision     INTEGER NOT NULL CHECK (revision >= 1),
  content_hash TEXT    NOT NULL,
  description  TEXT,
  labels       TEXT    NOT NULL,
  created_at   INTEGER NOT NULL,
  definition   TEXT    NOT NULL,
  PRIMARY KEY (workflow_id, revision)
) STRICT;

CREATE TABLE executions (
  id                BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  workflow_id       TEXT    NOT NULL,
  workflow_revision INTEGER NOT NULL,
  state             TEXT    NOT NULL,
  version           INTEGER NOT NULL CHECK (version >= 1),
  request_hash      TEXT    NOT NULL,
  created_at        INTEGER NOT NULL,
  started_at        INTEGER,
  ended_at          INTEGER,
  error             TEXT,
  FOREIGN KEY (workflow_id, workflow_revision) REFERENCES workflow_revisions (workflow_id, revision)
) STRICT, WITHOUT ROWID;

CREATE INDEX executions_by_creation ON executions (created_at, id);
CREATE INDEX executions_by_workflow ON executions (workflow_id, created_at, id);
CREATE INDEX executions_by_state ON executions (state, created_at, id);

-- What never changes and may be large stays out of the rows that change often. Only executions that have labels or inputs have a row here.
CREATE TABLE execution_details (
  execution_id BLOB NOT NULL PRIMARY KEY REFERENCES executions (id),
  labels       TEXT NOT NULL,
  inputs       TEXT NOT NULL
) STRICT;

CREATE TABLE execution_labels (
  execution_id BLOB NOT NULL REFERENCES executions (id),
  name         TEXT NOT NULL,
  value        TEXT NOT NULL,
  PRIMARY KEY (execution_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX execution_labels_by_value ON execution_labels (name, value, execution_id);

CREATE TABLE task_runs (
  id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  execution_id BLOB    NOT NULL REFERENCES executions (id),
  task_id      TEXT    NOT NULL,
  state        TEXT    NOT NULL,
  version      INTEGER NOT NULL CHECK (version >= 1),
  last_attempt INTEGER NOT NULL CHECK (last_attempt >= 0),
  created_at   INTEGER NOT NULL,
  started_at   INTEGER,
  ended_at     INTEGER,
  UNIQUE (execution_id, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  task_run_id BLOB    NOT NULL REFERENCES task_runs (id),
  number      INTEGER NOT NULL CHECK (number >= 1),
  state       TEXT    NOT NULL,
  worker      TEXT    NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  exit_code   INTEGER,
  error       TEXT,
  PRIMARY KEY (task_run_id, number)
) STRICT, WITHOUT ROWID;

-- One row for each change set and execution; the order of the rows of an execution is the order of its history.
CREATE TABLE history (
  id               INTEGER PRIMARY KEY,
  execution_id     BLOB    NOT NULL REFERENCES executions (id),
  committed_at     INTEGER NOT NULL,
  transition_count INTEGER NOT NULL CHECK (transition_count >= 1),
  transitions      TEXT    NOT NULL
) STRICT;

CREATE INDEX history_by_execution ON history (execution_id);

-- What a repeated commit is answered from.
CREATE TABLE commits (
  id           BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  committed_at INTEGER NOT NULL,
  fingerprint  INTEGER NOT NULL,
  versions     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER executions_begin BEFORE INSERT ON executions
WHEN NEW.state <> 'PENDING' OR NEW.version <> 1
BEGIN
  SELECT RAISE(ABORT, 'an execution begins PENDING at version 1');
END;

CREATE TRIGGER executions_move AFTER UPDATE OF state, version ON executions
WHEN NOT CASE OLD.state
  WHEN 'PENDING'    THEN CASE NEW.state WHEN 'RUNNING' THEN 1 WHEN 'PAUSED' THEN 1 WHEN 'CANCELLING' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
  WHEN 'RUNNING'    THEN CASE NEW.state WHEN 'PAUSED' THEN 1 WHEN 'CANCELLING' THEN 1 WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 1 ELSE 0 END
  WHEN 'PAUSED'     THEN CASE NEW.state WHEN 'RUNNING' THEN 1 WHEN 'CANCELLING' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
  WHEN 'CANCELLING' THEN CASE NEW.state WHEN 'CANCELLED' THEN 1 ELSE 0 END
  ELSE 0
END OR NEW.version <> OLD.version + 1
BEGIN
  SELECT RAISE(ABORT, 'illegal move of an execution');
END;

CREATE TRIGGER executions_end AFTER UPDATE OF state ON executions
WHEN CASE NEW.state WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
BEGIN
  SELECT RAISE(ABORT, 'an execution ends only when all its task runs have ended')
  WHERE EXISTS (
    SELECT 1 FROM task_runs t
    WHERE t.execution_id = NEW.id
      AND CASE t.state WHEN 'PENDING' THEN 1 WHEN 'RUNNING' THEN 1 WHEN 'RETRYING' THEN 1 ELSE 0 END
  );
END;

CREATE TRIGGER task_runs_begin BEFORE INSERT ON task_runs
WHEN NEW.state <> 'PENDING' OR NEW.version <> 1 OR NEW.last_attempt <> 0
BEGIN
  SELECT RAISE(ABORT, 'a task run begins PENDING at version 1 without attempts');
END;

CREATE TRIGGER task_runs_move AFTER UPDATE OF state, version ON task_runs
WHEN NOT CASE OLD.state
  WHEN NEW.state   THEN NEW.version = OLD.version
  WHEN 'PENDING'   THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RUNNING' THEN 1 WHEN 'CANCELLED' THEN 1 WHEN 'SKIPPED' THEN 1 ELSE 0 END
  WHEN 'RUNNING'   THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RETRYING' THEN 1 WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
  WHEN 'RETRYING'  THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RUNNING' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 ELSE 0 END
  ELSE 0
END
BEGIN
  SELECT RAISE(ABORT, 'illegal move of a task run');
END;

CREATE TRIGGER attempts_begin BEFORE INSERT ON attempts
WHEN NEW.state <> 'RUNNING'
BEGIN
  SELECT RAISE(ABORT, 'an attempt begins RUNNING');
END;

CREATE TRIGGER attempts_move AFTER UPDATE OF state ON attempts
WHEN NOT CASE OLD.state
  WHEN 'RUNNING' THEN CASE NEW.state WHEN 'SUCCEEDED' THEN 1 WHEN 'FAILED' THEN 1 WHEN 'CANCELLED' THEN 1 WHEN 'LOST' THEN 1 ELSE 0 END
  ELSE 0
END
BEGIN
  SELECT RAISE(ABORT, 'illegal move of an attempt');
END;

-- Read at every opening, before anything else: the marks of a Waymark store ('Wymk') and of its version.
PRAGMA application_id = 1467575659;
PRAGMA user_version = 1;
