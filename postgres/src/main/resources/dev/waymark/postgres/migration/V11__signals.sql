-- The state store on PostgreSQL, version 11: signals, and the task runs that wait for them.
--
-- A signal without a task run is kept. Each row is written while its execution is locked, so its owner is known to exist without a foreign key.
CREATE TABLE signals (
  execution_id uuid             NOT NULL,
  number       integer          NOT NULL,
  name         text COLLATE "C" NOT NULL,
  key          text COLLATE "C",
  hash         text COLLATE "C",
  sent_at      timestamptz      NOT NULL,
  task_run_id  uuid,
  attempt      integer,
  PRIMARY KEY (execution_id, number),
  CHECK ((key IS NULL) = (hash IS NULL)),
  CHECK ((task_run_id IS NULL) = (attempt IS NULL))
);

CREATE UNIQUE INDEX signals_by_key ON signals (execution_id, key) WHERE key IS NOT NULL;
CREATE INDEX signals_kept ON signals (execution_id, name, number) WHERE task_run_id IS NULL;

-- A wait lasts while the task run has this version. A row of a wait that has ended may stay until the task run waits again.
CREATE TABLE signal_waits (
  task_run_id  uuid             PRIMARY KEY,
  execution_id uuid             NOT NULL,
  name         text COLLATE "C" NOT NULL,
  version      bigint           NOT NULL,
  pool         text COLLATE "C" NOT NULL,
  priority     integer          NOT NULL,
  since        timestamptz      NOT NULL
);

CREATE INDEX signal_waits_by_name ON signal_waits (execution_id, name);

UPDATE waymark_version SET version = 11;
