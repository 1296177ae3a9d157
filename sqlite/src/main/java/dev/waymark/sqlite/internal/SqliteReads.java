package dev.waymark.sqlite.internal;

import dev.waymark.jdbc.internal.sql.ReadStatement;

/**
 * The text of every read on SQLite. A collection of ids is one parameter, a JSON array.
 *
 * <p>The order of joins (CROSS JOIN) and the index of each table (INDEXED BY) are part of the text.
 * Without them, SQLite chooses by the statistics that ANALYZE has stored, whoever ran it and
 * whatever the tables contained at that moment: it scans a table that was nearly empty then, for
 * each row of another one. The index of a primary key is called {@code sqlite_autoindex_TABLE_1}.
 */
final class SqliteReads {
  private static final String UUIDS = "(SELECT unhex(value) FROM json_each(?))";
  private static final String TEXTS = "(SELECT value FROM json_each(?))";

  /** The clock of the store, in microseconds, though it goes in milliseconds. */
  static final String NOW = "CAST(unixepoch('subsec') * 1000000 AS INTEGER)";

  private static final String TASK_RUN_HEAD =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, a.state, t.started_at, t.ended_at,
             CASE WHEN l.expires_at IS NULL THEN 0 WHEN l.expires_at > %s THEN 1 ELSE 2 END
      FROM task_runs t
      LEFT JOIN attempts a INDEXED BY sqlite_autoindex_attempts_1 ON a.task_run_id = t.id AND a.number = t.last_attempt
      LEFT JOIN leases l INDEXED BY sqlite_autoindex_leases_1 ON l.task_run_id = t.id AND l.number = t.last_attempt
      """
          .formatted(NOW);

  private static final String READY_HEAD =
      "SELECT task_run_id, pool, priority, CASE WHEN available_at <= %s THEN 1 ELSE 0 END, 1 FROM ready_task_runs WHERE task_run_id IN "
          .formatted(NOW);

  /** The task runs that wait, or have waited, for signals of these names to these executions. */
  private static final String WAITS =
      "(SELECT w.task_run_id FROM signal_waits w INDEXED BY signal_waits_by_name WHERE w.execution_id IN "
          + UUIDS
          + " AND w.name IN "
          + TEXTS
          + ")";

  private static final String LEASE =
      """
      SELECT l.task_run_id, l.number, t.execution_id, l.worker
      FROM leases l INDEXED BY {by}
      CROSS JOIN task_runs t INDEXED BY sqlite_autoindex_task_runs_1 ON t.id = l.task_run_id
      """;

  private static final String EXECUTION =
      """
      SELECT e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs,
             e.created_at, e.started_at, e.ended_at, e.error,
             e.parent_task_run_id, e.parent_id, e.child_policy, e.depth, e.continues_id, e.continued_as_id
      FROM executions e LEFT JOIN execution_details d INDEXED BY sqlite_autoindex_execution_details_1 ON d.execution_id = e.id
      """;

  private static final String REVISION =
      """
      SELECT r.workflow_id, r.revision, r.description, r.labels, r.created_at, r.content_hash, r.definition
      FROM workflow_revisions r INDEXED BY sqlite_autoindex_workflow_revisions_1
      """;

  private static final String LATEST_REVISION =
      """
      SELECT r.workflow_id, r.revision, r.description, r.labels, r.created_at, r.content_hash, r.definition
      FROM workflows w INDEXED BY sqlite_autoindex_workflows_1
      CROSS JOIN workflow_revisions r INDEXED BY sqlite_autoindex_workflow_revisions_1 ON r.workflow_id = w.id AND r.revision = w.revision
      """;

  private static final String TASK_RUN =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, t.created_at, t.started_at, t.ended_at
      FROM task_runs t
      """;

  private static final String ATTEMPT =
      """
      SELECT a.task_run_id, a.number, a.state, a.worker, a.started_at, a.ended_at, a.exit_code, a.error
      FROM attempts a
      """;

  private static final String LEASE_ALIVE =
      """
      CASE WHEN l.expires_at > {now}
                AND NOT EXISTS (SELECT 1 FROM workers w WHERE w.name = l.worker AND w.expires_at <= {now})
           THEN 1 ELSE 0 END
      """
          .replace("{now}", NOW);

  private SqliteReads() {}

  static String text(ReadStatement statement) {
    return switch (statement) {
      case LOAD_COMMITS ->
          "SELECT id, committed_at, fingerprint, versions FROM commits WHERE id IN " + UUIDS;
      case LOAD_WORKFLOWS, LOAD_SAVED_WORKFLOWS ->
          """
          SELECT w.id, w.revision, w.content_hash,
                 (SELECT min(r.revision) FROM workflow_revisions r INDEXED BY sqlite_autoindex_workflow_revisions_1
                  WHERE r.workflow_id = w.id) AS first_revision
          FROM workflows w WHERE w.id IN\s"""
              + TEXTS;
      case LOAD_UNDER_WAY ->
          """
          SELECT workflow_id, sum(executions) - (
            SELECT count(*) FROM executions e
            WHERE e.workflow_id = c.workflow_id AND e.state = 'PAUSED' AND e.started_at IS NULL)
          FROM execution_counts c
          WHERE workflow_id IN %s AND state IN ('RUNNING', 'PAUSED', 'CANCELLING') GROUP BY 1\
          """
              .formatted(TEXTS);
      case LOAD_EXECUTION_TOTALS ->
          "SELECT workflow_id, sum(executions) FROM execution_counts INDEXED BY sqlite_autoindex_execution_counts_1 WHERE workflow_id IN "
              + TEXTS
              + " GROUP BY workflow_id";
      case LOAD_EXECUTIONS ->
          """
          SELECT id, state, version, started_at, ended_at, request_hash, workflow_id, created_at,
                 parent_task_run_id, parent_id, child_policy, depth, continued_as_id
          FROM executions INDEXED BY sqlite_autoindex_executions_1
          WHERE id IN (SELECT unhex(value) FROM json_each(?)
                       UNION SELECT execution_id FROM task_runs INDEXED BY sqlite_autoindex_task_runs_1
                       WHERE id IN (SELECT unhex(value) FROM json_each(?))
                       UNION SELECT parent_id FROM executions INDEXED BY sqlite_autoindex_executions_1
                       WHERE id IN (SELECT unhex(value) FROM json_each(?)))\
          """;
      case LOAD_TASK_RUNS -> TASK_RUN_HEAD + "WHERE t.id IN " + UUIDS;
      case LOAD_TASK_RUNS_BY_TASK ->
          TASK_RUN_HEAD.replace(
                  "task_runs t", "task_runs t INDEXED BY sqlite_autoindex_task_runs_2")
              + "WHERE t.execution_id IN "
              + UUIDS
              + " AND t.task_id IN "
              + TEXTS;
      case LOAD_TASK_RUN_COUNTS ->
          """
          SELECT execution_id, count(*),
                 sum(CASE state WHEN 'PENDING' THEN 1 WHEN 'RUNNING' THEN 1 WHEN 'RETRYING' THEN 1 WHEN 'WAITING' THEN 1 ELSE 0 END),
                 sum(last_attempt - CASE WHEN last_attempt = 0 OR ended_at IS NOT NULL THEN 0 ELSE
                   (SELECT count(*) FROM attempts a
                    WHERE a.task_run_id = t.id AND a.number = t.last_attempt AND a.state = 'RUNNING') END)
          FROM task_runs t WHERE execution_id IN %s GROUP BY execution_id\
          """
              .formatted(UUIDS);
      case LOAD_POOLS ->
          "SELECT name, slots FROM pools INDEXED BY sqlite_autoindex_pools_1 WHERE name IN "
              + TEXTS;
      case LOAD_WORKERS ->
          "SELECT name, life, CASE WHEN expires_at > %s THEN 1 ELSE 0 END FROM workers INDEXED BY sqlite_autoindex_workers_1 WHERE name IN %s"
              .formatted(NOW, TEXTS);
      // There is one writer at a time, so no other transaction has it locked.
      case LOAD_READY -> READY_HEAD + UUIDS;
      case LOCK_READY_OF_EXECUTIONS ->
          READY_HEAD
              + "(SELECT t.id FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2 WHERE t.execution_id IN "
              + UUIDS
              + ")";
      // The bound is computed once for each execution.
      case LOAD_OPEN_CHILDREN ->
          """
          SELECT e.parent_id, e.id FROM (
            SELECT c.parent_id, c.id, c.created_at,
                   row_number() OVER (PARTITION BY c.parent_id ORDER BY c.created_at, c.id) AS place
            FROM executions c INDEXED BY executions_by_parent
            WHERE c.parent_id IN (SELECT unhex(value) FROM json_each(?1)) AND c.ended_at IS NULL) e
          WHERE e.place <= ?2 ORDER BY e.parent_id, e.place\
          """;
      case LOAD_LABELS ->
          "SELECT execution_id, labels FROM execution_details INDEXED BY sqlite_autoindex_execution_details_1 WHERE execution_id IN "
              + UUIDS;
      case LOAD_SIGNALS ->
          """
          SELECT e.id, coalesce((SELECT max(s.number) FROM signals s INDEXED BY sqlite_autoindex_signals_1 WHERE s.execution_id = e.id), 0)
          FROM (SELECT unhex(value) AS id FROM json_each(?)
                UNION SELECT execution_id FROM task_runs INDEXED BY sqlite_autoindex_task_runs_1
                WHERE id IN (SELECT unhex(value) FROM json_each(?))) e\
          """;
      case LOAD_SIGNAL_KEYS ->
          "SELECT execution_id, key, number, hash FROM signals INDEXED BY signals_by_key WHERE execution_id IN "
              + UUIDS
              + " AND key IN "
              + TEXTS
              + " AND key IS NOT NULL";
      // The bound is computed once for each execution and name.
      case LOAD_KEPT_SIGNALS ->
          """
          SELECT s.execution_id, s.number, s.name
          FROM (SELECT DISTINCT t.execution_id AS id FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_1
                WHERE t.id IN (SELECT unhex(value) FROM json_each(?1))) e
          CROSS JOIN json_each(?2) n
          CROSS JOIN signals s INDEXED BY signals_kept
            ON s.execution_id = e.id AND s.name = n.value AND s.task_run_id IS NULL
            AND s.number <= coalesce(
              (SELECT x.number FROM signals x INDEXED BY signals_kept
               WHERE x.execution_id = e.id AND x.name = n.value AND x.task_run_id IS NULL
               ORDER BY x.number LIMIT 1 OFFSET ?3 - 1), 2147483647)\
          """;
      case LOAD_CONTINUED_SIGNALS ->
          "SELECT execution_id, number, name, key, hash FROM signals INDEXED BY signals_kept WHERE execution_id IN "
              + UUIDS
              + " AND task_run_id IS NULL";
      case LOAD_SIGNAL_WAITS ->
          """
          SELECT w.execution_id, w.task_run_id, w.name, w.version, w.pool, w.priority, w.since
          FROM signal_waits w INDEXED BY signal_waits_by_name
          CROSS JOIN task_runs t INDEXED BY sqlite_autoindex_task_runs_1 ON t.id = w.task_run_id AND t.version = w.version
          WHERE w.execution_id IN %s AND w.name IN %s\
          """
              .formatted(UUIDS, TEXTS);
      case LOAD_WAITING_TASK_RUNS -> TASK_RUN_HEAD + "WHERE t.id IN " + WAITS;
      case LOAD_WAITING_READY -> READY_HEAD + WAITS;
      case LOCK_POOLS ->
          """
          SELECT p.name, p.slots FROM pools p INDEXED BY sqlite_autoindex_pools_1
          WHERE p.name IN %s AND EXISTS (SELECT 1 FROM ready_task_runs r INDEXED BY ready_task_runs_in_order WHERE r.pool = p.name)\
          """
              .formatted(TEXTS);
      case POOL_LEASES ->
          "SELECT p.name, (SELECT count(*) FROM leases l INDEXED BY leases_by_pool WHERE l.pool = p.name) FROM pools p"
              + " INDEXED BY sqlite_autoindex_pools_1 WHERE p.name IN "
              + TEXTS;
      case PICK_READY -> SqliteClaimReads.PICK.replace("{pools}", SqliteClaimReads.UNBOUNDED);
      // There is one writer at a time, so no row is locked.
      case PICK_BOUNDED, PICK_WAITING ->
          SqliteClaimReads.PICK.replace("{pools}", SqliteClaimReads.ANY);
      case PICK_READY_OF_EXECUTION ->
          SqliteClaimReads.PICK_OF_EXECUTION.replace("{pools}", SqliteClaimReads.UNBOUNDED);
      case PICK_BOUNDED_OF_EXECUTION ->
          SqliteClaimReads.PICK_OF_EXECUTION.replace("{pools}", SqliteClaimReads.ANY);
      case DUE ->
          "SELECT execution_id, reason FROM due_executions INDEXED BY due_executions_by_time WHERE due_at <= %s ORDER BY due_at, execution_id LIMIT ?"
              .formatted(NOW);
      case DUE_OF_EXECUTION ->
          "SELECT execution_id, reason FROM due_executions INDEXED BY sqlite_autoindex_due_executions_1 WHERE execution_id = ? AND due_at <= %s ORDER BY due_at"
              .formatted(NOW);
      case EXPIRED ->
          LEASE.replace("{by}", "leases_by_expiry")
              + "WHERE l.expires_at <= %s ORDER BY l.expires_at, l.task_run_id LIMIT ?"
                  .formatted(NOW);
      case EXPIRED_OF_EXECUTION ->
          """
          SELECT l.task_run_id, l.number, t.execution_id, l.worker
          FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2 CROSS JOIN leases l INDEXED BY sqlite_autoindex_leases_1 ON l.task_run_id = t.id
          WHERE t.execution_id = ? AND l.expires_at <= %s ORDER BY l.expires_at, l.task_run_id\
          """
              .formatted(NOW);
      case LEASES ->
          LEASE.replace("{by}", "sqlite_autoindex_leases_1") + "ORDER BY l.task_run_id LIMIT ?";
      case STALLED ->
          """
          SELECT e.id FROM executions e INDEXED BY sqlite_autoindex_executions_1
          WHERE e.id >= ? AND (e.state = 'PENDING' OR e.state = 'RUNNING' OR e.state = 'CANCELLING')
            AND NOT EXISTS (SELECT 1 FROM due_executions d INDEXED BY sqlite_autoindex_due_executions_1 WHERE d.execution_id = e.id)
            AND NOT EXISTS (
              SELECT 1 FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2
              WHERE t.execution_id = e.id
                AND (t.state = 'WAITING'
                     OR EXISTS (SELECT 1 FROM ready_task_runs r INDEXED BY sqlite_autoindex_ready_task_runs_1 WHERE r.task_run_id = t.id)
                     OR EXISTS (SELECT 1 FROM leases l INDEXED BY sqlite_autoindex_leases_1 WHERE l.task_run_id = t.id)))
          ORDER BY e.id LIMIT ?\
          """;
      case NEXT ->
          SqliteClaimReads.LANES.replace("{pools}", SqliteClaimReads.ANY)
              + """
                  SELECT (SELECT min(at) FROM (
                            SELECT (SELECT min(q.available_at) FROM ready_task_runs q INDEXED BY ready_task_runs_in_order
                                    WHERE q.pool = l.pool AND q.priority = l.priority AND q.available_at > {now}) AS at
                            FROM lane l
                            UNION ALL SELECT min(d.due_at) FROM due_executions d INDEXED BY due_executions_by_time
                            WHERE d.due_at > {now} AND NOT (d.reason = 'DEADLINE' AND EXISTS (
                              SELECT 1 FROM executions e INDEXED BY sqlite_autoindex_executions_1 WHERE e.id = d.execution_id AND e.state = 'PAUSED')))) - {now},
                         (SELECT min(expires_at) FROM leases INDEXED BY leases_by_expiry WHERE expires_at > {now}) - {now},
                         0\
                  """
                  .replace("{now}", NOW);
      case READY_OF_EXECUTION ->
          """
          SELECT r.task_run_id FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2 CROSS JOIN ready_task_runs r INDEXED BY sqlite_autoindex_ready_task_runs_1 ON r.task_run_id = t.id
          WHERE t.execution_id = ?\
          """;
      case OUTPUTS_OF_EXECUTION ->
          """
          SELECT o.task_run_id, o.outputs FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2 CROSS JOIN task_run_outputs o INDEXED BY sqlite_autoindex_task_run_outputs_1 ON o.task_run_id = t.id
          WHERE t.execution_id = ? AND o.outputs <> '{}'\
          """;
      case READY_BY_ID ->
          "SELECT r.task_run_id FROM ready_task_runs r INDEXED BY sqlite_autoindex_ready_task_runs_1 WHERE r.task_run_id IN "
              + UUIDS;
      case OUTPUTS_BY_ID ->
          "SELECT o.task_run_id, o.outputs FROM task_run_outputs o INDEXED BY sqlite_autoindex_task_run_outputs_1 WHERE o.outputs <> '{}' AND o.task_run_id IN "
              + UUIDS;
      case PAYLOAD ->
          """
          SELECT x.content FROM payloads x INDEXED BY sqlite_autoindex_payloads_1
          WHERE x.execution_id = CASE ?3 WHEN 'RESULT' THEN ?1 WHEN 'SIGNAL' THEN ?1 ELSE
              (SELECT t.execution_id FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_1 WHERE t.id = ?1) END
            AND x.record_id = ?1 AND x.number = ?2 AND x.part = ?3\
          """;
      case SIGNALS ->
          """
          SELECT execution_id, number, name, key, sent_at, task_run_id, attempt
          FROM signals INDEXED BY sqlite_autoindex_signals_1 WHERE execution_id = ? ORDER BY number\
          """;
      case PAYLOADS_OF_EXECUTION ->
          """
          SELECT v.kind, v.record_id, v.number, v.part, length(CAST(v.content AS BLOB)), substr(v.content, 1, ?2) FROM (
            SELECT 'EXECUTION' AS kind, d.execution_id AS record_id, 0 AS number, 'INPUT' AS part, d.inputs AS content
            FROM execution_details d INDEXED BY sqlite_autoindex_execution_details_1 WHERE d.execution_id = ?1 AND d.inputs <> '{}'
            UNION ALL
            SELECT 'TASK_RUN', o.task_run_id, 0, 'RESULT', o.outputs FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2
            CROSS JOIN task_run_outputs o INDEXED BY sqlite_autoindex_task_run_outputs_1 ON o.task_run_id = t.id
            WHERE t.execution_id = ?1 AND o.outputs <> '{}'
            UNION ALL
            SELECT CASE x.part WHEN 'RESULT' THEN 'EXECUTION' WHEN 'SIGNAL' THEN 'EXECUTION' WHEN 'INPUT' THEN 'TASK_RUN' ELSE 'ATTEMPT' END, x.record_id, x.number, x.part, x.content FROM payloads x INDEXED BY sqlite_autoindex_payloads_1
            WHERE x.execution_id = ?1) v\
          """;
      case LOG ->
          """
          SELECT position, bytes FROM log_chunks
          WHERE task_run_id = ? AND number = ?
            AND position >= coalesce((SELECT max(p.position) FROM log_chunks p
                                      WHERE p.task_run_id = ? AND p.number = ? AND p.position <= ?), 0)
            AND position < max(?, coalesce((SELECT min(n.position) FROM log_chunks n
                                            WHERE n.task_run_id = ? AND n.number = ? AND n.position >= ?) + 1, 0))
          ORDER BY position\
          """;
      case LOG_LENGTH ->
          """
          SELECT position + length(bytes) FROM log_chunks
          WHERE task_run_id = ? AND number = ? ORDER BY position DESC LIMIT 1\
          """;
      // By leaps through the index, which stop at the limit: an execution has many pieces of
      // logs.
      case EXECUTIONS_WITH_LOGS ->
          """
          WITH RECURSIVE owner (id) AS (
            SELECT min(execution_id) FROM log_chunks
            UNION ALL
            SELECT (SELECT min(l.execution_id) FROM log_chunks l WHERE l.execution_id > o.id)
            FROM owner o WHERE o.id IS NOT NULL
          )
          SELECT o.id FROM owner o CROSS JOIN executions e INDEXED BY sqlite_autoindex_executions_1 ON e.id = o.id
          WHERE e.ended_at < ? LIMIT ?\
          """;
      case WORKFLOW -> LATEST_REVISION + "WHERE w.id = ?";
      case WORKFLOW_REVISION -> REVISION + "WHERE r.workflow_id = ? AND r.revision = ?";
      case WORKFLOWS -> LATEST_REVISION + "ORDER BY w.id LIMIT ? OFFSET ?";
      case COUNT_WORKFLOWS -> "SELECT count(*) FROM workflows WHERE content_hash <> ''";
      case WORKFLOW_HISTORY ->
          REVISION + "WHERE r.workflow_id = ? ORDER BY r.revision LIMIT ? OFFSET ?";
      case COUNT_WORKFLOW_HISTORY ->
          "SELECT count(*) FROM workflow_revisions WHERE workflow_id = ?";
      case EXECUTION -> EXECUTION + "WHERE e.id = ?";
      case TASK_RUN -> TASK_RUN + "WHERE t.id = ?";
      case TASK_RUNS ->
          TASK_RUN
              + "INDEXED BY sqlite_autoindex_task_runs_2 WHERE t.execution_id = ? ORDER BY t.created_at, t.id";
      case TASK_RUNS_BY_ID ->
          TASK_RUN
              + "INDEXED BY sqlite_autoindex_task_runs_1 WHERE t.id IN "
              + UUIDS
              + " ORDER BY t.created_at, t.id";
      case ATTEMPT ->
          ATTEMPT
              + "INDEXED BY sqlite_autoindex_attempts_1 WHERE a.task_run_id = ? AND a.number = ?";
      case ATTEMPTS ->
          ATTEMPT
              + "INDEXED BY sqlite_autoindex_attempts_1 WHERE a.task_run_id = ? ORDER BY a.number";
      case ATTEMPTS_BY_ID ->
          ATTEMPT
              + "INDEXED BY sqlite_autoindex_attempts_1 WHERE a.task_run_id IN "
              + UUIDS
              + " ORDER BY a.task_run_id, a.number";
      case ATTEMPTS_OF_EXECUTION ->
          """
          SELECT a.task_run_id, a.number, a.state, a.worker, a.started_at, a.ended_at, a.exit_code, a.error
          FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2 CROSS JOIN attempts a INDEXED BY sqlite_autoindex_attempts_1 ON a.task_run_id = t.id
          WHERE t.execution_id = ? ORDER BY a.task_run_id, a.number\
          """;
      case HISTORY ->
          """
          SELECT h.committed_at, h.before, h.transitions
          FROM (SELECT id, committed_at, transitions, transition_count,
                       sum(transition_count) OVER (ORDER BY id) - transition_count AS before
                FROM history INDEXED BY history_by_execution WHERE execution_id = ?) h
          WHERE h.before + h.transition_count > ? AND h.before < ? ORDER BY h.id\
          """;
      case COUNT_HISTORY ->
          "SELECT coalesce(sum(transition_count), 0) FROM history INDEXED BY history_by_execution WHERE execution_id = ?";
      case WORKERS ->
          """
          SELECT w.name, w.life, w.started_at, w.seen_at, CASE WHEN w.expires_at > %s THEN 1 ELSE 0 END,
                 w.info, (SELECT count(*) FROM leases l WHERE l.worker = w.name)
          FROM workers w ORDER BY w.name\
          """
              .formatted(NOW);
      case POOLS ->
          """
          SELECT name, max(slots), sum(running), sum(ready) FROM (
            SELECT name, slots, 0 AS running, 0 AS ready FROM pools
            UNION ALL SELECT pool, NULL, count(*), 0 FROM leases GROUP BY pool
            UNION ALL SELECT pool, NULL, 0, count(*) FROM ready_task_runs GROUP BY pool)
          GROUP BY name ORDER BY name\
          """;
      case WAITING_TASK_RUNS ->
          """
          SELECT t.id, t.task_id, t.state, r.pool, r.available_at, CASE WHEN r.available_at <= %s THEN 1 ELSE 0 END,
                 l.number, l.worker, l.expires_at, %s,
                 CASE WHEN t.state = 'WAITING' THEN (
                   SELECT w.name FROM signal_waits w INDEXED BY sqlite_autoindex_signal_waits_1
                   WHERE w.task_run_id = t.id AND w.version = t.version) END
          FROM task_runs t INDEXED BY sqlite_autoindex_task_runs_2
          LEFT JOIN ready_task_runs r INDEXED BY sqlite_autoindex_ready_task_runs_1 ON r.task_run_id = t.id
          LEFT JOIN leases l INDEXED BY sqlite_autoindex_leases_1 ON l.task_run_id = t.id
          WHERE t.execution_id = ? AND (t.state = 'PENDING' OR t.state = 'RUNNING' OR t.state = 'RETRYING' OR t.state = 'WAITING')
          ORDER BY t.created_at, t.id\
          """
              .formatted(NOW, LEASE_ALIVE);
      case WAITING_DUE ->
          """
          SELECT reason, due_at, CASE WHEN due_at <= %s THEN 1 ELSE 0 END
          FROM due_executions INDEXED BY sqlite_autoindex_due_executions_1 WHERE execution_id = ? ORDER BY reason\
          """
              .formatted(NOW);
      case WAITING_POOLS ->
          """
          SELECT p.name, p.slots, (SELECT count(*) FROM leases l INDEXED BY leases_by_pool WHERE l.pool = p.name)
          FROM pools p INDEXED BY sqlite_autoindex_pools_1 WHERE p.name IN %s\
          """
              .formatted(TEXTS);
      case POOL_HOLDERS ->
          """
          SELECT l.pool, t.execution_id, t.task_id, l.task_run_id, l.number, l.worker, l.expires_at, %s
          FROM json_each(?1) p
          CROSS JOIN leases l ON l.task_run_id IN (
            SELECT h.task_run_id FROM leases h WHERE h.pool = p.value ORDER BY h.task_run_id LIMIT ?2)
          CROSS JOIN task_runs t ON t.id = l.task_run_id
          ORDER BY l.pool, l.task_run_id\
          """
              .formatted(LEASE_ALIVE);
      case CLAIMABLE_BY_POOL ->
          "SELECT pool, count(*) FROM ready_task_runs INDEXED BY ready_task_runs_in_order WHERE +available_at <= %s GROUP BY pool"
              .formatted(NOW);
      case LIVING_WORKERS ->
          "SELECT name, info FROM workers WHERE expires_at > %s ORDER BY name".formatted(NOW);
      case OLDEST_IN_PROGRESS ->
          """
          SELECT id FROM executions
          WHERE workflow_id = ? AND state = ? AND (state <> 'PAUSED' OR started_at IS NOT NULL)
          ORDER BY created_at, id LIMIT ?\
          """;
      case EXECUTION_IDS ->
          "SELECT id FROM executions WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
      case TASK_RUN_IDS -> "SELECT id FROM task_runs WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
      case WORKFLOW_IDS ->
          "SELECT id FROM workflows WHERE id >= ? AND id < ? AND content_hash <> '' ORDER BY id LIMIT ?";
    };
  }
}
