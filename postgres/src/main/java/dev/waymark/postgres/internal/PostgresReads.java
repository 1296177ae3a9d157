package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.ReadStatement;

/**
 * The text of every read on PostgreSQL. {@code {s}} is replaced by the schema; each list of ids is
 * one array.
 */
final class PostgresReads {
  private static final String TASK_RUN_HEAD =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, a.state, t.started_at, t.ended_at,
             CASE WHEN l.expires_at IS NULL THEN 0 WHEN l.expires_at > clock_timestamp() THEN 1 ELSE 2 END
      FROM {s}.task_runs t
      LEFT JOIN {s}.attempts a ON a.task_run_id = ANY (ARRAY [t.id]) AND a.number = t.last_attempt
      LEFT JOIN {s}.leases l ON l.task_run_id = ANY (ARRAY [t.id]) AND l.number = t.last_attempt
      """;

  /** The task runs that wait, or have waited, for signals of these names to these executions. */
  private static final String WAITS =
      "SELECT w.task_run_id AS id FROM {s}.signal_waits w WHERE w.execution_id = ANY (?) AND w.name = ANY (?)";

  private static final String READY_HEAD =
      """
      WITH v AS MATERIALIZED ({ids}),
      free AS MATERIALIZED (
        SELECT q.task_run_id FROM {s}.ready_task_runs q
        WHERE q.task_run_id = ANY (ARRAY (SELECT v.id FROM v)) FOR UPDATE SKIP LOCKED)
      SELECT r.task_run_id, r.pool, r.priority,
             CASE WHEN r.available_at <= clock_timestamp() THEN 1 ELSE 0 END,
             CASE WHEN EXISTS (SELECT 1 FROM free f WHERE f.task_run_id = r.task_run_id) THEN 1 ELSE 0 END
      FROM {s}.ready_task_runs r WHERE r.task_run_id = ANY (ARRAY (SELECT v.id FROM v))""";

  /**
   * How many attempts of a task run {@code t} have ended: all but the newest where that is live.
   */
  static final String ENDED_ATTEMPTS =
      """
      t.last_attempt - CASE WHEN t.last_attempt = 0 OR t.ended_at IS NOT NULL THEN 0 ELSE (
        SELECT count(*) FROM {s}.attempts a
        WHERE a.task_run_id = t.id AND a.number = t.last_attempt AND a.state = 'RUNNING') END""";

  private static final String LEASE =
      """
      SELECT l.task_run_id, l.number, t.execution_id, l.worker
      FROM {s}.leases l JOIN {s}.task_runs t ON t.id = ANY (ARRAY [l.task_run_id])
      """;

  private static final String EXECUTION =
      """
      SELECT e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs,
             e.created_at, e.started_at, e.ended_at, e.error,
             e.parent_task_run_id, e.parent_id, e.child_policy, e.depth, e.continues_id, e.continued_as_id
      FROM {s}.executions e LEFT JOIN {s}.execution_details d ON d.execution_id = ANY (ARRAY [e.id])
      """;

  /**
   * The least id. A pair is compared, although only its time matters: of a time between two others
   * a planner expects so few rows that it would read and sort all of them.
   */
  private static final String ZERO = "'00000000-0000-0000-0000-000000000000'::uuid";

  private static final String WORKFLOW_HEAD =
      """
      SELECT w.id, w.revision, w.content_hash,
             (SELECT r.revision FROM {s}.workflow_revisions r WHERE r.workflow_id = w.id
              ORDER BY r.revision LIMIT 1) AS first_revision
      FROM {s}.workflows w
      WHERE w.id = ANY (?)
      """;

  private static final String REVISION =
      """
      SELECT r.workflow_id, r.revision, r.description, r.labels, r.created_at, r.content_hash, r.definition
      FROM {s}.workflow_revisions r
      """;

  private static final String LATEST_REVISION =
      """
      SELECT r.workflow_id, r.revision, r.description, r.labels, r.created_at, r.content_hash, r.definition
      FROM {s}.workflows w
      JOIN {s}.workflow_revisions r ON r.workflow_id = ANY (ARRAY [w.id]) AND r.revision = w.revision
      """;

  private static final String TASK_RUN =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, t.created_at, t.started_at, t.ended_at
      FROM {s}.task_runs t
      """;

  private static final String ATTEMPT =
      """
      SELECT a.task_run_id, a.number, a.state, a.worker, a.started_at, a.ended_at, a.exit_code, a.error
      FROM {s}.attempts a
      """;

  private static final String LEASE_ALIVE =
      """
      CASE WHEN l.expires_at > statement_timestamp()
                AND NOT EXISTS (
                  SELECT 1 FROM {s}.workers w WHERE w.name = ANY (ARRAY [l.worker]) AND w.expires_at <= statement_timestamp())
           THEN 1 ELSE 0 END
      """;

  private PostgresReads() {}

  static String template(ReadStatement statement) {
    return switch (statement) {
      case LOAD_COMMITS ->
          "SELECT id, committed_at, fingerprint, versions FROM {s}.commits WHERE id = ANY (?)";
      // To run a workflow its revision must exist. A foreign key enforces that also while it is
      // being deleted. The content hash tells it from one that was deleted while this waited.
      case LOAD_WORKFLOWS -> WORKFLOW_HEAD;
      case LOAD_SAVED_WORKFLOWS -> WORKFLOW_HEAD + "ORDER BY w.id FOR NO KEY UPDATE";
      case LOAD_UNDER_WAY ->
          """
          SELECT c.workflow_id,
                 sum(c.executions) - (SELECT count(*) FROM {s}.executions e
                                      WHERE e.workflow_id = c.workflow_id
                                        AND (e.workflow_id, e.state) >= (c.workflow_id, 'PAUSED')
                                        AND (e.workflow_id, e.state) <= (c.workflow_id, 'PAUSED') AND e.started_at IS NULL)
          FROM {s}.execution_counts c
          WHERE c.workflow_id = ANY (?) AND c.state = ANY ('{RUNNING,PAUSED,CANCELLING}'::text[])
          GROUP BY c.workflow_id""";
      case LOAD_EXECUTION_TOTALS ->
          """
          SELECT c.workflow_id, sum(c.executions) FROM {s}.execution_counts c
          WHERE c.workflow_id = ANY (?) GROUP BY c.workflow_id""";
      // The lock of an execution covers all its records: every writer of a task run
      // or an attempt holds it. So these rows need no locks, and are read after it.
      case LOAD_EXECUTIONS ->
          """
          SELECT e.id, e.state, e.version, e.started_at, e.ended_at, e.request_hash, e.workflow_id, e.created_at,
                 e.parent_task_run_id, e.parent_id, e.child_policy, e.depth, e.continued_as_id
          FROM {s}.executions e
          WHERE e.id = ANY (?::uuid[]
            || ARRAY (SELECT t.execution_id FROM {s}.task_runs t WHERE t.id = ANY (?))
            || ARRAY (SELECT c.parent_id FROM {s}.executions c WHERE c.id = ANY (?)))
          ORDER BY e.id FOR NO KEY UPDATE""";
      case LOAD_TASK_RUNS -> TASK_RUN_HEAD + "WHERE t.id = ANY (?)";
      case LOAD_TASK_RUNS_BY_TASK ->
          TASK_RUN_HEAD + "WHERE t.execution_id = ANY (?) AND t.task_id = ANY (?)";
      case LOAD_TASK_RUN_COUNTS ->
          """
          SELECT execution_id, count(*),
                 sum(CASE state WHEN 'PENDING' THEN 1 WHEN 'RUNNING' THEN 1 WHEN 'RETRYING' THEN 1 WHEN 'WAITING' THEN 1 ELSE 0 END),
                 sum(%s)
          FROM {s}.task_runs t WHERE execution_id = ANY (?) GROUP BY execution_id"""
              .formatted(ENDED_ATTEMPTS);
      case LOAD_POOLS ->
          "SELECT p.name, p.slots FROM {s}.pools p WHERE p.name = ANY (?) ORDER BY p.name FOR UPDATE";
      case LOAD_WORKERS ->
          """
          SELECT w.name, w.life, CASE WHEN w.expires_at > clock_timestamp() THEN 1 ELSE 0 END
          FROM {s}.workers w WHERE w.name = ANY (?) ORDER BY w.name FOR NO KEY UPDATE""";
      case LOAD_READY ->
          READY_HEAD.replace("{ids}", "SELECT u.id FROM unnest(?::uuid[]) AS u (id)");
      case LOCK_READY_OF_EXECUTIONS ->
          READY_HEAD.replace(
              "{ids}", "SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ANY (?)");
      case LOAD_OPEN_CHILDREN ->
          """
          SELECT v.id, c.id FROM unnest(?::uuid[]) AS v (id)
          CROSS JOIN LATERAL (
            SELECT e.id FROM {s}.executions e
            WHERE e.parent_id = v.id AND e.ended_at IS NULL
            ORDER BY e.created_at, e.id LIMIT ?) c""";
      case LOAD_LABELS ->
          "SELECT d.execution_id, d.labels FROM {s}.execution_details d WHERE d.execution_id = ANY (?)";
      case LOAD_SIGNALS ->
          """
          SELECT e.id, coalesce((SELECT s.number FROM {s}.signals s WHERE s.execution_id = e.id ORDER BY s.number DESC LIMIT 1), 0)
          FROM unnest(?::uuid[] || ARRAY (SELECT t.execution_id FROM {s}.task_runs t WHERE t.id = ANY (?))) AS e (id)""";
      case LOAD_SIGNAL_KEYS ->
          """
          SELECT s.execution_id, s.key, s.number, s.hash FROM {s}.signals s
          WHERE s.execution_id = ANY (?) AND s.key = ANY (?)""";
      case LOAD_KEPT_SIGNALS ->
          """
          SELECT k.execution_id, k.number, k.name
          FROM unnest(ARRAY (SELECT t.execution_id FROM {s}.task_runs t WHERE t.id = ANY (?))) AS e (id)
          CROSS JOIN unnest(?::text[]) AS n (name)
          CROSS JOIN LATERAL (
            SELECT s.execution_id, s.number, s.name FROM {s}.signals s
            WHERE s.execution_id = e.id AND s.name = n.name AND s.task_run_id IS NULL
            ORDER BY s.number LIMIT ?) k""";
      case LOAD_CONTINUED_SIGNALS ->
          """
          SELECT s.execution_id, s.number, s.name, s.key, s.hash FROM {s}.signals s
          WHERE s.execution_id = ANY (?) AND s.task_run_id IS NULL""";
      case LOAD_SIGNAL_WAITS ->
          """
          SELECT w.execution_id, w.task_run_id, w.name, w.version, w.pool, w.priority, w.since
          FROM {s}.signal_waits w
          JOIN {s}.task_runs t ON t.id = ANY (ARRAY [w.task_run_id]) AND t.version = w.version
          WHERE w.execution_id = ANY (?) AND w.name = ANY (?)""";
      case LOAD_WAITING_TASK_RUNS -> TASK_RUN_HEAD + "WHERE t.id = ANY (ARRAY (" + WAITS + "))";
      case LOAD_WAITING_READY -> READY_HEAD.replace("{ids}", WAITS);
      case LOCK_POOLS ->
          PostgresClaimReads.LANES.replace("{pools}", PostgresClaimReads.BOUNDED)
              + """
              SELECT p.name, p.slots FROM {s}.pools p
              WHERE p.name = ANY (ARRAY (
                SELECT l.pool FROM lane l
                CROSS JOIN LATERAL (
                  SELECT 1 FROM {s}.ready_task_runs q
                  WHERE q.pool = l.pool AND q.priority = l.priority
                    AND q.available_at >= l.since AND q.available_at <= statement_timestamp()
                  LIMIT 1) q))
              ORDER BY p.name FOR UPDATE""";
      case POOL_LEASES ->
          """
          SELECT p.name, (SELECT count(*) FROM {s}.leases l
                          WHERE (l.pool, l.expires_at) >= (p.name, ?) AND l.pool <= p.name)
          FROM {s}.pools p WHERE p.name = ANY (?)""";
      case PICK_READY -> PostgresClaimReads.PICK_READY;
      case PICK_BOUNDED -> PostgresClaimReads.PICK_BOUNDED;
      case PICK_WAITING -> PostgresClaimReads.PICK_WAITING;
      case PICK_READY_OF_EXECUTION -> PostgresClaimReads.PICK_READY_OF_EXECUTION;
      case PICK_BOUNDED_OF_EXECUTION -> PostgresClaimReads.PICK_BOUNDED_OF_EXECUTION;
      case DUE ->
          """
          SELECT execution_id, reason FROM {s}.due_executions
          WHERE (due_at, execution_id) >= (?, {zero}) AND due_at <= statement_timestamp()
          ORDER BY due_at, execution_id LIMIT ?"""
              .replace("{zero}", ZERO);
      case DUE_OF_EXECUTION ->
          """
          SELECT execution_id, reason FROM {s}.due_executions
          WHERE execution_id = ? AND statement_timestamp() - due_at >= interval '0'
          ORDER BY statement_timestamp() - due_at DESC""";
      case EXPIRED ->
          LEASE
              + "WHERE (l.expires_at, l.task_run_id) >= (?, "
              + ZERO
              + ") AND l.expires_at <= statement_timestamp()"
              + " ORDER BY l.expires_at, l.task_run_id LIMIT ?";
      case EXPIRED_OF_EXECUTION ->
          LEASE
              + "WHERE l.task_run_id = ANY (ARRAY (SELECT id FROM {s}.task_runs WHERE execution_id = ?))"
              + " AND statement_timestamp() - l.expires_at >= interval '0'"
              + " ORDER BY statement_timestamp() - l.expires_at DESC, l.task_run_id";
      case LEASES -> LEASE + "ORDER BY l.task_run_id LIMIT ?";
      case STALLED ->
          """
          SELECT e.id FROM {s}.executions e
          WHERE e.id >= ? AND (e.state = 'PENDING' OR e.state = 'RUNNING' OR e.state = 'CANCELLING')
            AND NOT EXISTS (SELECT 1 FROM {s}.due_executions d WHERE d.execution_id = ANY (ARRAY [e.id]))
            AND NOT EXISTS (
              SELECT 1 FROM {s}.task_runs t
              WHERE t.execution_id = ANY (ARRAY [e.id])
                AND (t.state = 'WAITING'
                     OR EXISTS (SELECT 1 FROM {s}.ready_task_runs r WHERE r.task_run_id = ANY (ARRAY [t.id]))
                     OR EXISTS (SELECT 1 FROM {s}.leases l WHERE l.task_run_id = ANY (ARRAY [t.id]))))
          ORDER BY e.id LIMIT ?""";
      case NEXT ->
          PostgresClaimReads.LANES.replace("{pools}", PostgresClaimReads.ANY)
              + """
              SELECT (extract(epoch FROM (
                        SELECT min(n.at) FROM (
                          SELECT (SELECT min(q.available_at) FROM {s}.ready_task_runs q
                                  WHERE q.pool = l.pool AND q.priority = l.priority AND q.available_at > statement_timestamp()) AS at
                          FROM lane l
                          UNION ALL SELECT min(d.due_at) FROM {s}.due_executions d
                          WHERE d.due_at > statement_timestamp() AND NOT (d.reason = 'DEADLINE' AND EXISTS (
                            SELECT 1 FROM {s}.executions e WHERE e.id = d.execution_id AND e.state = 'PAUSED'))) n)
                        - statement_timestamp()) * 1000000)::bigint,
                     (extract(epoch FROM (SELECT min(expires_at) FROM {s}.leases WHERE expires_at > statement_timestamp())
                        - statement_timestamp()) * 1000000)::bigint,
                     CASE WHEN EXISTS (
                       SELECT 1 FROM lane p
                       CROSS JOIN LATERAL (
                         SELECT 1 FROM {s}.ready_task_runs q
                         WHERE q.pool = p.pool AND q.priority = p.priority
                           AND q.available_at >= p.since AND q.available_at <= statement_timestamp()
                         LIMIT 1) q
                       WHERE {pools}) THEN 1 ELSE 0 END"""
                  .replace("{pools}", PostgresClaimReads.UNBOUNDED);
      // The plan of a join could read all ready rows, or all outputs.
      case READY_OF_EXECUTION ->
          """
          SELECT r.task_run_id FROM {s}.ready_task_runs r
          WHERE r.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ?))""";
      case OUTPUTS_OF_EXECUTION ->
          """
          SELECT o.task_run_id, o.outputs FROM {s}.task_run_outputs o
          WHERE o.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ?))
            AND o.outputs <> '{}'""";
      case READY_BY_ID ->
          "SELECT r.task_run_id FROM {s}.ready_task_runs r WHERE r.task_run_id = ANY (?)";
      case OUTPUTS_BY_ID ->
          "SELECT o.task_run_id, o.outputs FROM {s}.task_run_outputs o WHERE o.task_run_id = ANY (?) AND o.outputs <> '{}'";
      case PAYLOAD ->
          """
          SELECT x.content FROM (SELECT ?::uuid AS id, ?::integer AS number, ?::text AS part) p
          CROSS JOIN LATERAL (
            SELECT x.content FROM {s}.payloads x
            WHERE x.execution_id = CASE p.part WHEN 'RESULT' THEN p.id WHEN 'SIGNAL' THEN p.id ELSE (SELECT t.execution_id FROM {s}.task_runs t WHERE t.id = p.id) END
              AND x.record_id = p.id AND x.number = p.number AND x.part = p.part) x""";
      case SIGNALS ->
          """
          SELECT s.execution_id, s.number, s.name, s.key, s.sent_at, s.task_run_id, s.attempt
          FROM {s}.signals s WHERE s.execution_id = ? ORDER BY s.number""";
      case PAYLOADS_OF_EXECUTION ->
          """
          SELECT v.kind, v.record_id, v.number, v.part, octet_length(v.content), left(v.content, p.chars)
          FROM (SELECT ?::uuid AS id, ?::integer AS chars) p
          CROSS JOIN LATERAL (
            SELECT 'EXECUTION' AS kind, d.execution_id AS record_id, 0 AS number, 'INPUT' AS part, d.inputs AS content
            FROM {s}.execution_details d WHERE d.execution_id = p.id AND d.inputs <> '{}'
            UNION ALL
            SELECT 'TASK_RUN', o.task_run_id, 0, 'RESULT', o.outputs FROM {s}.task_run_outputs o
            WHERE o.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = p.id))
              AND o.outputs <> '{}'
            UNION ALL
            SELECT CASE x.part WHEN 'RESULT' THEN 'EXECUTION' WHEN 'SIGNAL' THEN 'EXECUTION' WHEN 'INPUT' THEN 'TASK_RUN' ELSE 'ATTEMPT' END, x.record_id, x.number, x.part, x.content FROM {s}.payloads x WHERE x.execution_id = p.id) v""";
      case LOG ->
          """
          SELECT l.position, l.bytes FROM {s}.log_chunks l
          WHERE l.task_run_id = ? AND l.number = ?
            AND l.position >= coalesce((SELECT max(p.position) FROM {s}.log_chunks p
                                        WHERE p.task_run_id = ? AND p.number = ? AND p.position <= ?), 0)
            AND l.position < greatest(?, 1 + (SELECT min(n.position) FROM {s}.log_chunks n
                                              WHERE n.task_run_id = ? AND n.number = ? AND n.position >= ?))
          ORDER BY l.position""";
      case LOG_LENGTH ->
          """
          SELECT l.position + octet_length(l.bytes) FROM {s}.log_chunks l
          WHERE l.task_run_id = ? AND l.number = ? ORDER BY l.position DESC LIMIT 1""";
      // By leaps through the index, which stop at the limit: an execution has many pieces of logs.
      case EXECUTIONS_WITH_LOGS ->
          """
          WITH RECURSIVE owner (id) AS (
            (SELECT l.execution_id FROM {s}.log_chunks l ORDER BY l.execution_id LIMIT 1)
            UNION ALL
            SELECT n.execution_id FROM owner o
            CROSS JOIN LATERAL (
              SELECT l.execution_id FROM {s}.log_chunks l
              WHERE l.execution_id > o.id ORDER BY l.execution_id LIMIT 1) n
          )
          SELECT o.id FROM owner o
          CROSS JOIN LATERAL (SELECT 1 FROM {s}.executions e WHERE e.id = o.id AND e.ended_at < ? LIMIT 1) e
          LIMIT ?""";
      case WORKFLOW -> LATEST_REVISION + "WHERE w.id = ?";
      case WORKFLOW_REVISION -> REVISION + "WHERE r.workflow_id = ? AND r.revision = ?";
      case WORKFLOWS -> LATEST_REVISION + "ORDER BY w.id LIMIT ? OFFSET ?";
      case COUNT_WORKFLOWS -> "SELECT count(*) FROM {s}.workflows WHERE content_hash <> ''";
      case WORKFLOW_HISTORY ->
          REVISION + "WHERE r.workflow_id = ? ORDER BY r.revision LIMIT ? OFFSET ?";
      case COUNT_WORKFLOW_HISTORY ->
          "SELECT count(*) FROM {s}.workflow_revisions WHERE workflow_id = ?";
      case EXECUTION -> EXECUTION + "WHERE e.id = ?";
      case TASK_RUN -> TASK_RUN + "WHERE t.id = ?";
      case TASK_RUNS -> TASK_RUN + "WHERE t.execution_id = ? ORDER BY t.created_at, t.id";
      case TASK_RUNS_BY_ID -> TASK_RUN + "WHERE t.id = ANY (?) ORDER BY t.created_at, t.id";
      case ATTEMPT -> ATTEMPT + "WHERE a.task_run_id = ? AND a.number = ?";
      case ATTEMPTS -> ATTEMPT + "WHERE a.task_run_id = ? ORDER BY a.number";
      case ATTEMPTS_BY_ID ->
          ATTEMPT + "WHERE a.task_run_id = ANY (?) ORDER BY a.task_run_id, a.number";
      case ATTEMPTS_OF_EXECUTION ->
          ATTEMPT
              + """
              WHERE a.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ?))
              ORDER BY a.task_run_id, a.number""";
      // From the row in which the range begins: earlier rows are not read.
      case HISTORY ->
          """
          SELECT h.committed_at, h.position, h.transitions
          FROM (SELECT ?::uuid AS id, ?::bigint AS begin, ?::bigint AS until) p
          CROSS JOIN LATERAL (
            SELECT r.committed_at, r.position, r.transitions FROM {s}.history r
            WHERE r.execution_id = p.id AND r.position < p.until AND r.position + r.transition_count > p.begin
              AND r.position >= coalesce((SELECT b.position FROM {s}.history b
                                          WHERE b.execution_id = p.id AND b.position <= p.begin
                                          ORDER BY b.position DESC LIMIT 1), 0)) h
          ORDER BY h.position""";
      case COUNT_HISTORY ->
          """
          SELECT coalesce((SELECT h.position + h.transition_count FROM {s}.history h
                           WHERE h.execution_id = ? ORDER BY h.position DESC LIMIT 1), 0)""";
      case WORKERS ->
          """
          SELECT w.name, w.life, w.started_at, w.seen_at, CASE WHEN w.expires_at > clock_timestamp() THEN 1 ELSE 0 END,
                 w.info, coalesce(l.held, 0)
          FROM {s}.workers w
          LEFT JOIN (SELECT worker, count(*) AS held FROM {s}.leases GROUP BY worker) l ON l.worker = w.name
          ORDER BY w.name""";
      case POOLS ->
          """
          SELECT p.name, max(p.slots), sum(p.running)::integer, sum(p.ready)::bigint FROM (
            SELECT name, slots, 0 AS running, 0 AS ready FROM {s}.pools
            UNION ALL SELECT pool, NULL, count(*), 0 FROM {s}.leases GROUP BY pool
            UNION ALL SELECT pool, NULL, 0, count(*) FROM {s}.ready_task_runs GROUP BY pool) p
          GROUP BY p.name ORDER BY p.name""";
      // One by one, by their keys: the plan of a join could read all ready or leased rows.
      case WAITING_TASK_RUNS ->
          """
          SELECT t.id, t.task_id, t.state, r.pool, r.available_at,
                 CASE WHEN r.available_at <= statement_timestamp() THEN 1 ELSE 0 END,
                 l.number, l.worker, l.expires_at, {alive},
                 CASE WHEN t.state = 'WAITING' THEN (
                   SELECT w.name FROM {s}.signal_waits w WHERE w.task_run_id = t.id AND w.version = t.version) END
          FROM {s}.task_runs t
          LEFT JOIN LATERAL (
            SELECT q.pool, q.available_at FROM {s}.ready_task_runs q WHERE q.task_run_id = t.id LIMIT 1) r ON true
          LEFT JOIN LATERAL (
            SELECT h.number, h.worker, h.expires_at FROM {s}.leases h WHERE h.task_run_id = t.id LIMIT 1) l ON true
          WHERE t.execution_id = ? AND (t.state = 'PENDING' OR t.state = 'RUNNING' OR t.state = 'RETRYING' OR t.state = 'WAITING')
          ORDER BY t.created_at, t.id"""
              .replace("{alive}", LEASE_ALIVE);
      case WAITING_DUE ->
          """
          SELECT reason, due_at, CASE WHEN due_at <= statement_timestamp() THEN 1 ELSE 0 END
          FROM {s}.due_executions WHERE execution_id = ? ORDER BY reason""";
      case WAITING_POOLS ->
          """
          SELECT p.name, p.slots, (SELECT count(*) FROM {s}.leases l WHERE l.pool = p.name)::integer
          FROM {s}.pools p WHERE p.name = ANY (?)""";
      case POOL_HOLDERS ->
          """
          SELECT l.pool, t.execution_id, t.task_id, l.task_run_id, l.number, l.worker, l.expires_at, {alive}
          FROM unnest(?::text[]) AS p (pool)
          CROSS JOIN LATERAL (
            SELECT * FROM (
              SELECT h.pool, h.task_run_id, h.number, h.worker, h.expires_at FROM {s}.leases h
              WHERE h.pool = p.pool OFFSET 0) h
            ORDER BY h.task_run_id LIMIT ?) l
          JOIN {s}.task_runs t ON t.id = ANY (ARRAY [l.task_run_id])
          ORDER BY l.pool, l.task_run_id"""
              .replace("{alive}", LEASE_ALIVE);
      case CLAIMABLE_BY_POOL ->
          """
          SELECT q.pool, count(*) FROM {s}.ready_task_runs q
          WHERE q.available_at <= statement_timestamp() GROUP BY q.pool""";
      case LIVING_WORKERS ->
          """
          SELECT w.name, w.info FROM {s}.workers w
          WHERE w.expires_at > statement_timestamp() ORDER BY w.name""";
      case OLDEST_IN_PROGRESS ->
          """
          SELECT e.id FROM {s}.executions e
          WHERE e.workflow_id = ? AND e.state = ? AND (e.state <> 'PAUSED' OR e.started_at IS NOT NULL)
          ORDER BY e.created_at, e.id LIMIT ?""";
      case EXECUTION_IDS ->
          "SELECT id FROM {s}.executions WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
      case TASK_RUN_IDS ->
          "SELECT id FROM {s}.task_runs WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
      case WORKFLOW_IDS ->
          "SELECT id FROM {s}.workflows WHERE id >= ? AND id < ? AND content_hash <> '' ORDER BY id LIMIT ?";
    };
  }
}
