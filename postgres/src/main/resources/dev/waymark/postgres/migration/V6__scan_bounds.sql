-- The state store on PostgreSQL, version 6: what a claim needs to pass over dead rows.
--
-- While another session holds an old snapshot, the index of ready_task_runs keeps an entry of every row that has gone, and whoever searches it reads them. A claim
-- begins its search of a lane where the first live row can be; for that it must know which lanes there are, also those in which only dead entries are left.
-- The first commit of a process that puts a row into a lane records the lane. Rows are never updated or deleted.
CREATE TABLE ready_lanes (
  pool     text COLLATE "C" NOT NULL,
  priority integer          NOT NULL,
  PRIMARY KEY (pool, priority)
);

INSERT INTO ready_lanes (pool, priority) SELECT DISTINCT pool, priority FROM ready_task_runs;

-- The leases of a pool are counted from the first that can be alive.
DROP INDEX leases_by_pool;
CREATE INDEX leases_by_pool ON leases (pool, expires_at);

UPDATE waymark_version SET version = 6;
