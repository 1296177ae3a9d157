package dev.waymark.bench.queue;

import dev.waymark.bench.peer.QueueSystem;
import dev.waymark.bench.storage.StoreLocation;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A queue in plain SQL on PostgreSQL with attempts and history. One statement claims: it moves the
 * tasks, and adds an attempt with a lease and a row of history for each. Another one finishes.
 */
final class PlainQueue implements QueueSystem {
  static final String NAME = "plain SQL with attempt and history";

  private static final String CLAIM =
      """
      WITH picked AS (
        SELECT id FROM tasks WHERE state = 'READY' ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED),
      moved AS (
        UPDATE tasks t SET state = 'RUNNING', attempt = t.attempt + 1, version = t.version + 1
        FROM picked WHERE t.id = picked.id RETURNING t.id, t.attempt),
      begun AS (
        INSERT INTO attempts (task_id, number, state, worker, started_at, lease_until)
        SELECT id, attempt, 'RUNNING', ?, now(), now() + interval '10 minutes' FROM moved),
      recorded AS (
        INSERT INTO history (task_id, at, from_state, to_state)
        SELECT id, now(), 'READY', 'RUNNING' FROM moved)
      SELECT id FROM moved""";
  private static final String FINISH =
      """
      WITH moved AS (
        UPDATE tasks t SET state = 'SUCCEEDED', version = t.version + 1
        FROM unnest(?::bigint[]) AS v (id)
        WHERE t.id = v.id AND t.state = 'RUNNING' RETURNING t.id, t.attempt),
      ended AS (
        UPDATE attempts a SET state = 'SUCCEEDED', ended_at = now()
        FROM moved WHERE a.task_id = moved.id AND a.number = moved.attempt)
      INSERT INTO history (task_id, at, from_state, to_state)
      SELECT id, now(), 'RUNNING', 'SUCCEEDED' FROM moved""";

  private final StoreLocation location;

  PlainQueue(StoreLocation location) throws SQLException {
    this.location = location;
    location.begin();
    location.execute(
        """
        CREATE TABLE tasks (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL,
          attempt integer NOT NULL, version bigint NOT NULL, created_at timestamptz NOT NULL)""",
        "CREATE INDEX ready_tasks ON tasks (id) WHERE state = 'READY'",
        """
        CREATE TABLE attempts (
          task_id bigint NOT NULL REFERENCES tasks, number integer NOT NULL, state text NOT NULL,
          worker text NOT NULL, started_at timestamptz NOT NULL, ended_at timestamptz,
          lease_until timestamptz NOT NULL, PRIMARY KEY (task_id, number))""",
        """
        CREATE TABLE history (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, task_id bigint NOT NULL,
          at timestamptz NOT NULL, from_state text NOT NULL, to_state text NOT NULL)""");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void fill(long items) throws SQLException {
    location.execute(
        "INSERT INTO tasks (state, attempt, version, created_at)"
            + " SELECT 'READY', 0, 1, now() FROM generate_series(1, "
            + items
            + ")",
        "ANALYZE");
  }

  @Override
  public Claimer claimer(int number) throws SQLException {
    return new Statements(location.connect(), "bench-" + number);
  }

  @Override
  public long claimed() throws SQLException {
    return tasks("RUNNING");
  }

  @Override
  public long finished() throws SQLException {
    return tasks("SUCCEEDED");
  }

  private long tasks(String state) throws SQLException {
    return location.number("SELECT count(*) FROM tasks WHERE state = '" + state + "'");
  }

  @Override
  public void close() {}

  /** The statements of one thread, prepared on its own connection. */
  private static final class Statements implements Claimer {
    private final Connection connection;
    private final PreparedStatement claim;
    private final PreparedStatement finish;
    private final String worker;
    private List<Long> last = List.of();

    Statements(Connection connection, String worker) throws SQLException {
      this.connection = connection;
      this.worker = worker;
      this.claim = connection.prepareStatement(CLAIM);
      this.finish = connection.prepareStatement(FINISH);
    }

    @Override
    public int claim(int limit) throws SQLException {
      claim.setInt(1, limit);
      claim.setString(2, worker);
      List<Long> ids = new ArrayList<>();
      try (ResultSet rows = claim.executeQuery()) {
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
      }
      last = ids;
      return ids.size();
    }

    @Override
    public void finish() throws SQLException {
      Array ids = connection.createArrayOf("bigint", last.toArray());
      finish.setArray(1, ids);
      finish.executeUpdate();
      ids.free();
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
