-- The state store on SQLite, version 4: payloads of records that are not inputs of executions or results of task runs, which stay where they are.
--
-- JSON is kept as it is, everything else as a data URL. With rowids, since payloads are large and a tree of keys should be small.
CREATE TABLE payloads (
  execution_id BLOB    NOT NULL REFERENCES executions (id),
  record_id    BLOB    NOT NULL,
  number       INTEGER NOT NULL,
  part         TEXT    NOT NULL,
  content      TEXT    NOT NULL,
  PRIMARY KEY (execution_id, record_id, number, part)
) STRICT;

PRAGMA user_version = 4;
