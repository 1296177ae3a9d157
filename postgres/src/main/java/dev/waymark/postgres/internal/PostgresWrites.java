package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.WriteStatement;

/**
 * The text of every write on PostgreSQL, all rows in one statement. {@code {s}} is replaced by the
 * schema.
 */
final class PostgresWrites {
  private PostgresWrites() {}

  /**
   * The text of a write. One that does not insert takes the number of its rows as one more
   * parameter, and fails with a division by zero unless it finds as many records: its COMMIT is in
   * flight in the same round trip. Rows of the history are those of {@link HistorySums}.
   */
  static String template(WriteStatement statement) {
    String text = plain(statement);
    if (!statement.isCounted()) {
      return text;
    }
    return "WITH found AS (\n"
        + text
        + (statement.checks() ? "" : " RETURNING 1")
        + ")\nSELECT 1 / (CASE WHEN count(*) = ? THEN 1 ELSE 0 END) FROM found";
  }

  private static String plain(WriteStatement statement) {
    return switch (statement) {
      case CHECK_WORKFLOW ->
          """
          SELECT 1 FROM unnest(?::text[], ?::integer[]) AS v (id, revision)
          JOIN {s}.workflows w ON w.id = ANY (ARRAY [v.id]) AND w.revision = v.revision""";
      case CHECK_EXECUTION ->
          """
          SELECT 1 FROM unnest(?::uuid[], ?::bigint[], ?::text[]) AS v (id, version, state)
          JOIN {s}.executions e
            ON e.id = ANY (ARRAY [v.id]) AND e.version = v.version AND e.state IS NOT DISTINCT FROM v.state
          ORDER BY v.id FOR NO KEY UPDATE OF e""";
      case CHECK_TASK_RUN_COUNTS ->
          """
          SELECT 1 FROM unnest(?::uuid[], ?::integer[], ?::integer[]) AS v (id, unfinished, ended)
          CROSS JOIN LATERAL (
            SELECT h.unfinished, h.ended FROM {s}.history h
            WHERE h.execution_id = v.id ORDER BY h.position DESC LIMIT 1) l
          WHERE l.unfinished = v.unfinished AND l.ended = v.ended""";
      case CHECK_TASK_RUN ->
          """
          SELECT 1 FROM unnest(?::uuid[], ?::text[], ?::bigint[], ?::integer[], ?::text[])
            AS v (id, state, version, last_attempt, attempt_state)
          JOIN {s}.task_runs t
            ON t.id = ANY (ARRAY [v.id]) AND t.state = v.state AND t.version = v.version AND t.last_attempt = v.last_attempt
          LEFT JOIN {s}.attempts a ON a.task_run_id = ANY (ARRAY [t.id]) AND a.number = t.last_attempt
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
          WHERE w.id = ANY (ARRAY [v.id]) AND w.revision = v.revision - 1""";
      case INSERT_REVISION ->
          """
          INSERT INTO {s}.workflow_revisions (workflow_id, revision, content_hash, description, labels, created_at, definition)
          SELECT v.workflow_id, v.revision, v.content_hash, v.description, v.labels, v.created_at, v.definition
          FROM unnest(?::text[], ?::integer[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::text[])
            AS v (workflow_id, revision, content_hash, description, labels, created_at, definition)""";
      case INSERT_EXECUTION ->
          """
          INSERT INTO {s}.executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at,
                                      parent_task_run_id, parent_id, child_policy, depth, continues_id)
          SELECT v.id, v.workflow_id, v.workflow_revision, v.state, v.version, v.request_hash, v.created_at,
                 v.parent_task_run_id, v.parent_id, v.child_policy, v.depth, v.continues_id
          FROM unnest(?::uuid[], ?::text[], ?::integer[], ?::text[], ?::bigint[], ?::text[], ?::timestamptz[],
                      ?::uuid[], ?::uuid[], ?::text[], ?::integer[], ?::uuid[])
            AS v (id, workflow_id, workflow_revision, state, version, request_hash, created_at,
                  parent_task_run_id, parent_id, child_policy, depth, continues_id)
          WHERE\s"""
              + ExecutionCounts.BY_WRITER
              + " ORDER BY v.id";
      case INSERT_EXECUTION_DETAIL ->
          """
          INSERT INTO {s}.execution_details (execution_id, labels, inputs)
          SELECT v.execution_id, v.labels, v.inputs
          FROM unnest(?::uuid[], ?::text[], ?::text[]) AS v (execution_id, labels, inputs)""";
      case PUT_LABELS ->
          """
          INSERT INTO {s}.execution_details (execution_id, labels, inputs)
          SELECT v.execution_id, v.labels, '{}' FROM unnest(?::uuid[], ?::text[]) AS v (execution_id, labels)
          ORDER BY v.execution_id ON CONFLICT (execution_id) DO UPDATE SET labels = excluded.labels""";
      case CLEAR_LABELS ->
          "DELETE FROM {s}.execution_labels WHERE execution_id = ANY (ARRAY (SELECT v.id FROM unnest(?::uuid[]) AS v (id)))";
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
          WHERE a.task_run_id = ANY (ARRAY [v.task_run_id]) AND a.number = v.number AND a.state = v.state_before""";
      case UPDATE_TASK_RUN ->
          """
          UPDATE {s}.task_runs t
          SET state = v.state, version = v.version, last_attempt = v.last_attempt,
              started_at = coalesce(t.started_at, v.started_at), ended_at = v.ended_at,
              failed = CASE WHEN v.state = 'FAILED' THEN true END
          FROM unnest(?::text[], ?::bigint[], ?::integer[], ?::timestamptz[], ?::timestamptz[], ?::uuid[],
                      ?::text[], ?::bigint[], ?::integer[])
            AS v (state, version, last_attempt, started_at, ended_at, id, state_before, version_before, attempt_before)
          WHERE t.id = ANY (ARRAY [v.id]) AND t.state = v.state_before AND t.version = v.version_before
            AND t.last_attempt = v.attempt_before""";
      case UPDATE_EXECUTION ->
          """
          UPDATE {s}.executions e
          SET state = v.state, version = v.version, started_at = coalesce(e.started_at, v.started_at),
              ended_at = v.ended_at, error = coalesce(v.error, e.error),
              continued_as_id = coalesce(v.continued_as_id, e.continued_as_id)
          FROM unnest(?::text[], ?::bigint[], ?::timestamptz[], ?::timestamptz[], ?::text[], ?::uuid[], ?::text[],
                      ?::timestamptz[], ?::uuid[])
            AS v (state, version, started_at, ended_at, error, id, workflow_id, created_at, continued_as_id)
          WHERE e.id = ANY (ARRAY [v.id]) AND e.version = v.version - 1
            AND e.workflow_id IS NOT DISTINCT FROM v.workflow_id
            AND e.created_at IS NOT DISTINCT FROM v.created_at AND\s"""
              + ExecutionCounts.BY_WRITER;
      // The execution is locked, and this statement began after the lock, so it reads the last row.
      // A last row without counts of ends is followed by rows without them.
      case INSERT_HISTORY ->
          """
          INSERT INTO {s}.history (execution_id, position, committed_at, transition_count, transitions, unfinished, ended)
          SELECT v.execution_id, coalesce(l.position + l.transition_count, 0) + v.earlier,
                 v.committed_at, v.transition_count, v.transitions,
                 CASE WHEN l.position IS NULL THEN 0 ELSE l.unfinished END + v.unfinished,
                 CASE WHEN l.position IS NULL THEN 0 ELSE l.ended END + v.ended
          FROM unnest(?::uuid[], ?::timestamptz[], ?::integer[], ?::text[], ?::integer[], ?::integer[], ?::bigint[])
            AS v (execution_id, committed_at, transition_count, transitions, unfinished, ended, earlier)
          LEFT JOIN LATERAL (
            SELECT h.position, h.transition_count, h.unfinished, h.ended FROM {s}.history h
            WHERE h.execution_id = v.execution_id ORDER BY h.position DESC LIMIT 1) l ON true""";
      case INSERT_COMMIT ->
          """
          INSERT INTO {s}.commits (id, committed_at, fingerprint, versions)
          SELECT v.id, v.committed_at, v.fingerprint, v.versions
          FROM unnest(?::uuid[], ?::timestamptz[], ?::bigint[], ?::text[]) AS v (id, committed_at, fingerprint, versions)
          ORDER BY v.id""";
      case TOUCH_COMMIT ->
          """
          UPDATE {s}.commits c SET committed_at = c.committed_at
          FROM unnest(?::uuid[]) AS v (id) WHERE c.id = ANY (ARRAY [v.id])""";
      case DELETE_READY ->
          "DELETE FROM {s}.ready_task_runs r USING unnest(?::uuid[]) AS v (id) WHERE r.task_run_id = ANY (ARRAY [v.id])";
      // A claim may have it locked and wait for the execution, which is locked here.
      case CLEAR_READY ->
          """
          DELETE FROM {s}.ready_task_runs WHERE task_run_id = ANY (ARRAY (
            SELECT r.task_run_id FROM unnest(?::uuid[]) AS v (id)
            JOIN {s}.ready_task_runs r ON r.task_run_id = ANY (ARRAY [v.id]) FOR UPDATE OF r SKIP LOCKED))""";
      // As above; and the plan of a join could read all ready rows.
      case CLEAR_READY_OF_EXECUTION ->
          """
          DELETE FROM {s}.ready_task_runs WHERE task_run_id = ANY (ARRAY (
            SELECT r.task_run_id FROM {s}.ready_task_runs r
            WHERE r.task_run_id = ANY (ARRAY (SELECT t.id FROM {s}.task_runs t WHERE t.execution_id = ANY (?::uuid[])))
            FOR UPDATE OF r SKIP LOCKED))""";
      case CLEAR_SIGNAL_WAITS ->
          "DELETE FROM {s}.signal_waits WHERE execution_id = ANY (ARRAY (SELECT v.id FROM unnest(?::uuid[]) AS v (id)))";
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
          WHERE l.task_run_id = ANY (ARRAY [v.task_run_id]) AND l.number = v.number""";
      case DELETE_LEASE ->
          """
          DELETE FROM {s}.leases l USING unnest(?::uuid[], ?::integer[]) AS v (task_run_id, number)
          WHERE l.task_run_id = ANY (ARRAY [v.task_run_id]) AND l.number = v.number""";
      // The execution is locked, so no other transaction makes it ready. A row that is only locked,
      // by a claim that waits for the execution, is a duplicate for which no transaction waits.
      case INSERT_READY ->
          """
          INSERT INTO {s}.ready_task_runs (task_run_id, pool, priority, available_at)
          SELECT v.task_run_id, v.pool, v.priority, clock_timestamp() + v.micros * interval '1 microsecond'
          FROM unnest(?::uuid[], ?::text[], ?::integer[], ?::bigint[]) AS v (task_run_id, pool, priority, micros)
          ORDER BY v.task_run_id""";
      // Locked when it was loaded, or inserted by this transaction.
      case UPDATE_READY ->
          """
          UPDATE {s}.ready_task_runs r
          SET pool = v.pool, priority = v.priority,
              available_at = clock_timestamp() + v.micros * interval '1 microsecond'
          FROM unnest(?::text[], ?::integer[], ?::bigint[], ?::uuid[]) AS v (pool, priority, micros, task_run_id)
          WHERE r.task_run_id = ANY (ARRAY [v.task_run_id])""";
      case PUT_CHILDREN_DUE ->
          """
          INSERT INTO {s}.due_executions AS d (execution_id, reason, due_at)
          SELECT c.id, 'CANCEL', clock_timestamp()
          FROM unnest(?::uuid[]) AS v (id)
          CROSS JOIN LATERAL (
            SELECT e.id FROM {s}.executions e
            WHERE e.parent_id = v.id AND e.child_policy = 'CANCEL' AND e.ended_at IS NULL OFFSET 0) c
          ORDER BY c.id
          ON CONFLICT (execution_id, reason) DO UPDATE SET due_at = least(d.due_at, excluded.due_at)""";
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
          WHERE d.execution_id = ANY (ARRAY [v.execution_id]) AND d.reason = v.reason""";
      case PUT_OUTPUTS ->
          """
          INSERT INTO {s}.task_run_outputs (task_run_id, outputs)
          SELECT v.task_run_id, v.outputs FROM unnest(?::uuid[], ?::text[]) AS v (task_run_id, outputs)
          ORDER BY v.task_run_id ON CONFLICT (task_run_id) DO UPDATE SET outputs = excluded.outputs""";
      case PUT_PAYLOAD ->
          """
          INSERT INTO {s}.payloads (execution_id, record_id, number, part, content)
          SELECT v.execution_id, v.record_id, v.number, v.part, v.content
          FROM unnest(?::uuid[], ?::uuid[], ?::integer[], ?::text[], ?::text[])
            AS v (execution_id, record_id, number, part, content)
          ORDER BY v.execution_id, v.record_id, v.number, v.part
          ON CONFLICT (execution_id, record_id, number, part) DO UPDATE SET content = excluded.content""";
      case MOVE_SIGNAL_PAYLOAD ->
          """
          UPDATE {s}.payloads x SET execution_id = v.to_id, record_id = v.to_id, number = v.new_number
          FROM unnest(?::uuid[], ?::integer[], ?::uuid[], ?::integer[]) AS v (from_id, number, to_id, new_number)
          WHERE x.execution_id = ANY (ARRAY [v.from_id]) AND x.record_id IS NOT DISTINCT FROM v.from_id
            AND x.number = v.number AND x.part IS NOT DISTINCT FROM 'SIGNAL'""";
      case MOVE_SIGNAL ->
          """
          UPDATE {s}.signals s SET execution_id = v.to_id, number = v.new_number
          FROM unnest(?::uuid[], ?::integer[], ?::uuid[], ?::integer[]) AS v (from_id, number, to_id, new_number)
          WHERE s.execution_id = ANY (ARRAY [v.from_id]) AND s.number = v.number AND s.attempt IS NULL""";
      case INSERT_SIGNAL ->
          """
          INSERT INTO {s}.signals (execution_id, number, name, key, hash, sent_at, task_run_id, attempt)
          SELECT v.execution_id, v.number, v.name, v.key, v.hash, v.sent_at, v.task_run_id, v.attempt
          FROM unnest(?::uuid[], ?::integer[], ?::text[], ?::text[], ?::text[], ?::timestamptz[], ?::uuid[], ?::integer[])
            AS v (execution_id, number, name, key, hash, sent_at, task_run_id, attempt)
          ORDER BY v.execution_id, v.number""";
      case UPDATE_SIGNAL ->
          """
          UPDATE {s}.signals s SET task_run_id = v.task_run_id, attempt = v.attempt
          FROM unnest(?::uuid[], ?::integer[], ?::uuid[], ?::integer[]) AS v (task_run_id, attempt, execution_id, number)
          WHERE s.execution_id = ANY (ARRAY [v.execution_id]) AND s.number = v.number AND s.attempt IS NULL""";
      case PUT_SIGNAL_WAIT ->
          """
          INSERT INTO {s}.signal_waits (task_run_id, execution_id, name, version, pool, priority, since)
          SELECT v.task_run_id, v.execution_id, v.name, v.version, v.pool, v.priority, v.since
          FROM unnest(?::uuid[], ?::uuid[], ?::text[], ?::bigint[], ?::text[], ?::integer[], ?::timestamptz[])
            AS v (task_run_id, execution_id, name, version, pool, priority, since)
          ORDER BY v.task_run_id
          ON CONFLICT (task_run_id) DO UPDATE
            SET name = excluded.name, version = excluded.version, pool = excluded.pool,
                priority = excluded.priority, since = excluded.since""";
      case CLEAR_SIGNAL_WAIT ->
          "DELETE FROM {s}.signal_waits WHERE task_run_id = ANY (ARRAY (SELECT v.id FROM unnest(?::uuid[]) AS v (id)))";
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
          WHERE w.name = ANY (ARRAY [v.name])""";
      case RETIRE_WORKER ->
          """
          UPDATE {s}.workers w SET expires_at = least(w.expires_at, clock_timestamp())
          FROM unnest(?::text[]) AS v (name) WHERE w.name = ANY (ARRAY [v.name])""";
      // A locked worker is about to send a heartbeat.
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
          "DELETE FROM {s}.pools p USING unnest(?::text[]) AS v (name) WHERE p.name = ANY (ARRAY [v.name])";
      case DELETE_LEASES -> ofTaskRuns("leases");
      case DELETE_DUE -> ofExecution("due_executions");
      case DELETE_OUTPUTS -> ofTaskRuns("task_run_outputs");
      case DELETE_PAYLOADS -> ofExecution("payloads");
      case DELETE_SIGNALS -> ofExecution("signals");
      case DELETE_ATTEMPTS -> ofTaskRuns("attempts");
      case DELETE_TASK_RUNS -> ofExecution("task_runs");
      case DELETE_HISTORY -> ofExecution("history");
      case DELETE_EXECUTION_DETAIL -> ofExecution("execution_details");
      case DELETE_EXECUTION ->
          "DELETE FROM {s}.executions e USING unnest(?::uuid[]) AS v (id) WHERE e.id = ANY (ARRAY [v.id])";
      case DELETE_REVISIONS ->
          "DELETE FROM {s}.workflow_revisions WHERE workflow_id = ANY (ARRAY (SELECT v.id FROM unnest(?::text[]) AS v (id)))";
      case DELETE_WORKFLOW ->
          """
          UPDATE {s}.workflows w SET content_hash = '' FROM unnest(?::text[], ?::integer[]) AS v (id, revision)
          WHERE w.id = ANY (ARRAY [v.id]) AND w.revision = v.revision""";
      case CLEAR_LOGS ->
          "DELETE FROM {s}.log_chunks l USING unnest(?::uuid[]) AS v (id) WHERE l.execution_id = ANY (ARRAY [v.id])";
    };
  }

  /** Deletes what a table has of executions. */
  private static String ofExecution(String table) {
    return "DELETE FROM {s}.%s WHERE execution_id = ANY (ARRAY (SELECT v.id FROM unnest(?::uuid[]) AS v (id)))"
        .formatted(table);
  }

  /** Deletes what a table has of the task runs of executions. */
  private static String ofTaskRuns(String table) {
    return """
        DELETE FROM {s}.%s WHERE task_run_id = ANY (ARRAY (
          SELECT t.id FROM {s}.task_runs t
          WHERE t.execution_id = ANY (ARRAY (SELECT v.id FROM unnest(?::uuid[]) AS v (id)))))"""
        .formatted(table);
  }
}
