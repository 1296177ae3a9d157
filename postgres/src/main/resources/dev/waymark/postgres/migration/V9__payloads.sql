-- The state store on PostgreSQL, version 9: payloads of records that are not inputs of executions or results of task runs, which stay where they are.
--
-- JSON is kept as it is, everything else as a data URL. Each row is written while its execution is locked, so its owner is known to exist without a foreign key.
CREATE TABLE payloads (
  execution_id uuid             NOT NULL,
  record_id    uuid             NOT NULL,
  number       integer          NOT NULL,
  part         text COLLATE "C" NOT NULL,
  content      text COLLATE "C" NOT NULL,
  PRIMARY KEY (execution_id, record_id, number, part)
);

UPDATE waymark_version SET version = 9;
