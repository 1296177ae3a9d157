-- The state store on SQLite, version 3: what is ready, what is claimed, what is due, and what task runs give to each other.
--
-- Work that waits stands in a table of its own, and so does what is claimed: both are as small as what they hold, however much has ended.

-- Task runs that may be claimed, from a time on. The order of the index is that in which they are taken.
CREATE TABLE ready_task_runs (
  task_run_id  BLOB    NOT NULL PRIMARY KEY REFERENCES task_runs (id),
  pool         TEXT    NOT NULL,
  priority     INTEGER NOT NULL,
  available_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ready_task_runs_in_order ON ready_task_runs (pool, priority, available_at, task_run_id);

-- Until when a worker may keep the live attempt of a task run. What has ended has no row here.
CREATE TABLE leases (
  task_run_id BLOB    NOT NULL PRIMARY KEY REFERENCES task_runs (id),
  number      INTEGER NOT NULL,
  worker      TEXT    NOT NULL,
  expires_at  INTEGER NOT NULL,
  pool        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX leases_by_expiry ON leases (expires_at);
CREATE INDEX leases_by_pool ON leases (pool);

-- How many leases there may be in a pool. A pool without a bound has no row here.
CREATE TABLE pools (
  name  TEXT    NOT NULL PRIMARY KEY,
  slots INTEGER NOT NULL CHECK (slots >= 0)
) STRICT;

-- Executions that somebody is to look at, from a time on.
CREATE TABLE due_executions (
  execution_id BLOB    NOT NULL REFERENCES executions (id),
  reason       TEXT    NOT NULL,
  due_at       INTEGER NOT NULL,
  PRIMARY KEY (execution_id, reason)
) STRICT, WITHOUT ROWID;

CREATE INDEX due_executions_by_time ON due_executions (due_at);

CREATE TABLE task_run_outputs (
  task_run_id BLOB NOT NULL PRIMARY KEY REFERENCES task_runs (id),
  outputs     TEXT NOT NULL
) STRICT;

-- What attempts have written, in pieces. With rowids, since pieces are large and a tree of keys should be small.
CREATE TABLE log_chunks (
  task_run_id  BLOB    NOT NULL REFERENCES task_runs (id),
  number       INTEGER NOT NULL,
  position     INTEGER NOT NULL,
  execution_id BLOB    NOT NULL REFERENCES executions (id),
  bytes        BLOB    NOT NULL,
  PRIMARY KEY (task_run_id, number, position)
) STRICT;

CREATE INDEX log_chunks_by_execution ON log_chunks (execution_id);

-- Who works, and until when he is taken to be alive. A life is one start of a worker.
CREATE TABLE workers (
  name       TEXT    NOT NULL PRIMARY KEY,
  life       BLOB    NOT NULL,
  started_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  info       TEXT    NOT NULL
) STRICT;

-- What an earlier version has begun and not ended is nowhere ready: somebody is to look at it.
INSERT INTO due_executions (execution_id, reason, due_at)
SELECT id, 'SETTLE', 0 FROM executions WHERE state IN ('PENDING', 'RUNNING', 'CANCELLING');

PRAGMA user_version = 3;
