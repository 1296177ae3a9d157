package dev.waymark.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.ManualClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Counts of executions on SQLite after manual SQL")
@SuppressWarnings("NullAway.Init")
class SqliteCountsTest {
  private static final WorkflowId OTHER = new WorkflowId("other");
  private static final String PENDING = "state = 'PENDING'";

  @TempDir Path folder = Path.of("");
  private Path file;
  private StateStore store;
  private Connection connection;
  private Statement sql;

  /** Twelve executions of two workflows: over six days, around 1970, two of them running. */
  @BeforeEach
  void open() throws SQLException {
    file = folder.resolve("waymark.db");
    ManualClock clock = new ManualClock(Instant.parse("1969-12-29T12:00:00Z"));
    store = SqliteStateStore.builder(file).clock(clock).build();
    Sample.saveWorkflow(store);
    store.saveWorkflow(new NewWorkflow(OTHER, "tasks: {}"));
    for (int day = 0; day < 6; day++) {
      ExecutionId id = Sample.createExecution(store);
      store.createExecution(new NewExecution(Sample.IDS.executionId(), OTHER));
      if (day % 3 == 0) {
        store.updateExecution(id, ExecutionState.RUNNING, 1);
      }
      clock.advance(Duration.ofDays(1));
    }
    connection = Sample.connect(file);
    sql = connection.createStatement();
    sql.execute("PRAGMA foreign_keys = 1");
  }

  @AfterEach
  void check() throws SQLException {
    connection.close();
    store.close();
    Counts.check(file);
  }

  private long total(ExecutionQuery.Builder query) {
    return store.executions(query.build()).total();
  }

  @Test
  @DisplayName("go down when executions are deleted after the records that they own")
  void deleteSome() throws SQLException {
    String some = "(SELECT id FROM executions WHERE workflow_id = 'other' OR state = 'RUNNING')";
    sql.execute("DELETE FROM history WHERE execution_id IN " + some);
    sql.execute("DELETE FROM executions WHERE id IN " + some);
    assertThat(total(ExecutionQuery.builder())).isEqualTo(4);
    assertThat(total(ExecutionQuery.builder().workflow(OTHER))).isZero();
    assertThat(total(ExecutionQuery.builder().states(ExecutionState.RUNNING))).isZero();
  }

  @Test
  @DisplayName("are zero when all executions are deleted")
  void deleteAll() throws SQLException {
    sql.execute("DELETE FROM history");
    sql.execute("DELETE FROM executions");
    assertThat(total(ExecutionQuery.builder())).isZero();
  }

  @Test
  @DisplayName("follow an update that moves many executions at once")
  void move() throws SQLException {
    sql.execute("UPDATE executions SET state = 'PAUSED', version = version + 1 WHERE " + PENDING);
    assertThat(total(ExecutionQuery.builder().states(ExecutionState.PAUSED))).isEqualTo(10);
    assertThat(total(ExecutionQuery.builder().states(ExecutionState.PENDING))).isZero();
  }

  @Test
  @DisplayName("follow a correction of workflow and time")
  void correct() throws SQLException {
    sql.execute("UPDATE executions SET workflow_id = 'other', created_at = -1 WHERE " + PENDING);
    assertThat(total(ExecutionQuery.builder().workflow(OTHER))).isEqualTo(10);
    assertThat(total(ExecutionQuery.builder().workflow(OTHER).until(Instant.EPOCH))).isEqualTo(10);
  }

  @Test
  @DisplayName("do not contain what was rolled back")
  void rolledBack() throws SQLException {
    sql.execute("BEGIN");
    sql.execute("UPDATE executions SET state = 'PAUSED', version = version + 1 WHERE " + PENDING);
    sql.execute("ROLLBACK");
    assertThat(total(ExecutionQuery.builder().states(ExecutionState.PENDING))).isEqualTo(10);
  }

  @Test
  @DisplayName("go up once for each insert, also after a conflict")
  void insert() throws SQLException {
    String insert =
        """
        INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
        VALUES (x'%032x', 'other', 1, 'PENDING', 1, 'h', -86400000001) ON CONFLICT DO NOTHING""";
    sql.execute(insert.formatted(1));
    sql.execute(insert.formatted(1));
    assertThat(total(ExecutionQuery.builder())).isEqualTo(13);
  }
}
