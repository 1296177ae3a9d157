package dev.waymark.postgres.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The schema on PostgreSQL")
@SuppressWarnings("NullAway.Init")
class PostgresSchemaTest {
  private String schema;
  private Connection connection;
  private Statement sql;

  @BeforeEach
  void open() throws SQLException {
    schema = TestServer.newSchema();
    connection = TestServer.connect();
    sql = connection.createStatement();
    sql.execute("SET search_path TO " + schema);
    sql.execute("INSERT INTO workflows VALUES ('w', 1, 'h')");
    sql.execute("INSERT INTO workflow_revisions VALUES ('w', 1, 'h', NULL, '{}', now(), '')");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    TestServer.drop(schema);
  }

  @Test
  @DisplayName("every statement can be prepared")
  void statements() throws SQLException {
    PostgresSql texts = new PostgresSql(schema);
    sql.execute("SET search_path TO pg_catalog");
    for (ReadStatement statement : ReadStatement.values()) {
      prepare(texts.text(statement));
    }
    for (WriteStatement statement : WriteStatement.values()) {
      prepare(texts.text(statement));
    }
  }

  /** Those of the writes are compared in {@link PostgresColumnsTest}. */
  @Test
  @DisplayName("a read returns the columns of its list, in that order")
  void columns() throws SQLException {
    PostgresSql texts = new PostgresSql(schema);
    for (ReadStatement statement : ReadStatement.values()) {
      if (!statement.columns().isEmpty()) {
        try (PreparedStatement prepared = connection.prepareStatement(texts.text(statement))) {
          ResultSetMetaData row = prepared.getMetaData();
          List<String> columns = new ArrayList<>();
          for (int i = 1; i <= row.getColumnCount(); i++) {
            columns.add(row.getColumnLabel(i));
          }
          assertThat(columns).as(statement.name()).isEqualTo(statement.columns());
        }
      }
    }
  }

  /** The driver sends a statement to the server only when its metadata is requested. */
  private void prepare(String text) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      assertThat(statement.getParameterMetaData().getParameterCount())
          .isEqualTo(text.chars().filter(c -> c == '?').count());
      statement.getMetaData();
    }
  }

  @Test
  @DisplayName("an opening checks every trigger that exists")
  void triggers() throws SQLException {
    assertThat(
            TestServer.text(
                connection,
                """
                SELECT string_agg(t.tgname || ' on ' || c.relname, ', ' ORDER BY t.tgname COLLATE "C")
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                WHERE c.relnamespace = '%s'::regnamespace AND NOT t.tgisinternal\
                """
                    .formatted(schema)))
        .isEqualTo(String.join(", ", PostgresSchema.TRIGGERS));
  }

  @Test
  @DisplayName("a history row that is inserted manually gets the next position")
  void handWrittenHistory() throws SQLException {
    for (int count : new int[] {2, 3, 1}) {
      sql.execute(
          "INSERT INTO history (execution_id, committed_at, transition_count, transitions) VALUES (%s, now(), %d, '[]')"
              .formatted(uuid(1), count));
    }
    assertThat(
            TestServer.text(
                connection,
                "SELECT string_agg(position::text, ' ' ORDER BY position) FROM history"))
        .isEqualTo("0 2 5");
  }

  @Test
  @DisplayName("ids are ordered and compared by byte, with any collation of the database")
  void collation() throws SQLException {
    assertThat(
            TestServer.text(
                connection,
                """
                SELECT string_agg(c.relname || '.' || a.attname, ', ')
                FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.relnamespace = '%s'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
                  AND a.atttypid = 'text'::regtype AND a.attcollation <> '"C"'::regcollation\
                """
                    .formatted(schema)))
        .isNull();
  }

  @Test
  @DisplayName("a record whose owner does not exist is refused")
  void foreignKeys() {
    assertThatThrownBy(() -> sql.execute(insertExecution(1, "PENDING", "nowhere")))
        .hasMessageContaining("foreign key");
    assertThatThrownBy(() -> sql.execute(insertTaskRun(1, 99))).hasMessageContaining("foreign key");
  }

  @Test
  @DisplayName("a record that owns others cannot be deleted")
  void owners() throws SQLException {
    sql.execute(insertExecution(1, "PENDING", "w"));
    sql.execute(
        "INSERT INTO history (execution_id, committed_at, transition_count, transitions) VALUES (%s, now(), 1, '[]')"
            .formatted(uuid(1)));
    assertThatThrownBy(() -> sql.execute("DELETE FROM executions"))
        .hasMessageContaining(uuid(1).replace("'", ""))
        .hasMessageContaining("has a history; delete that first");
    sql.execute("DELETE FROM history");
    sql.execute(insertTaskRun(2, 1));
    assertThatThrownBy(() -> sql.execute("DELETE FROM executions"))
        .hasMessageContaining("foreign key");
    sql.execute(
        "INSERT INTO attempts VALUES (%s, 1, 'RUNNING', 'me', now(), NULL, NULL, NULL)"
            .formatted(uuid(2)));
    assertThatThrownBy(() -> sql.execute("DELETE FROM task_runs"))
        .hasMessageContaining("has attempts; delete them first");
    for (String table : List.of("attempts", "task_runs", "executions")) {
      sql.execute("DELETE FROM " + table);
    }
  }

  @Test
  @DisplayName("manual SQL can make only the moves of the table with an execution")
  void executionMoves() throws SQLException {
    int id = 0;
    for (ExecutionState from : ExecutionState.values()) {
      for (ExecutionState to : ExecutionState.values()) {
        int version = createExecutionIn(++id, from);
        String move =
            "UPDATE executions SET state = '%s', version = %d WHERE id = %s"
                .formatted(to, version + 1, uuid(id));
        check(move, from, to, from.moves());
      }
    }
  }

  @Test
  @DisplayName("manual SQL can make only the moves of the table with a task run")
  void taskRunMoves() throws SQLException {
    sql.execute(insertExecution(1, "PENDING", "w"));
    int id = 0;
    for (TaskRunState from : TaskRunState.values()) {
      for (TaskRunState to : TaskRunState.values()) {
        sql.execute(insertTaskRun(++id, 1));
        int version = walk("task_runs", uuid(id), pathTo(from));
        String move =
            "UPDATE task_runs SET state = '%s', version = %d WHERE id = %s"
                .formatted(to, version + 1, uuid(id));
        check(move, from, to, from.moves());
      }
    }
  }

  @Test
  @DisplayName("manual SQL can make only the moves of the table with an attempt")
  void attemptMoves() throws SQLException {
    sql.execute(insertExecution(1, "PENDING", "w"));
    sql.execute(insertTaskRun(1, 1));
    int number = 0;
    for (AttemptState from : AttemptState.values()) {
      for (AttemptState to : AttemptState.values()) {
        number++;
        sql.execute(
            "INSERT INTO attempts VALUES (%s, %d, 'RUNNING', 'me', now(), NULL, NULL, NULL)"
                .formatted(uuid(1), number));
        String update = "UPDATE attempts SET state = '%s' WHERE number = " + number;
        if (from != AttemptState.RUNNING) {
          sql.execute(update.formatted(from));
        }
        check(update.formatted(to), from, to, from.moves());
      }
    }
  }

  @Test
  @DisplayName("a record begins in its first state, and no version can be skipped")
  void beginnings() throws SQLException {
    assertThatThrownBy(() -> sql.execute(insertExecution(1, "RUNNING", "w")))
        .hasMessageContaining("begins PENDING");
    sql.execute(insertExecution(2, "PENDING", "w"));
    assertThatThrownBy(
            () ->
                sql.execute(
                    "UPDATE executions SET state = 'RUNNING', version = 3 WHERE id = " + uuid(2)))
        .hasMessageContaining("illegal move");
    assertThatThrownBy(() -> sql.execute("UPDATE executions SET version = 2 WHERE id = " + uuid(2)))
        .hasMessageContaining("illegal move");
  }

  @Test
  @DisplayName("manual SQL cannot end an execution while a task run is live")
  void endsWithItsTaskRuns() throws SQLException {
    int version = createExecutionIn(1, ExecutionState.RUNNING);
    sql.execute(insertTaskRun(1, 1));
    assertThatThrownBy(
            () ->
                sql.execute(
                    "UPDATE executions SET state = 'SUCCEEDED', version = %d WHERE id = %s"
                        .formatted(version + 1, uuid(1))))
        .hasMessageContaining("all its task runs have ended");
  }

  private void check(String move, State from, State to, Set<? extends State> allowed)
      throws SQLException {
    if (allowed.contains(to)) {
      sql.execute(move);
    } else {
      assertThatThrownBy(() -> sql.execute(move))
          .as(from + " to " + to)
          .hasMessageContaining("illegal move");
    }
  }

  private int createExecutionIn(int id, ExecutionState state) throws SQLException {
    sql.execute(insertExecution(id, "PENDING", "w"));
    String[] path =
        switch (state) {
          case PENDING -> new String[] {};
          case RUNNING, PAUSED, CANCELLING, CANCELLED -> new String[] {state.name()};
          case SUCCEEDED, FAILED -> new String[] {"RUNNING", state.name()};
        };
    return walk("executions", uuid(id), path);
  }

  private static String[] pathTo(TaskRunState state) {
    return switch (state) {
      case PENDING -> new String[] {};
      case RUNNING, CANCELLED, SKIPPED -> new String[] {state.name()};
      case RETRYING, SUCCEEDED, FAILED -> new String[] {"RUNNING", state.name()};
    };
  }

  private int walk(String table, String id, String[] path) throws SQLException {
    int version = 1;
    for (String state : path) {
      version++;
      sql.execute(
          "UPDATE %s SET state = '%s', version = %d WHERE id = %s"
              .formatted(table, state, version, id));
    }
    return version;
  }

  private static String insertExecution(int id, String state, String workflow) {
    return "INSERT INTO executions VALUES (%s, '%s', 1, '%s', 1, 'h', now(), NULL, NULL, NULL)"
        .formatted(uuid(id), workflow, state);
  }

  private static String insertTaskRun(int id, int execution) {
    return "INSERT INTO task_runs VALUES (%s, %s, 't%d', 'PENDING', 1, 0, now(), NULL, NULL)"
        .formatted(uuid(id), uuid(execution), id);
  }

  private static String uuid(int id) {
    return "'00000000-0000-0000-0000-%012x'".formatted(id);
  }
}
