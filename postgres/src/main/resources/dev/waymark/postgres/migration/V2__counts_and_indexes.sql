-- The state store on PostgreSQL, version 2: exact totals without counting, and lists that an index leads to the page.
--
-- Nobody writes from here to the end: what a process of version 1 committed after the counting and before the triggers would never be counted.
LOCK TABLE executions, execution_labels, history IN ACCESS EXCLUSIVE MODE;

-- How many executions there are of a workflow, in a state, created on a day (in UTC, counted from 1970-01-01). The empty workflow id stands for all workflows.
-- Triggers keep it, so that it is right whoever writes; it adds up what is in `executions` at every moment. A transaction adds to rows of a slot that no other
-- transaction adds to at the time, so writers never wait for each other here; what a row holds means nothing without those of the other slots.

CREATE TABLE execution_counts (
  workflow_id text COLLATE "C" NOT NULL,
  state       text COLLATE "C" NOT NULL,
  day         integer          NOT NULL,
  slot        smallint         NOT NULL,
  executions  bigint           NOT NULL,
  PRIMARY KEY (workflow_id, state, day, slot)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

INSERT INTO execution_counts (workflow_id, state, day, slot, executions)
SELECT c.workflow_id, e.state, (e.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', 0, count(*)
FROM executions e CROSS JOIN LATERAL (VALUES (''), (e.workflow_id)) c (workflow_id)
GROUP BY 1, 2, 3;

-- A slot that is this transaction's until it ends: the first of sixteen that is free, or else its turn at one.
CREATE FUNCTION own_count_slot() RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
  schema_key constant integer := pg_catalog.hashtext('waymark counts ${flyway:defaultSchema}');
  first_try  constant integer := pg_catalog.pg_backend_pid() % 16;
BEGIN
  FOR i IN 0..15 LOOP
    IF pg_catalog.pg_try_advisory_xact_lock(schema_key, (first_try + i) % 16) THEN
      RETURN (first_try + i) % 16;
    END IF;
  END LOOP;
  PERFORM pg_catalog.pg_advisory_xact_lock(schema_key, first_try);
  RETURN first_try;
END
$$;

CREATE FUNCTION count_created_executions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own_slot constant smallint := "${flyway:defaultSchema}".own_count_slot();
BEGIN
  INSERT INTO "${flyway:defaultSchema}".execution_counts AS k (workflow_id, state, day, slot, executions)
  SELECT c.workflow_id, n.state, (n.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', own_slot, count(*)
  FROM new_rows n CROSS JOIN LATERAL (VALUES (''), (n.workflow_id)) c (workflow_id)
  GROUP BY 1, 2, 3
  ON CONFLICT (workflow_id, state, day, slot) DO UPDATE SET executions = k.executions + excluded.executions;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_count_created AFTER INSERT ON executions REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_created_executions();

CREATE FUNCTION count_moved_executions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own_slot constant smallint := "${flyway:defaultSchema}".own_count_slot();
BEGIN
  INSERT INTO "${flyway:defaultSchema}".execution_counts AS k (workflow_id, state, day, slot, executions)
  SELECT c.workflow_id, e.state, (e.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', own_slot, sum(e.executions)
  FROM (SELECT workflow_id, state, created_at, 1 AS executions FROM new_rows
        UNION ALL SELECT workflow_id, state, created_at, -1 FROM old_rows) e
       CROSS JOIN LATERAL (VALUES (''), (e.workflow_id)) c (workflow_id)
  GROUP BY 1, 2, 3 HAVING sum(e.executions) <> 0
  ON CONFLICT (workflow_id, state, day, slot) DO UPDATE SET executions = k.executions + excluded.executions;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_count_moved AFTER UPDATE ON executions REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_moved_executions();

CREATE FUNCTION count_deleted_executions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  own_slot constant smallint := "${flyway:defaultSchema}".own_count_slot();
BEGIN
  INSERT INTO "${flyway:defaultSchema}".execution_counts AS k (workflow_id, state, day, slot, executions)
  SELECT c.workflow_id, o.state, (o.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01', own_slot, -count(*)
  FROM old_rows o CROSS JOIN LATERAL (VALUES (''), (o.workflow_id)) c (workflow_id)
  GROUP BY 1, 2, 3
  ON CONFLICT (workflow_id, state, day, slot) DO UPDATE SET executions = k.executions + excluded.executions;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_count_deleted AFTER DELETE ON executions REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION count_deleted_executions();

-- Nobody else has executions that are not committed while somebody empties the table.
CREATE FUNCTION count_no_executions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "${flyway:defaultSchema}".execution_counts;
  RETURN NULL;
END
$$;

CREATE TRIGGER executions_count_emptied AFTER TRUNCATE ON executions
FOR EACH STATEMENT EXECUTE FUNCTION count_no_executions();

-- A list is merged from one range for each state, so the state stands before the time; the lists of all workflows and of one need one index each.
DROP INDEX executions_by_creation;
DROP INDEX executions_by_workflow;
CREATE INDEX executions_by_workflow ON executions (workflow_id, state, created_at, id);

-- The time of its execution leads a list by label to the page.
ALTER TABLE execution_labels ADD COLUMN created_at timestamptz(6);
UPDATE execution_labels l SET created_at = e.created_at FROM executions e WHERE e.id = l.execution_id;
ALTER TABLE execution_labels ALTER COLUMN created_at SET NOT NULL;
DROP INDEX execution_labels_by_value;
CREATE INDEX execution_labels_by_value ON execution_labels (name, value, created_at, execution_id);

-- One index less to keep: the history is read by execution only.
ALTER TABLE history DROP CONSTRAINT history_pkey;
DROP INDEX history_by_execution;
ALTER TABLE history ADD PRIMARY KEY (execution_id, id);

UPDATE waymark_version SET version = 2;
