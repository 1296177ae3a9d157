package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The text of every statement on PostgreSQL, for one schema.
 *
 * <p>Tables are named with their schema, so that no statement leans on the search path of a
 * session. A collection of ids is one array. A write takes all rows in one statement, each column
 * as an array: here a round trip is what costs, where SQLite runs one statement for each row. Rows
 * go in in the order of their keys, so that two processes that insert the same keys wait for each
 * other instead of deadlocking.
 *
 * <p>{@code {s}} stands for the schema.
 */
final class PostgresSql {
  private static final String TASK_RUN_HEAD =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, a.state, t.started_at, t.ended_at,
             CASE WHEN l.expires_at IS NULL THEN 0 WHEN l.expires_at > clock_timestamp() THEN 1 ELSE 2 END
      FROM {s}.task_runs t
      LEFT JOIN {s}.attempts a ON a.task_run_id = t.id AND a.number = t.last_attempt
      LEFT JOIN {s}.leases l ON l.task_run_id = t.id AND l.number = t.last_attempt
      """;

  private static final String LEASE =
      """
      SELECT l.task_run_id, l.number, t.execution_id, l.worker
      FROM {s}.leases l JOIN {s}.task_runs t ON t.id = l.task_run_id
      """;

  private static final String EXECUTION =
      """
      SELECT e.id, e.workflow_id, e.workflow_revision, e.state, e.version, d.labels, d.inputs,
             e.created_at, e.started_at, e.ended_at, e.error
      FROM {s}.executions e LEFT JOIN {s}.execution_details d ON d.execution_id = e.id
      """;

  /**
   * The pools with each priority that something in them has, found by leaps through the index:
   * there are few, however much is ready.
   */
  private static final String LANES =
      """
      WITH RECURSIVE lane (pool, priority) AS (
        SELECT p.pool, (SELECT max(q.priority) FROM {s}.ready_task_runs q WHERE q.pool = p.pool)
        FROM unnest(?::text[]) AS p (pool) WHERE {pools}
        UNION ALL
        SELECT l.pool, (SELECT max(q.priority) FROM {s}.ready_task_runs q WHERE q.pool = l.pool AND q.priority < l.priority)
        FROM lane l WHERE l.priority IS NOT NULL
      )
      """;

  private static final String PICKED =
      """
      SELECT t.id, t.execution_id, t.task_id, t.state, t.version, t.last_attempt, t.created_at, t.started_at, t.ended_at,
             a.state, CASE WHEN l.expires_at IS NULL THEN 0 WHEN l.expires_at > clock_timestamp() THEN 1 ELSE 2 END,
             r.pool, r.priority, (extract(epoch FROM r.available_at) * 1000000)::bigint, r.request_hash,
             r.id, r.workflow_id, r.workflow_revision, r.state, r.version, d.labels, d.inputs,
             r.created_at, r.started_at, r.ended_at, r.error
      FROM ({ready}) r
      JOIN {s}.task_runs t ON t.id = r.task_run_id
      LEFT JOIN {s}.execution_details d ON d.execution_id = r.id
      LEFT JOIN {s}.attempts a ON a.task_run_id = t.id AND a.number = t.last_attempt
      LEFT JOIN {s}.leases l ON l.task_run_id = t.id AND l.number = t.last_attempt""";

  private static final String LOCKED =
      """
      SELECT q.task_run_id, q.pool, q.priority, q.available_at, e.request_hash, e.id, e.workflow_id,
             e.workflow_revision, e.state, e.version, e.created_at, e.started_at, e.ended_at, e.error
      """;

  /**
   * First those who come into question, without a lock, then as many of them as are free, locked
   * one after the other. There are more of them by what others may have just locked. The time of
   * the statement, which does not move while it runs, lets the index end the search.
   */
  private static final String PICK =
      LANES
          + PICKED.replace(
              "{ready}",
              LOCKED
                  + """
                  FROM (
                    SELECT l.pool, l.priority, n.available_at, n.task_run_id FROM lane l
                    CROSS JOIN LATERAL (
                      SELECT q.available_at, q.task_run_id FROM {s}.ready_task_runs q
                      WHERE q.pool = l.pool AND q.priority = l.priority AND q.available_at <= statement_timestamp()
                      ORDER BY q.available_at, q.task_run_id LIMIT ? + {more}) n
                    WHERE l.priority IS NOT NULL
                    ORDER BY l.priority DESC, n.available_at, n.task_run_id) c
                  JOIN {s}.ready_task_runs q ON q.task_run_id = c.task_run_id
                  JOIN {s}.task_runs o ON o.id = c.task_run_id
                  JOIN {s}.executions e ON e.id = o.execution_id
                  ORDER BY c.priority DESC, c.available_at, c.task_run_id LIMIT ?
                  {locks}""");

  /** The execution first: of what is passed over, nothing is kept from others. */
  private static final String PASSING_OVER =
      PICK.replace("{more}", "64")
          .replace("{locks}", "FOR NO KEY UPDATE OF e SKIP LOCKED FOR UPDATE OF q SKIP LOCKED");

  /** The ready one first: who has it waits for one execution, and no other claim does. */
  private static final String WAITING =
      PICK.replace("{more}", "1000")
          .replace("{locks}", "FOR UPDATE OF q SKIP LOCKED FOR NO KEY UPDATE OF e");

  private static final String PICK_OF_EXECUTION =
      PICKED.replace(
          "{ready}",
          LOCKED
              + """
              FROM {s}.ready_task_runs q
              JOIN {s}.task_runs o ON o.id = q.task_run_id
              JOIN {s}.executions e ON e.id = o.execution_id
              WHERE q.pool = ANY (ARRAY (SELECT p.pool FROM unnest(?::text[]) AS p (pool) WHERE {pools}))
                AND q.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ?))
                AND q.available_at <= statement_timestamp()
              ORDER BY q.priority DESC, q.available_at, q.task_run_id LIMIT ?
              FOR UPDATE OF q SKIP LOCKED FOR NO KEY UPDATE OF e""");

  private static final String ANY = "true";
  private static final String UNBOUNDED =
      "NOT EXISTS (SELECT 1 FROM {s}.pools b WHERE b.name = p.pool)";

  private static final String WORKFLOW_HEAD =
      """
      SELECT w.id, w.revision, w.content_hash FROM {s}.workflows w
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
      JOIN {s}.workflow_revisions r ON r.workflow_id = w.id AND r.revision = w.revision
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

  private final String quotedSchema;
  private final Map<ReadStatement, String> reads = new EnumMap<>(ReadStatement.class);
  private final Map<WriteStatement, String> writes = new EnumMap<>(WriteStatement.class);

  /** The statements for a schema whose name was checked. */
  PostgresSql(String schema) {
    this.quotedSchema = '"' + schema + '"';
    for (ReadStatement statement : ReadStatement.values()) {
      reads.put(statement, in(template(statement)));
    }
    for (WriteStatement statement : WriteStatement.values()) {
      writes.put(statement, in(checked(statement)));
    }
  }

  String text(ReadStatement statement) {
    return Objects.requireNonNull(reads.get(statement));
  }

  String text(WriteStatement statement) {
    return Objects.requireNonNull(writes.get(statement));
  }

  String table(String name) {
    return quotedSchema + "." + name;
  }

  private String in(String template) {
    return template.replace("{s}", quotedSchema);
  }

  private static String template(ReadStatement statement) {
    return switch (statement) {
      case LOAD_COMMITS ->
          "SELECT id, committed_at, fingerprint, versions FROM {s}.commits WHERE id = ANY (?)";
      // Who only runs a workflow needs its revision to exist, and revisions never go away.
      case LOAD_WORKFLOWS -> WORKFLOW_HEAD;
      case LOAD_SAVED_WORKFLOWS -> WORKFLOW_HEAD + "ORDER BY w.id FOR NO KEY UPDATE";
      case LOAD_UNDER_WAY ->
          """
          SELECT workflow_id, sum(executions) FROM {s}.execution_counts
          WHERE workflow_id = ANY (?) AND state = ANY ('{RUNNING,PAUSED,CANCELLING}'::text[])
          GROUP BY workflow_id""";
      // The lock of an execution is the lock of all that belongs to it: whoever writes a task run
      // or an attempt holds it. So these rows need none of their own, and are read after it.
      case LOAD_EXECUTIONS ->
          """
          SELECT e.id, e.state, e.version, e.started_at, e.ended_at, e.request_hash
          FROM {s}.executions e
          WHERE e.id = ANY (?::uuid[] || ARRAY (SELECT t.execution_id FROM {s}.task_runs t WHERE t.id = ANY (?)))
          ORDER BY e.id FOR NO KEY UPDATE""";
      case LOAD_TASK_RUNS -> TASK_RUN_HEAD + "WHERE t.id = ANY (?)";
      case LOAD_TASK_RUNS_BY_TASK ->
          TASK_RUN_HEAD + "WHERE t.execution_id = ANY (?) AND t.task_id = ANY (?)";
      case LOAD_FAMILIES ->
          """
          SELECT execution_id, count(*),
                 sum(CASE state WHEN 'PENDING' THEN 1 WHEN 'RUNNING' THEN 1 WHEN 'RETRYING' THEN 1 ELSE 0 END)
          FROM {s}.task_runs WHERE execution_id = ANY (?) GROUP BY execution_id""";
      case LOAD_POOLS ->
          "SELECT p.name, p.slots FROM {s}.pools p WHERE p.name = ANY (?) ORDER BY p.name FOR UPDATE";
      case LOAD_WORKERS ->
          """
          SELECT w.name, w.life, CASE WHEN w.expires_at > clock_timestamp() THEN 1 ELSE 0 END
          FROM {s}.workers w WHERE w.name = ANY (?) ORDER BY w.name FOR NO KEY UPDATE""";
      case LOCK_POOLS ->
          """
          SELECT p.name, p.slots FROM {s}.pools p
          WHERE p.name = ANY (?) AND EXISTS (SELECT 1 FROM {s}.ready_task_runs r WHERE r.pool = p.name)
          ORDER BY p.name FOR UPDATE""";
      case POOL_LEASES ->
          """
          SELECT p.name, (SELECT count(*) FROM {s}.leases l WHERE l.pool = p.name)
          FROM {s}.pools p WHERE p.name = ANY (?)""";
      case PICK_READY -> PASSING_OVER.replace("{pools}", UNBOUNDED);
      case PICK_BOUNDED -> PASSING_OVER.replace("{pools}", ANY);
      case PICK_WAITING -> WAITING.replace("{pools}", ANY);
      case PICK_READY_OF_EXECUTION -> PICK_OF_EXECUTION.replace("{pools}", UNBOUNDED);
      case PICK_BOUNDED_OF_EXECUTION -> PICK_OF_EXECUTION.replace("{pools}", ANY);
      case DUE ->
          """
          SELECT execution_id, reason FROM {s}.due_executions
          WHERE due_at <= statement_timestamp() ORDER BY due_at, execution_id LIMIT ?""";
      case DUE_OF_EXECUTION ->
          """
          SELECT execution_id, reason FROM {s}.due_executions
          WHERE execution_id = ? AND due_at <= statement_timestamp() ORDER BY due_at""";
      case EXPIRED ->
          LEASE
              + "WHERE l.expires_at <= statement_timestamp() ORDER BY l.expires_at, l.task_run_id LIMIT ?";
      case EXPIRED_OF_EXECUTION ->
          LEASE
              + "WHERE l.task_run_id = ANY (ARRAY (SELECT id FROM {s}.task_runs WHERE execution_id = ?))"
              + " AND l.expires_at <= statement_timestamp() ORDER BY l.expires_at, l.task_run_id";
      case LEASES -> LEASE + "ORDER BY l.task_run_id LIMIT ?";
      case STALLED ->
          """
          SELECT e.id FROM {s}.executions e
          WHERE e.id >= ? AND (e.state = 'PENDING' OR e.state = 'RUNNING' OR e.state = 'CANCELLING')
            AND NOT EXISTS (SELECT 1 FROM {s}.due_executions d WHERE d.execution_id = e.id)
            AND NOT EXISTS (
              SELECT 1 FROM {s}.task_runs t
              WHERE t.execution_id = e.id
                AND (EXISTS (SELECT 1 FROM {s}.ready_task_runs r WHERE r.task_run_id = t.id)
                     OR EXISTS (SELECT 1 FROM {s}.leases l WHERE l.task_run_id = t.id)))
          ORDER BY e.id LIMIT ?""";
      case NEXT ->
          LANES.replace("{pools}", ANY)
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
                         WHERE q.pool = p.pool AND q.priority = p.priority AND q.available_at <= statement_timestamp()
                         LIMIT 1) q
                       WHERE {pools}) THEN 1 ELSE 0 END"""
                  .replace("{pools}", UNBOUNDED);
      // A join might be made by reading all that is ready, or all outputs.
      case READY_OF_EXECUTION ->
          """
          SELECT r.task_run_id FROM {s}.ready_task_runs r
          WHERE r.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ?))""";
      case OUTPUTS_OF_EXECUTION ->
          """
          SELECT o.task_run_id, o.outputs FROM {s}.task_run_outputs o
          WHERE o.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ?))""";
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
      case COUNT_WORKFLOWS -> "SELECT count(*) FROM {s}.workflows";
      case WORKFLOW_HISTORY ->
          REVISION + "WHERE r.workflow_id = ? ORDER BY r.revision LIMIT ? OFFSET ?";
      case COUNT_WORKFLOW_HISTORY ->
          "SELECT count(*) FROM {s}.workflow_revisions WHERE workflow_id = ?";
      case EXECUTION -> EXECUTION + "WHERE e.id = ?";
      case TASK_RUN -> TASK_RUN + "WHERE t.id = ?";
      case TASK_RUNS -> TASK_RUN + "WHERE t.execution_id = ? ORDER BY t.created_at, t.id";
      case ATTEMPT -> ATTEMPT + "WHERE a.task_run_id = ? AND a.number = ?";
      case ATTEMPTS -> ATTEMPT + "WHERE a.task_run_id = ? ORDER BY a.number";
      case ATTEMPTS_OF_EXECUTION ->
          ATTEMPT
              + """
              JOIN {s}.task_runs t ON t.id = a.task_run_id
              WHERE t.execution_id = ? ORDER BY a.task_run_id, a.number""";
      case HISTORY ->
          """
          SELECT h.committed_at, h.before, h.transitions
          FROM (SELECT id, committed_at, transitions, transition_count,
                       sum(transition_count) OVER (ORDER BY id) - transition_count AS before
                FROM {s}.history WHERE execution_id = ?) h
          WHERE h.before + h.transition_count > ? AND h.before < ? ORDER BY h.id""";
      case COUNT_HISTORY ->
          "SELECT coalesce(sum(transition_count), 0) FROM {s}.history WHERE execution_id = ?";
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
      case EXECUTION_IDS ->
          "SELECT id FROM {s}.executions WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
      case TASK_RUN_IDS ->
          "SELECT id FROM {s}.task_runs WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?";
      case WORKFLOW_IDS ->
          "SELECT id FROM {s}.workflows WHERE id >= ? AND id < ? ORDER BY id LIMIT ?";
    };
  }

  /**
   * The text of a write. One that does not insert takes the number of its rows as one more
   * parameter, and fails with a division by zero unless it finds as many records: its COMMIT is
   * under way in the same round trip.
   */
  private static String checked(WriteStatement statement) {
    String text = template(statement);
    if (!statement.isCounted()) {
      return text;
    }
    return "WITH found AS (\n"
        + text
        + (statement.checks() ? "" : " RETURNING 1")
        + ")\nSELECT 1 / (CASE WHEN count(*) = ? THEN 1 ELSE 0 END) FROM found";
  }

  private static String template(WriteStatement statement) {
    return switch (statement) {
      case CHECK_WORKFLOW ->
          """
          SELECT 1 FROM unnest(?::text[], ?::integer[]) AS v (id, revision)
          JOIN {s}.workflows w ON w.id = v.id AND w.revision = v.revision""";
      case CHECK_EXECUTION ->
          """
          SELECT 1 FROM unnest(?::uuid[], ?::bigint[], ?::text[]) AS v (id, version, state)
          JOIN {s}.executions e ON e.id = v.id AND e.version = v.version AND e.state = v.state
          ORDER BY e.id FOR NO KEY UPDATE OF e""";
      case CHECK_FAMILY ->
          """
          SELECT 1 FROM unnest(?::uuid[], ?::integer[]) AS v (id, live)
          WHERE v.live = (
            SELECT count(*) FROM {s}.task_runs t
            WHERE t.execution_id = v.id AND t.state = ANY ('{PENDING,RUNNING,RETRYING}'::text[]))""";
      case CHECK_TASK_RUN ->
          """
          SELECT 1 FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::integer[], ?::text[])
            AS v (id, state, version, last_attempt, attempt_state)
          JOIN {s}.task_runs t
            ON t.id = v.id AND t.state = v.state AND t.version = v.version AND t.last_attempt = v.last_attempt
          LEFT JOIN {s}.attempts a ON a.task_run_id = t.id AND a.number = t.last_attempt
          WHERE a.state IS NOT DISTINCT FROM v.attempt_state""";
      case INSERT_WORKFLOW ->
          """
          INSERT INTO {s}.workflows (id, revision, content_hash)
          SELECT v.id, v.revision, v.content_hash
          FROM unnest(?::text[], ?::integer[], ?::text[]) AS v (id, revision, content_hash)
          ORDER BY v.id COLLATE "C\"""";
      case UPDATE_WORKFLOW ->
          """
          UPDATE {s}.workflows w SET revision = v.revision, content_hash = v.content_hash
          FROM unnest(?::integer[], ?::text[], ?::text[]) AS v (revision, content_hash, id)
          WHERE w.id = v.id AND w.revision = v.revision - 1""";
      case INSERT_REVISION ->
          """
          INSERT INTO {s}.workflow_revisions (workflow_id, revision, content_hash, description, labels, created_at, definition)
          SELECT v.workflow_id, v.revision, v.content_hash, v.description, v.labels, v.created_at, v.definition
          FROM unnest(?::text[], ?::integer[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
            AS v (workflow_id, revision, content_hash, description, labels, created_at, definition)""";
      case INSERT_EXECUTION ->
          """
          INSERT INTO {s}.executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
          SELECT v.id, v.workflow_id, v.workflow_revision, v.state, v.version, v.request_hash, v.created_at
          FROM unnest(?::uuid[], ?::text[], ?::integer[], ?::text[], ?::bigint[], ?::text[], ?::timestamptz[])
            AS v (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
          ORDER BY v.id""";
      case INSERT_EXECUTION_DETAIL ->
          """
          INSERT INTO {s}.execution_details (execution_id, labels, inputs)
          SELECT v.execution_id, v.labels, v.inputs
          FROM unnest(?::uuid[], ?::text[], ?::text[]) AS v (execution_id, labels, inputs)""";
      case INSERT_EXECUTION_LABEL ->
          """
          INSERT INTO {s}.execution_labels (execution_id, name, value, created_at)
          SELECT v.execution_id, v.name, v.value, v.created_at
          FROM unnest(?::uuid[], ?::text[], ?::text[], ?::timestamptz[]) AS v (execution_id, name, value, created_at)""";
      case INSERT_TASK_RUN ->
          """
          INSERT INTO {s}.task_runs (id, execution_id, task_id, state, version, last_attempt, created_at)
          SELECT v.id, v.execution_id, v.task_id, v.state, v.version, v.last_attempt, v.created_at
          FROM unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::integer[], ?::timestamptz[])
            AS v (id, execution_id, task_id, state, version, last_attempt, created_at)
          ORDER BY v.id""";
      case INSERT_ATTEMPT ->
          """
          INSERT INTO {s}.attempts (task_run_id, number, state, worker, started_at)
          SELECT v.task_run_id, v.number, v.state, v.worker, v.started_at
          FROM unnest(?::uuid[], ?::integer[], ?::text[], ?::text[], ?::timestamptz[])
            AS v (task_run_id, number, state, worker, started_at)""";
      case UPDATE_ATTEMPT ->
          """
          UPDATE {s}.attempts a SET state = v.state, ended_at = v.ended_at, exit_code = v.exit_code, error = v.error
          FROM unnest(?::text[], ?::timestamptz[], ?::integer[], ?::text[], ?::uuid[], ?::integer[], ?::text[])
            AS v (state, ended_at, exit_code, error, task_run_id, number, state_before)
          WHERE a.task_run_id = v.task_run_id AND a.number = v.number AND a.state = v.state_before""";
      case UPDATE_TASK_RUN ->
          """
          UPDATE {s}.task_runs t
          SET state = v.state, version = v.version, last_attempt = v.last_attempt,
              started_at = coalesce(t.started_at, v.started_at), ended_at = v.ended_at
          FROM unnest(?::text[], ?::bigint[], ?::integer[], ?::timestamptz[], ?::timestamptz[], ?::uuid[],
                      ?::text[], ?::bigint[], ?::integer[])
            AS v (state, version, last_attempt, started_at, ended_at, id, state_before, version_before, attempt_before)
          WHERE t.id = v.id AND t.state = v.state_before AND t.version = v.version_before
            AND t.last_attempt = v.attempt_before""";
      case UPDATE_EXECUTION ->
          """
          UPDATE {s}.executions e
          SET state = v.state, version = v.version, started_at = coalesce(e.started_at, v.started_at),
              ended_at = v.ended_at, error = coalesce(v.error, e.error)
          FROM unnest(?::text[], ?::bigint[], ?::timestamptz[], ?::timestamptz[], ?::text[], ?::uuid[])
            AS v (state, version, started_at, ended_at, error, id)
          WHERE e.id = v.id AND e.version = v.version - 1""";
      // The order of the rows is the order of the history: WITH ORDINALITY keeps that of the
      // arrays.
      case INSERT_HISTORY ->
          """
          INSERT INTO {s}.history (execution_id, committed_at, transition_count, transitions)
          SELECT v.execution_id, v.committed_at, v.transition_count, v.transitions
          FROM unnest(?::uuid[], ?::timestamptz[], ?::integer[], ?::text[]) WITH ORDINALITY
            AS v (execution_id, committed_at, transition_count, transitions, position)
          ORDER BY v.position""";
      case INSERT_COMMIT ->
          """
          INSERT INTO {s}.commits (id, committed_at, fingerprint, versions)
          SELECT v.id, v.committed_at, v.fingerprint, v.versions
          FROM unnest(?::uuid[], ?::timestamptz[], ?::bigint[], ?::text[]) AS v (id, committed_at, fingerprint, versions)
          ORDER BY v.id""";
      case TOUCH_COMMIT ->
          """
          UPDATE {s}.commits c SET committed_at = c.committed_at
          FROM unnest(?::uuid[]) AS v (id) WHERE c.id = v.id""";
      case DELETE_READY ->
          "DELETE FROM {s}.ready_task_runs r USING unnest(?::uuid[]) AS v (id) WHERE r.task_run_id = v.id";
      // A claim may have it locked and wait for the execution, which is locked here.
      case CLEAR_READY ->
          """
          DELETE FROM {s}.ready_task_runs WHERE task_run_id = ANY (ARRAY (
            SELECT r.task_run_id FROM unnest(?::uuid[]) AS v (id)
            JOIN {s}.ready_task_runs r ON r.task_run_id = v.id FOR UPDATE OF r SKIP LOCKED))""";
      case INSERT_LEASE ->
          """
          INSERT INTO {s}.leases (task_run_id, number, worker, expires_at, pool)
          SELECT v.task_run_id, v.number, v.worker, clock_timestamp() + v.micros * interval '1 microsecond', v.pool
          FROM unnest(?::uuid[], ?::integer[], ?::text[], ?::bigint[], ?::text[])
            AS v (task_run_id, number, worker, micros, pool)""";
      case UPDATE_LEASE ->
          """
          UPDATE {s}.leases l SET expires_at = clock_timestamp() + v.micros * interval '1 microsecond'
          FROM unnest(?::bigint[], ?::uuid[], ?::integer[]) AS v (micros, task_run_id, number)
          WHERE l.task_run_id = v.task_run_id AND l.number = v.number""";
      case DELETE_LEASE ->
          """
          DELETE FROM {s}.leases l USING unnest(?::uuid[], ?::integer[]) AS v (task_run_id, number)
          WHERE l.task_run_id = v.task_run_id AND l.number = v.number""";
      case PUT_READY ->
          """
          INSERT INTO {s}.ready_task_runs (task_run_id, pool, priority, available_at)
          SELECT v.task_run_id, v.pool, v.priority, clock_timestamp() + v.micros * interval '1 microsecond'
          FROM unnest(?::uuid[], ?::text[], ?::integer[], ?::bigint[]) AS v (task_run_id, pool, priority, micros)
          ORDER BY v.task_run_id ON CONFLICT DO NOTHING""";
      case PUT_DUE ->
          """
          INSERT INTO {s}.due_executions AS d (execution_id, reason, due_at)
          SELECT v.execution_id, v.reason, clock_timestamp() + v.micros * interval '1 microsecond'
          FROM unnest(?::uuid[], ?::text[], ?::bigint[]) AS v (execution_id, reason, micros)
          ORDER BY v.execution_id, v.reason
          ON CONFLICT (execution_id, reason) DO UPDATE SET due_at = least(d.due_at, excluded.due_at)""";
      case CLEAR_DUE ->
          """
          DELETE FROM {s}.due_executions d USING unnest(?::uuid[], ?::text[]) AS v (execution_id, reason)
          WHERE d.execution_id = v.execution_id AND d.reason = v.reason""";
      case PUT_OUTPUTS ->
          """
          INSERT INTO {s}.task_run_outputs (task_run_id, outputs)
          SELECT v.task_run_id, v.outputs FROM unnest(?::uuid[], ?::text[]) AS v (task_run_id, outputs)
          ORDER BY v.task_run_id ON CONFLICT (task_run_id) DO UPDATE SET outputs = excluded.outputs""";
      case PUT_LOG ->
          """
          INSERT INTO {s}.log_chunks (task_run_id, number, position, execution_id, bytes)
          SELECT v.task_run_id, v.number, v.position, v.execution_id, v.bytes
          FROM unnest(?::uuid[], ?::integer[], ?::bigint[], ?::uuid[], ?::bytea[])
            AS v (task_run_id, number, position, execution_id, bytes)
          ORDER BY v.task_run_id, v.number, v.position ON CONFLICT DO NOTHING""";
      case INSERT_WORKER ->
          """
          INSERT INTO {s}.workers (name, life, started_at, seen_at, expires_at, info)
          SELECT v.name, v.life, clock_timestamp(), clock_timestamp(),
                 clock_timestamp() + v.micros * interval '1 microsecond', v.info
          FROM unnest(?::text[], ?::uuid[], ?::bigint[], ?::text[]) AS v (name, life, micros, info)
          ORDER BY v.name COLLATE "C\"""";
      case UPDATE_WORKER ->
          """
          UPDATE {s}.workers w
          SET life = v.life, started_at = CASE WHEN w.life = v.life THEN w.started_at ELSE clock_timestamp() END,
              seen_at = clock_timestamp(), expires_at = clock_timestamp() + v.micros * interval '1 microsecond', info = v.info
          FROM unnest(?::uuid[], ?::bigint[], ?::text[], ?::text[]) AS v (life, micros, info, name)
          WHERE w.name = v.name""";
      case RETIRE_WORKER ->
          """
          UPDATE {s}.workers w SET expires_at = least(w.expires_at, clock_timestamp())
          FROM unnest(?::text[]) AS v (name) WHERE w.name = v.name""";
      // Who is locked is about to be heard of.
      case CLEAR_WORKERS ->
          """
          DELETE FROM {s}.workers WHERE name = ANY (ARRAY (
            SELECT w.name FROM unnest(?::bigint[]) AS v (micros)
            JOIN {s}.workers w ON w.seen_at < clock_timestamp() - v.micros * interval '1 microsecond'
            FOR UPDATE OF w SKIP LOCKED))""";
      case PUT_POOL ->
          """
          INSERT INTO {s}.pools (name, slots)
          SELECT v.name, v.slots FROM unnest(?::text[], ?::integer[]) AS v (name, slots)
          ORDER BY v.name COLLATE "C" ON CONFLICT (name) DO UPDATE SET slots = excluded.slots""";
      case CLEAR_POOL ->
          "DELETE FROM {s}.pools p USING unnest(?::text[]) AS v (name) WHERE p.name = v.name";
      case CLEAR_LOGS ->
          "DELETE FROM {s}.log_chunks l USING unnest(?::uuid[]) AS v (id) WHERE l.execution_id = v.id";
    };
  }
}
