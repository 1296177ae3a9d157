-- The state store on PostgreSQL, version 4: what is ready, what is claimed, what is due, and what task runs give to each other.
--
-- Work that waits stands in a table of its own, and so does what is claimed: both are as small as what they hold, however much has ended. Rows come and go here, so
-- both are vacuumed as soon as a thousand have gone. Each row is written while its execution is locked, so its owner is known to exist without a foreign key.
LOCK TABLE executions, task_runs IN ACCESS EXCLUSIVE MODE;

-- Task runs that may be claimed, from a time on. The order of the index is that in which they are taken.
CREATE TABLE ready_task_runs (
  task_run_id  uuid             NOT NULL PRIMARY KEY,
  pool         text COLLATE "C" NOT NULL,
  priority     integer          NOT NULL,
  available_at timestamptz(6)   NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX ready_task_runs_in_order ON ready_task_runs (pool, priority, available_at, task_run_id);

-- Until when a worker may keep the live attempt of a task run. What has ended has no row here.
CREATE TABLE leases (
  task_run_id uuid             NOT NULL PRIMARY KEY,
  number      integer          NOT NULL,
  worker      text COLLATE "C" NOT NULL,
  expires_at  timestamptz(6)   NOT NULL,
  pool        text COLLATE "C" NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX leases_by_expiry ON leases (expires_at);
CREATE INDEX leases_by_pool ON leases (pool);

-- How many leases there may be in a pool. A pool without a bound has no row here.
CREATE TABLE pools (
  name  text COLLATE "C" NOT NULL PRIMARY KEY,
  slots integer          NOT NULL CHECK (slots >= 0)
);

-- Executions that somebody is to look at, from a time on.
CREATE TABLE due_executions (
  execution_id uuid             NOT NULL,
  reason       text COLLATE "C" NOT NULL,
  due_at       timestamptz(6)   NOT NULL,
  PRIMARY KEY (execution_id, reason)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX due_executions_by_time ON due_executions (due_at);

CREATE TABLE task_run_outputs (
  task_run_id uuid             NOT NULL PRIMARY KEY,
  outputs     text COLLATE "C" NOT NULL
);

-- What attempts have written, in pieces.
CREATE TABLE log_chunks (
  task_run_id  uuid    NOT NULL,
  number       integer NOT NULL,
  position     bigint  NOT NULL,
  execution_id uuid    NOT NULL,
  bytes        bytea   NOT NULL,
  PRIMARY KEY (task_run_id, number, position)
);

CREATE INDEX log_chunks_by_execution ON log_chunks (execution_id);

-- Who works, and until when he is taken to be alive. A life is one start of a worker. Heard of again and again, so the rows have room for their successors.
CREATE TABLE workers (
  name       text COLLATE "C" NOT NULL PRIMARY KEY,
  life       uuid             NOT NULL,
  started_at timestamptz(6)   NOT NULL,
  seen_at    timestamptz(6)   NOT NULL,
  expires_at timestamptz(6)   NOT NULL,
  info       text COLLATE "C" NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

-- What is ready or due wakes the workers that listen; the name of the schema says of which store it is. Equal calls of one transaction are one.
CREATE FUNCTION call_workers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('waymark', '${flyway:defaultSchema}');
  RETURN NULL;
END
$$;

CREATE TRIGGER ready_task_runs_call AFTER INSERT ON ready_task_runs FOR EACH STATEMENT EXECUTE FUNCTION call_workers();
CREATE TRIGGER due_executions_call AFTER INSERT ON due_executions FOR EACH STATEMENT EXECUTE FUNCTION call_workers();
CREATE TRIGGER pools_call AFTER INSERT OR UPDATE OR DELETE ON pools FOR EACH STATEMENT EXECUTE FUNCTION call_workers();
CREATE TRIGGER executions_call AFTER UPDATE OF state ON executions FOR EACH ROW
WHEN (NEW.state = 'CANCELLING') EXECUTE FUNCTION call_workers();

-- What an earlier version has begun and not ended is nowhere ready: somebody is to look at it.
INSERT INTO due_executions (execution_id, reason, due_at)
SELECT id, 'SETTLE', now() FROM executions WHERE state IN ('PENDING', 'RUNNING', 'CANCELLING');

UPDATE waymark_version SET version = 4;
