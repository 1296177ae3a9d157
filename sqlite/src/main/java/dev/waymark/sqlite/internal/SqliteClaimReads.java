package dev.waymark.sqlite.internal;

import static dev.waymark.sqlite.internal.SqliteReads.NOW;

/** The parts of the reads of a claim on SQLite. */
final class SqliteClaimReads {
  /**
   * The pools with each priority that something in them has, found by leaps through the index:
   * there are few, however much is ready.
   */
  static final String LANES =
      """
      WITH RECURSIVE lane (pool, priority) AS (
        SELECT p.value, (SELECT max(q.priority) FROM ready_task_runs q INDEXED BY ready_task_runs_in_order WHERE q.pool = p.value)
        FROM json_each(?1) p WHERE {pools}
        UNION ALL
        SELECT l.pool, (SELECT max(q.priority) FROM ready_task_runs q INDEXED BY ready_task_runs_in_order WHERE q.pool = l.pool AND q.priority < l.priority)
        FROM lane l WHERE l.priority IS NOT NULL
      )
      """;

  private static final String PICKED =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, t.created_at, t.started_at, t.ended_at,
             a.state, CASE WHEN l.expires_at IS NULL THEN 0 WHEN l.expires_at > {now} THEN 1 ELSE 2 END,
             picked.pool, picked.priority, picked.available_at, e.request_hash,
             e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs,
             e.created_at, e.started_at, e.ended_at, e.error,
             e.parent_task_run_id, e.parent_id, e.child_policy, e.depth, e.continues_id, e.continued_as_id, e.state, NULL, NULL
      FROM ({ready}) picked
      CROSS JOIN task_runs t INDEXED BY sqlite_autoindex_task_runs_1 ON t.id = picked.task_run_id
      CROSS JOIN executions e INDEXED BY sqlite_autoindex_executions_1 ON e.id = t.execution_id
      LEFT JOIN execution_details d INDEXED BY sqlite_autoindex_execution_details_1 ON d.execution_id = e.id
      LEFT JOIN attempts a INDEXED BY sqlite_autoindex_attempts_1 ON a.task_run_id = t.id AND a.number = t.last_attempt
      LEFT JOIN leases l INDEXED BY sqlite_autoindex_leases_1 ON l.task_run_id = t.id AND l.number = t.last_attempt\
      """
          .replace("{now}", NOW);

  static final String PICK =
      LANES
          + PICKED.replace(
              "{ready}",
              """
              SELECT r.task_run_id, r.pool, r.priority, r.available_at FROM lane l
              CROSS JOIN ready_task_runs r INDEXED BY sqlite_autoindex_ready_task_runs_1 ON r.task_run_id IN (
                SELECT q.task_run_id FROM ready_task_runs q INDEXED BY ready_task_runs_in_order
                WHERE q.pool = l.pool AND q.priority = l.priority AND q.available_at <= %s
                ORDER BY q.available_at, q.task_run_id LIMIT ?2)
              ORDER BY r.priority DESC, r.available_at, r.task_run_id LIMIT ?3\
              """
                  .formatted(NOW));

  static final String PICK_OF_EXECUTION =
      PICKED.replace(
          "{ready}",
          """
          SELECT r.task_run_id, r.pool, r.priority, r.available_at
          FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2 CROSS JOIN ready_task_runs r INDEXED BY sqlite_autoindex_ready_task_runs_1 ON r.task_run_id = t.id
          WHERE t.execution_id = ?2 AND r.available_at <= %s
            AND r.pool IN (SELECT p.value FROM json_each(?1) p WHERE {pools})
          ORDER BY r.priority DESC, r.available_at, r.task_run_id LIMIT ?3\
          """
              .formatted(NOW));

  static final String ANY = "true";
  static final String UNBOUNDED = "NOT EXISTS (SELECT 1 FROM pools b WHERE b.name = p.value)";

  private SqliteClaimReads() {}
}
