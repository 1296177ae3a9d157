-- The tables of the baselines: columns, keys and indexes of Waymark's own, without its triggers and checks.
CREATE TABLE executions (
  id                BLOB    NOT NULL PRIMARY KEY,
  workflow_id       TEXT    NOT NULL,
  workflow_revision INTEGER NOT NULL,
  state             TEXT    NOT NULL,
  version           INTEGER NOT NULL,
  request_hash      TEXT    NOT NULL,
  created_at        INTEGER NOT NULL,
  started_at        INTEGER,
  ended_at          INTEGER,
  error             TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX executions_by_workflow ON executions (workflow_id, state, created_at, id);
CREATE INDEX executions_by_state ON executions (state, created_at, id);

CREATE TABLE task_runs (
  id           BLOB    NOT NULL PRIMARY KEY,
  execution_id BLOB    NOT NULL REFERENCES executions (id),
  task_id      TEXT    NOT NULL,
  state        TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  last_attempt INTEGER NOT NULL,
  created_at   INTEGER NOT NULL,
  started_at   INTEGER,
  ended_at     INTEGER,
  UNIQUE (execution_id, task_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  task_run_id BLOB    NOT NULL REFERENCES task_runs (id),
  number      INTEGER NOT NULL,
  state       TEXT    NOT NULL,
  worker      TEXT    NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  exit_code   INTEGER,
  error       TEXT,
  PRIMARY KEY (task_run_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
  id               INTEGER PRIMARY KEY,
  execution_id     BLOB    NOT NULL REFERENCES executions (id),
  committed_at     INTEGER NOT NULL,
  transition_count INTEGER NOT NULL,
  transitions      TEXT    NOT NULL
) STRICT;

CREATE INDEX history_by_execution ON history (execution_id);

CREATE TABLE commits (
  id           BLOB    NOT NULL PRIMARY KEY,
  committed_at INTEGER NOT NULL,
  fingerprint  INTEGER NOT NULL,
  versions     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE execution_counts (
  workflow_id TEXT    NOT NULL,
  state       TEXT    NOT NULL,
  day         INTEGER NOT NULL,
  executions  INTEGER NOT NULL,
  PRIMARY KEY (workflow_id, state, day)
) STRICT, WITHOUT ROWID;
