package dev.waymark.postgres.internal;

/**
 * The texts with which a claim picks ready task runs. {@code {s}} is replaced by the schema, as in
 * {@link PostgresReads}.
 */
final class PostgresClaimReads {
  static final String ANY = "true";

  /** Looked up for each pool: OFFSET forbids the planner to join all pools. */
  static final String BOUNDED = "EXISTS (SELECT 1 FROM {s}.pools b WHERE b.name = p.pool OFFSET 0)";

  static final String UNBOUNDED = "NOT " + BOUNDED;

  /**
   * The lanes in which something can be ready: each pool with each priority. A range of priorities
   * is either one known lane with the time at which its first live row can begin, or all that lies
   * between known lanes; there a lane is found by leaps through the index, which are few, however
   * much is ready. See {@link ScanBounds}.
   */
  static final String LANES =
      """
      WITH RECURSIVE lane (pool, priority, least, since) AS (
        SELECT p.pool,
               CASE WHEN p.since IS NOT NULL THEN p.least ELSE (
                 SELECT max(q.priority) FROM {s}.ready_task_runs q
                 WHERE q.pool = p.pool AND q.priority >= p.least AND q.priority <= p.greatest) END,
               p.least, coalesce(p.since, '-infinity'::timestamptz)
        FROM unnest(?::text[], ?::integer[], ?::integer[], ?::timestamptz[]) AS p (pool, least, greatest, since)
        WHERE {pools}
        UNION ALL
        SELECT l.pool, (
                 SELECT max(q.priority) FROM {s}.ready_task_runs q
                 WHERE q.pool = l.pool AND q.priority >= l.least AND q.priority < l.priority),
               l.least, l.since
        FROM lane l WHERE l.priority > l.least
      )
      """;

  /**
   * Each row is looked up by its key: LIMIT forbids the planner to read a whole table once for all
   * of them. It does so when its statistics say that the table is nearly empty, as those of the
   * leases always do. Under an old snapshot it would read every lease that has ever ended.
   */
  private static final String PICKED =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, t.created_at, t.started_at, t.ended_at,
             a.state, CASE WHEN l.expires_at IS NULL THEN 0 WHEN l.expires_at > clock_timestamp() THEN 1 ELSE 2 END,
             r.pool, r.priority, (extract(epoch FROM r.available_at) * 1000000)::bigint, r.request_hash,
             r.id, r.workflow_id, r.workflow_revision, r.state, r.version, d.labels, d.inputs,
             r.created_at, r.started_at, r.ended_at, r.error,
             r.parent_task_run_id, r.parent_id, r.child_policy, r.depth, r.continues_id, r.continued_as_id, {before},
             h.unfinished, h.ended, h.position + h.transition_count
      FROM ({ready}) r
      CROSS JOIN LATERAL (
        SELECT x.id, x.execution_id, x.task_id, x.state, x.version, x.last_attempt,
               x.created_at, x.started_at, x.ended_at
        FROM {s}.task_runs x WHERE x.id = r.task_run_id LIMIT 1) t
      LEFT JOIN LATERAL (
        SELECT x.labels, x.inputs FROM {s}.execution_details x
        WHERE x.execution_id = r.id LIMIT 1) d ON true
      LEFT JOIN LATERAL (
        SELECT x.state FROM {s}.attempts x
        WHERE x.task_run_id = t.id AND x.number = t.last_attempt LIMIT 1) a ON true
      LEFT JOIN LATERAL (
        SELECT x.expires_at FROM {s}.leases x
        WHERE x.task_run_id = t.id AND x.number = t.last_attempt LIMIT 1) l ON true
      LEFT JOIN LATERAL (
        SELECT x.position, x.transition_count, x.unfinished, x.ended FROM {s}.history x
        WHERE x.execution_id = r.id ORDER BY x.position DESC LIMIT 1) h ON true""";

  private static final String LOCKED =
      """
      SELECT q.task_run_id, q.pool, q.priority, q.available_at, e.request_hash, e.id, e.workflow_id,
             e.workflow_revision, e.state, e.version, e.created_at, e.started_at, e.ended_at, e.error,
             e.parent_task_run_id, e.parent_id, e.child_policy, e.depth, e.continues_id, e.continued_as_id
      """;

  /**
   * The server checks this again with the row that it has locked: a commit may have moved the row
   * since the statement began, to a later time or to another lane. No index can serve these
   * conditions, so the row is found by its key.
   */
  private static final String UNMOVED =
      "AND q.pool IS NOT DISTINCT FROM c.pool AND q.priority IS NOT DISTINCT FROM c.priority"
          + " AND statement_timestamp() - q.available_at >= interval '0'";

  /**
   * Rows of all lanes of a priority in the order of time, of which it locks as many as a claim
   * takes and are not locked. A part of each lane is read first, without a lock, because only the
   * times show which rows come first. It locks the execution first, so that no lock is kept on a
   * row that is skipped. The time of the statement, which does not change while it runs, lets the
   * index scan end.
   */
  private static final String UNLOCKED =
      """
      SELECT n.* FROM (
        {locked}
        FROM (
          SELECT l.pool, l.priority, w.available_at, w.task_run_id FROM lane l
          CROSS JOIN LATERAL (
            SELECT q.available_at, q.task_run_id FROM {s}.ready_task_runs q
            WHERE q.pool = l.pool AND q.priority = l.priority
              AND q.available_at >= l.since AND q.available_at <= statement_timestamp()
            ORDER BY q.available_at, q.task_run_id {part}) w
          WHERE l.priority = p.priority
          ORDER BY w.available_at, w.task_run_id) c
        JOIN {s}.ready_task_runs q ON q.task_run_id = ANY (ARRAY [c.task_run_id]) {unmoved}
        JOIN {s}.task_runs o ON o.id = ANY (ARRAY [c.task_run_id])
        JOIN {s}.executions e ON e.id = ANY (ARRAY [o.execution_id])
        ORDER BY c.available_at, c.task_run_id LIMIT (SELECT m.taken FROM most m)
        FOR NO KEY UPDATE OF e SKIP LOCKED FOR UPDATE OF q SKIP LOCKED) n"""
          .replace("{unmoved}", UNMOVED)
          .replace("{locked}", LOCKED);

  /**
   * Takes from the greatest priority down until it has enough; lower priorities are not touched
   * then. Of each priority it first looks at some rows more than it takes. When others have locked
   * too many of these, it looks at many more: several claimers may take their rows at the same
   * moment. It does not look at all, because all may belong to one execution that is locked.
   */
  static final String PICKED_UNLOCKED =
      PICKED
          .replace(
              "{ready}",
              """
              SELECT n.* FROM (
                SELECT DISTINCT l.priority FROM lane l
                WHERE l.priority IS NOT NULL ORDER BY l.priority DESC) p
              CROSS JOIN LATERAL (
                {first}
                UNION ALL
                {further}
                LIMIT (SELECT m.taken FROM most m)) n
              LIMIT (SELECT m.taken FROM most m)""")
          .replace("{first}", UNLOCKED.replace("{part}", "LIMIT (SELECT m.first FROM most m)"))
          .replace(
              "{further}",
              UNLOCKED.replace(
                  "{part}",
                  "OFFSET (SELECT m.first FROM most m) LIMIT (SELECT 1000 + 4 * m.first FROM most m)"))
          .replace("{before}", "r.state");

  /** How many rows {@link #PICKED_UNLOCKED} takes; the parameter is given twice. */
  static final String MOST = ", most (taken, first) AS (SELECT ?::integer, 2 * ?::integer + 32)\n";

  private static final String PASSING_OVER = LANES + MOST + PICKED_UNLOCKED;

  /**
   * Takes the first row of all whose ready row is not locked. Locks the ready row first: the claim
   * that has it waits for one execution, and no other claim does. A transaction that cancels the
   * execution meanwhile cannot remove the locked ready row. So the claim also reads the state of
   * the execution when the statement began, without a lock.
   */
  private static final String WAITING =
      LANES
          + PICKED
              .replace(
                  "{ready}",
                  LOCKED
                      + """
                      FROM (
                        SELECT l.pool, l.priority, n.available_at, n.task_run_id FROM lane l
                        CROSS JOIN LATERAL (
                          SELECT q.available_at, q.task_run_id FROM {s}.ready_task_runs q
                          WHERE q.pool = l.pool AND q.priority = l.priority
                            AND q.available_at >= l.since AND q.available_at <= statement_timestamp()
                          ORDER BY q.available_at, q.task_run_id LIMIT ? + 1000) n
                        WHERE l.priority IS NOT NULL
                        ORDER BY l.priority DESC, n.available_at, n.task_run_id) c
                      JOIN {s}.ready_task_runs q ON q.task_run_id = ANY (ARRAY [c.task_run_id]) {unmoved}
                      JOIN {s}.task_runs o ON o.id = ANY (ARRAY [c.task_run_id])
                      JOIN {s}.executions e ON e.id = ANY (ARRAY [o.execution_id])
                      ORDER BY c.priority DESC, c.available_at, c.task_run_id LIMIT ?
                      FOR UPDATE OF q SKIP LOCKED FOR NO KEY UPDATE OF e""")
              .replace("{unmoved}", UNMOVED)
              .replace("{before}", "(SELECT b.state FROM {s}.executions b WHERE b.id = r.id)");

  /**
   * Locks the execution first, which is the only one: the transaction that holds it may remove
   * ready rows.
   */
  private static final String PICK_OF_EXECUTION =
      PICKED
          .replace(
              "{ready}",
              LOCKED
                  + """
              FROM {s}.ready_task_runs q
              JOIN {s}.task_runs o ON o.id = ANY (ARRAY [q.task_run_id])
              JOIN {s}.executions e ON e.id = ANY (ARRAY [o.execution_id])
              WHERE q.pool = ANY (ARRAY (SELECT p.pool FROM unnest(?::text[]) AS p (pool) WHERE {pools}))
                AND q.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ?))
                AND q.available_at <= statement_timestamp()
              ORDER BY q.priority DESC, q.available_at, q.task_run_id LIMIT ?
              FOR NO KEY UPDATE OF e FOR UPDATE OF q SKIP LOCKED""")
          .replace("{before}", "r.state");

  static final String PICK_READY = PASSING_OVER.replace("{pools}", UNBOUNDED);
  static final String PICK_BOUNDED = PASSING_OVER.replace("{pools}", ANY);
  static final String PICK_WAITING = WAITING.replace("{pools}", ANY);
  static final String PICK_READY_OF_EXECUTION = PICK_OF_EXECUTION.replace("{pools}", UNBOUNDED);
  static final String PICK_BOUNDED_OF_EXECUTION = PICK_OF_EXECUTION.replace("{pools}", ANY);

  private PostgresClaimReads() {}
}
