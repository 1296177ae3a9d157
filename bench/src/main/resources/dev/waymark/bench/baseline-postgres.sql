-- The tables of the baselines: columns, keys and indexes of Waymark's own, without its triggers and checks.

CREATE TABLE executions (
  id                uuid             NOT NULL PRIMARY KEY,
  workflow_id       text COLLATE "C" NOT NULL,
  workflow_revision integer          NOT NULL,
  state             text COLLATE "C" NOT NULL,
  version           bigint           NOT NULL,
  request_hash      text COLLATE "C" NOT NULL,
  created_at        timestamptz(6)   NOT NULL,
  started_at        timestamptz(6),
  ended_at          timestamptz(6),
  error             text COLLATE "C"
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE INDEX executions_by_workflow ON executions (workflow_id, state, created_at, id);
CREATE INDEX executions_by_state ON executions (state, created_at, id);

CREATE TABLE task_runs (
  id           uuid             NOT NULL PRIMARY KEY,
  execution_id uuid             NOT NULL REFERENCES executions (id),
  task_id      text COLLATE "C" NOT NULL,
  state        text COLLATE "C" NOT NULL,
  version      bigint           NOT NULL,
  last_attempt integer          NOT NULL,
  created_at   timestamptz(6)   NOT NULL,
  started_at   timestamptz(6),
  ended_at     timestamptz(6),
  UNIQUE (execution_id, task_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE TABLE attempts (
  task_run_id uuid             NOT NULL REFERENCES task_runs (id),
  number      integer          NOT NULL,
  state       text COLLATE "C" NOT NULL,
  worker      text COLLATE "C" NOT NULL,
  started_at  timestamptz(6)   NOT NULL,
  ended_at    timestamptz(6),
  exit_code   integer,
  error       text COLLATE "C",
  PRIMARY KEY (task_run_id, number)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE TABLE history (
  id               bigint           NOT NULL GENERATED ALWAYS AS IDENTITY,
  execution_id     uuid             NOT NULL REFERENCES executions (id),
  committed_at     timestamptz(6)   NOT NULL,
  transition_count integer          NOT NULL,
  transitions      text COLLATE "C" NOT NULL,
  PRIMARY KEY (execution_id, id)
);

CREATE TABLE commits (
  id           uuid             NOT NULL PRIMARY KEY,
  committed_at timestamptz(6)   NOT NULL,
  fingerprint  bigint           NOT NULL,
  versions     text COLLATE "C" NOT NULL
);

CREATE TABLE execution_counts (
  workflow_id text COLLATE "C" NOT NULL,
  state       text COLLATE "C" NOT NULL,
  day         integer          NOT NULL,
  executions  bigint           NOT NULL,
  PRIMARY KEY (workflow_id, state, day)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
