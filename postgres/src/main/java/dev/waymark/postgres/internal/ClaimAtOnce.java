package dev.waymark.postgres.internal;

import dev.waymark.jdbc.internal.sql.PlainClaim;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * A whole claim as one statement: it picks ready task runs, as {@link PostgresClaimReads} does, and
 * writes what the rules of a claim say, so that BEGIN, this and COMMIT are one round trip.
 *
 * <p><b>Only plain claims.</b> Each task run waits for its first attempt or for another one, its
 * execution is PENDING or RUNNING, no pool of the claim has a limit, and there are as many task
 * runs as the claim asks for. Otherwise the statement writes nothing and returns nothing.
 *
 * <p><b>All parts of the statement read the snapshot of its begin.</b> The execution is locked
 * later, and is then read as it is. Each update compares the version that it has read, and the
 * statement fails with a division by zero unless it has updated as many records as it should. If
 * another transaction has written history of the execution meanwhile, the history row has the key
 * of an existing one. So what has changed between snapshot and lock makes the claim fail as a
 * whole, and the caller claims in the general way.
 *
 * <p>The rules are those of {@code Decider.grant}, and the rows are those of {@code GroupRows}; a
 * test compares what both ways write.
 */
final class ClaimAtOnce {
  /**
   * True for a row of {@code detail} that the general way would claim without further questions.
   */
  private static final String PLAIN =
      """
      (d.state = 'PENDING' OR d.state = 'RUNNING') AND (d.run_state = 'PENDING' OR d.run_state = 'RETRYING' OR d.run_state = 'WAITING')
        AND d.lease = 0 AND d.last_attempt < ?
        AND CASE WHEN d.attempt_state IS NULL THEN d.last_attempt = 0
                 ELSE d.last_attempt > 0 AND d.attempt_state <> 'RUNNING' END""";

  private static final String COLUMNS =
      """
      run_id, execution_id, task_id, run_state, run_version, last_attempt, run_created_at, run_started_at, run_ended_at,
      attempt_state, lease, pool, priority, ready_at, request_hash, id, workflow_id, workflow_revision, state, version,
      labels, inputs, created_at, started_at, ended_at, error,
      parent_task_run_id, parent_id, child_policy, depth, continues_id, continued_as_id, before, unfinished, ended, next_position""";

  /**
   * Parameters: the ranges of the lanes, the pools, twice the number of task runs, the limit of
   * attempts, the time, the names of the workers, their leases, the place at which the share of
   * each begins, and again the number of task runs. The columns are those of {@link
   * dev.waymark.jdbc.internal.sql.ReadStatement#PICK_READY}, as they were before.
   */
  static final String TEXT =
      PostgresClaimReads.LANES.replace(
              "{pools}", "NOT EXISTS (SELECT 1 FROM {s}.pools b WHERE b.name = ANY (?))")
          + PostgresClaimReads.MOST
          + ", detail ("
          + COLUMNS
          + ") AS MATERIALIZED (\n"
          + PostgresClaimReads.PICKED_UNLOCKED
          + """
          ), plain AS MATERIALIZED (
            SELECT d.*, row_number() OVER (ORDER BY d.priority DESC, d.ready_at, d.run_id)::integer AS place
            FROM detail d WHERE {plain}
          ), chosen AS MATERIALIZED (
            SELECT p.*, g.at, g.workers[width_bucket(p.place, g.begins)] AS worker,
                   g.leases[width_bucket(p.place, g.begins)] * interval '1 microsecond' AS held,
                   row_number() OVER (PARTITION BY p.id ORDER BY p.place) AS turn
            FROM (SELECT ?::timestamptz AS at, ?::text[] AS workers, ?::bigint[] AS leases, ?::integer[] AS begins) g
            CROSS JOIN plain p
            WHERE (SELECT count(*) FROM plain) = ?
          ), begun AS (
            UPDATE {s}.executions e SET state = 'RUNNING', version = e.version + 1, started_at = coalesce(e.started_at, c.at)
            FROM chosen c WHERE c.turn = 1 AND c.state = 'PENDING' AND e.id = ANY (ARRAY [c.id]) AND e.version = c.version
              AND {by_writer}
            RETURNING 1
          ), counted AS (
            INSERT INTO {s}.execution_counts AS k (workflow_id, state, day, slot, executions)
            SELECT w.workflow_id, m.state, b.day, {slot}, sum(m.executions * b.begun)
            FROM (SELECT c.workflow_id, (c.created_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01' AS day, count(*) AS begun
                  FROM chosen c WHERE c.turn = 1 AND c.state = 'PENDING' GROUP BY 1, 2) b
            CROSS JOIN LATERAL (VALUES (''), (b.workflow_id)) w (workflow_id)
            CROSS JOIN (VALUES ('PENDING', -1), ('RUNNING', 1)) m (state, executions)
            GROUP BY 1, 2, 3
            {add}
          ), moved AS (
            UPDATE {s}.task_runs t
            SET state = 'RUNNING', version = t.version + 1, last_attempt = t.last_attempt + 1,
                started_at = coalesce(t.started_at, c.at)
            FROM chosen c
            WHERE t.id = ANY (ARRAY [c.run_id]) AND t.state = c.run_state AND t.version = c.run_version AND t.last_attempt = c.last_attempt
            RETURNING 1
          ), attempted AS (
            INSERT INTO {s}.attempts (task_run_id, number, state, worker, started_at)
            SELECT c.run_id, c.last_attempt + 1, 'RUNNING', c.worker, c.at FROM chosen c
          ), leased AS (
            INSERT INTO {s}.leases (task_run_id, number, worker, expires_at, pool)
            SELECT c.run_id, c.last_attempt + 1, c.worker, clock_timestamp() + c.held, c.pool FROM chosen c
          ), recorded AS (
            INSERT INTO {s}.history (execution_id, position, committed_at, transition_count, transitions, unfinished, ended)
            SELECT c.id,
                   coalesce(c.next_position, 0) + 2 * (c.turn - 1)
                     + CASE WHEN c.state = 'PENDING' AND c.turn > 1 THEN 1 ELSE 0 END,
                   c.at, CASE WHEN c.state = 'PENDING' AND c.turn = 1 THEN 3 ELSE 2 END,
                   '[' || CASE WHEN c.state = 'PENDING' AND c.turn = 1
                               THEN '["EXECUTION","' || c.id || '","PENDING","RUNNING"],' ELSE '' END
                     || '["TASK_RUN","' || c.run_id || '","' || c.run_state || '","RUNNING"],["ATTEMPT","' || c.run_id
                     || '/' || c.last_attempt + 1 || '",null,"RUNNING"]]',
                   CASE WHEN c.next_position IS NULL THEN 0 ELSE c.unfinished END,
                   CASE WHEN c.next_position IS NULL THEN 0 ELSE c.ended END
            FROM chosen c
          ), gone AS (
            DELETE FROM {s}.ready_task_runs r USING chosen c WHERE r.task_run_id = ANY (ARRAY [c.run_id]) RETURNING 1
          )
          SELECT {columns} FROM chosen c
          WHERE 1 = 1 / (CASE WHEN (SELECT count(*) FROM moved) = (SELECT count(*) FROM chosen)
                               AND (SELECT count(*) FROM gone) = (SELECT count(*) FROM chosen)
                               AND (SELECT count(*) FROM begun) = (
                                 SELECT count(*) FROM chosen b WHERE b.turn = 1 AND b.state = 'PENDING')
                              THEN 1 ELSE 0 END)
          ORDER BY c.place"""
              .replace("{by_writer}", ExecutionCounts.BY_WRITER)
              .replace("{slot}", ExecutionCounts.SLOT)
              .replace("{add}", ExecutionCounts.ADD)
              .replace("{plain}", PLAIN)
              .replace("{columns}", COLUMNS);

  private ClaimAtOnce() {}

  /** Binds a claim, whose first parameters are bound, from this index on; returns the next one. */
  static int bind(PreparedStatement statement, int first, PlainClaim claim) throws SQLException {
    BoundArrays arrays = new BoundArrays(statement, first);
    arrays.texts(List.copyOf(claim.pools()), pool -> pool);
    int next = arrays.next();
    statement.setInt(next, claim.limit());
    statement.setInt(next + 1, claim.limit());
    statement.setInt(next + 2, claim.maxAttempts());
    BoundArrays.bindTime(statement, next + 3, claim.at());
    BoundArrays shares = new BoundArrays(statement, next + 4);
    shares.texts(claim.shares(), PlainClaim.Share::worker);
    shares.longs(claim.shares(), PlainClaim.Share::leaseMicros);
    shares.numbers(claim.shares(), PlainClaim.Share::begin);
    statement.setInt(shares.next(), claim.limit());
    return shares.next() + 1;
  }
}
