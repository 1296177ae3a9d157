-- The state store on SQLite, version 6: signals, and the task runs that wait for them.
--
-- A signal without a task run is kept. With rowids, as in payloads.
CREATE TABLE signals (
  execution_id BLOB    NOT NULL REFERENCES executions (id),
  number       INTEGER NOT NULL,
  name         TEXT    NOT NULL,
  key          TEXT,
  hash         TEXT,
  sent_at      INTEGER NOT NULL,
  task_run_id  BLOB    REFERENCES task_runs (id),
  attempt      INTEGER,
  PRIMARY KEY (execution_id, number),
  CHECK ((key IS NULL) = (hash IS NULL)),
  CHECK ((task_run_id IS NULL) = (attempt IS NULL))
) STRICT;

CREATE UNIQUE INDEX signals_by_key ON signals (execution_id, key) WHERE key IS NOT NULL;
CREATE INDEX signals_kept ON signals (execution_id, name, number) WHERE task_run_id IS NULL;

-- A wait lasts while the task run has this version. A row of a wait that has ended may stay until the task run waits again.
CREATE TABLE signal_waits (
  task_run_id  BLOB    NOT NULL PRIMARY KEY REFERENCES task_runs (id),
  execution_id BLOB    NOT NULL,
  name         TEXT    NOT NULL,
  version      INTEGER NOT NULL,
  pool         TEXT    NOT NULL,
  priority     INTEGER NOT NULL,
  since        INTEGER NOT NULL
) STRICT;

CREATE INDEX signal_waits_by_name ON signal_waits (execution_id, name);

PRAGMA user_version = 6;
