-- The state store on PostgreSQL, version 7: the history says how an execution stands.
--
-- Whoever settles an execution looks whether as much of it has ended as is remembered. Counting that over all its task runs costs more the more there are; the last row of
-- its history says it now. It is written while the execution is locked, from the row before. Null is not known: after a row that was written by hand, or by a process of
-- an earlier version. Then it is counted.
ALTER TABLE history
  ADD COLUMN unfinished integer, -- task runs that have not ended, after these transitions
  ADD COLUMN ended      integer; -- task runs and attempts that have

UPDATE history h SET unfinished = n.unfinished, ended = n.ended FROM (
  SELECT e.id, last.position, r.unfinished, r.taskruns - r.unfinished + r.attempts AS ended
  FROM executions e
  CROSS JOIN LATERAL (SELECT l.position FROM history l WHERE l.execution_id = e.id ORDER BY l.position DESC LIMIT 1) last
  CROSS JOIN LATERAL (
    SELECT count(*) AS taskruns,
           count(*) FILTER (WHERE t.state = ANY ('{PENDING,RUNNING,RETRYING}'::text[])) AS unfinished,
           coalesce(sum((SELECT count(*) FROM attempts a WHERE a.task_run_id = t.id AND a.state <> 'RUNNING')), 0) AS attempts
    FROM task_runs t WHERE t.execution_id = e.id) r
  WHERE e.state = ANY ('{PENDING,RUNNING,PAUSED,CANCELLING}'::text[])) n
WHERE h.execution_id = n.id AND h.position = n.position;

UPDATE waymark_version SET version = 7;
