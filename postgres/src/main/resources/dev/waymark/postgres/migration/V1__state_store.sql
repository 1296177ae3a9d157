-- The state store on PostgreSQL, version 1.
--
-- Flyway makes the schema the first of the search path, so names need none here; the bodies of functions run later and name it. Ids compare byte by byte (COLLATE "C"),
-- as on SQLite. Text that must come back as it was is text, also where it is JSON: jsonb changes order, spacing and duplicates. Tables whose rows change often
-- leave room in their pages (fillfactor), so that a change that touches no index stays on its page, and are vacuumed early.

CREATE TABLE workflows (
  id           text COLLATE "C" NOT NULL PRIMARY KEY,
  revision     integer          NOT NULL CHECK (revision >= 1),
  content_hash text COLLATE "C" NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE workflow_revisions (
  workflow_id  text COLLATE "C" NOT NULL REFERENCES workflows (id),
  revision     integer          NOT NULL CHECK (revision >= 1),
  content_hash text COLLATE "C" NOT NULL,
  description  text COLLATE "C",
  labels       text COLLATE "C" NOT NULL,
  created_at   timestamptz(6)   NOT NULL,
  definition   text COLLATE "C" NOT NULL,
  PRIMARY KEY (workflow_id, revision)
);

CREATE TABLE executions (
  id                uuid             NOT NULL PRIMARY KEY,
  workflow_id       text COLLATE "C" NOT NULL,
  workflow_revision integer          NOT NULL,
  state             text COLLATE "C" NOT NULL,
  version           bigint           NOT NULL CHECK (version >= 1),
  request_hash      text COLLATE "C" NOT NULL,
  created_at        timestamptz(6)   NOT NULL,
  started_at        timestamptz(6),
  ended_at          timestamptz(6),
  error             text COLLATE "C",
  FOREIGN KEY (workflow_id, workflow_revision) REFERENCES workflow_revisions (workflow_id, revision)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE INDEX executions_by_creation ON executions (created_at, id);
CREATE INDEX executions_by_workflow ON executions (workflow_id, created_at, id);
-- The one index on something that changes: lists by state and their totals need it, and an execution moves a few times only.
CREATE INDEX executions_by_state ON executions (state, created_at, id);

-- What never changes and may be large stays out of the rows that change often. Only executions that have labels or inputs have a row here.
CREATE TABLE execution_details (
  execution_id uuid             NOT NULL PRIMARY KEY REFERENCES executions (id),
  labels       text COLLATE "C" NOT NULL,
  inputs       text COLLATE "C" NOT NULL
);

CREATE TABLE execution_labels (
  execution_id uuid             NOT NULL REFERENCES executions (id),
  name         text COLLATE "C" NOT NULL,
  value        text COLLATE "C" NOT NULL,
  PRIMARY KEY (execution_id, name)
);

CREATE INDEX execution_labels_by_value ON execution_labels (name, value, execution_id);

CREATE TABLE task_runs (
  id           uuid             NOT NULL PRIMARY KEY,
  execution_id uuid             NOT NULL REFERENCES executions (id),
  task_id      text COLLATE "C" NOT NULL,
  state        text COLLATE "C" NOT NULL,
  version      bigint           NOT NULL CHECK (version >= 1),
  last_attempt integer          NOT NULL CHECK (last_attempt >= 0),
  created_at   timestamptz(6)   NOT NULL,
  started_at   timestamptz(6),
  ended_at     timestamptz(6),
  UNIQUE (execution_id, task_id)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE TABLE attempts (
  task_run_id uuid             NOT NULL REFERENCES task_runs (id),
  number      integer          NOT NULL CHECK (number >= 1),
  state       text COLLATE "C" NOT NULL,
  worker      text COLLATE "C" NOT NULL,
  started_at  timestamptz(6)   NOT NULL,
  ended_at    timestamptz(6),
  exit_code   integer,
  error       text COLLATE "C",
  PRIMARY KEY (task_run_id, number)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- One row for each change set and execution; the order of the rows of an execution is the order of its history, because a row is made while the execution is locked.
CREATE TABLE history (
  id               bigint           NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  execution_id     uuid             NOT NULL REFERENCES executions (id),
  committed_at     timestamptz(6)   NOT NULL,
  transition_count integer          NOT NULL CHECK (transition_count >= 1),
  transitions      text COLLATE "C" NOT NULL
);

CREATE INDEX history_by_execution ON history (execution_id, id);

-- What a repeated commit is answered from.
CREATE TABLE commits (
  id           uuid             NOT NULL PRIMARY KEY,
  committed_at timestamptz(6)   NOT NULL,
  fingerprint  bigint           NOT NULL,
  versions     text COLLATE "C" NOT NULL
);

-- The triggers hold the tables of moves against SQL written by hand. Their WHEN is looked at row by row without calling anything; only a refused row pays for the function.
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation';
END
$$;

CREATE TRIGGER executions_begin BEFORE INSERT ON executions FOR EACH ROW
WHEN (NEW.state <> 'PENDING' OR NEW.version <> 1)
EXECUTE FUNCTION refuse('an execution begins PENDING at version 1');

CREATE TRIGGER executions_move AFTER UPDATE OF state, version ON executions FOR EACH ROW
WHEN (NOT CASE OLD.state
  WHEN 'PENDING'    THEN CASE NEW.state WHEN 'RUNNING' THEN true WHEN 'PAUSED' THEN true WHEN 'CANCELLING' THEN true WHEN 'CANCELLED' THEN true ELSE false END
  WHEN 'RUNNING'    THEN CASE NEW.state WHEN 'PAUSED' THEN true WHEN 'CANCELLING' THEN true WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN true ELSE false END
  WHEN 'PAUSED'     THEN CASE NEW.state WHEN 'RUNNING' THEN true WHEN 'CANCELLING' THEN true WHEN 'CANCELLED' THEN true ELSE false END
  WHEN 'CANCELLING' THEN CASE NEW.state WHEN 'CANCELLED' THEN true ELSE false END
  ELSE false
END OR NEW.version <> OLD.version + 1)
EXECUTE FUNCTION refuse('illegal move of an execution');

CREATE FUNCTION refuse_while_task_runs_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM "${flyway:defaultSchema}".task_runs t
    WHERE t.execution_id = NEW.id
      AND CASE t.state WHEN 'PENDING' THEN true WHEN 'RUNNING' THEN true WHEN 'RETRYING' THEN true ELSE false END
  ) THEN
    RAISE EXCEPTION 'an execution ends only when all its task runs have ended' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_end AFTER UPDATE OF state ON executions FOR EACH ROW
WHEN (CASE NEW.state WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN true WHEN 'CANCELLED' THEN true ELSE false END)
EXECUTE FUNCTION refuse_while_task_runs_live();

CREATE TRIGGER task_runs_begin BEFORE INSERT ON task_runs FOR EACH ROW
WHEN (NEW.state <> 'PENDING' OR NEW.version <> 1 OR NEW.last_attempt <> 0)
EXECUTE FUNCTION refuse('a task run begins PENDING at version 1 without attempts');

CREATE TRIGGER task_runs_move AFTER UPDATE OF state, version ON task_runs FOR EACH ROW
WHEN (NOT CASE OLD.state
  WHEN NEW.state   THEN NEW.version = OLD.version
  WHEN 'PENDING'   THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RUNNING' THEN true WHEN 'CANCELLED' THEN true WHEN 'SKIPPED' THEN true ELSE false END
  WHEN 'RUNNING'   THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RETRYING' THEN true WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN true WHEN 'CANCELLED' THEN true ELSE false END
  WHEN 'RETRYING'  THEN NEW.version = OLD.version + 1 AND CASE NEW.state WHEN 'RUNNING' THEN true WHEN 'FAILED' THEN true WHEN 'CANCELLED' THEN true ELSE false END
  ELSE false
END)
EXECUTE FUNCTION refuse('illegal move of a task run');

CREATE TRIGGER attempts_begin BEFORE INSERT ON attempts FOR EACH ROW
WHEN (NEW.state <> 'RUNNING')
EXECUTE FUNCTION refuse('an attempt begins RUNNING');

CREATE TRIGGER attempts_move AFTER UPDATE OF state ON attempts FOR EACH ROW
WHEN (NOT CASE OLD.state
  WHEN 'RUNNING' THEN CASE NEW.state WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN true WHEN 'CANCELLED' THEN true WHEN 'LOST' THEN true ELSE false END
  ELSE false
END)
EXECUTE FUNCTION refuse('illegal move of an attempt');

-- Read at every opening, before anything else. Each migration that follows raises the version.
CREATE TABLE waymark_version (
  only_row boolean NOT NULL DEFAULT true PRIMARY KEY CHECK (only_row),
  version  integer NOT NULL
);

INSERT INTO waymark_version (version) VALUES (1);
