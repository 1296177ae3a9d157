package dev.waymark.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.jdbc.internal.sql.ReadStatement;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The schema on SQLite")
@SuppressWarnings("NullAway.Init")
class SqliteSchemaTest {
  @TempDir Path folder;
  private Connection connection;
  private Statement sql;

  @BeforeEach
  void open() throws SQLException {
    SqliteConnector connector =
        new SqliteConnector(folder.resolve("a.db"), Duration.ofSeconds(1), 100_000);
    new SqliteSchema(folder.resolve("a.db")).prepare(connector);
    connection = connector.writer();
    sql = connection.createStatement();
    sql.execute("INSERT INTO workflows VALUES ('w', 1, 'h')");
    sql.execute("INSERT INTO workflow_revisions VALUES ('w', 1, 'h', NULL, '{}', 0, '')");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  @Test
  @DisplayName("every statement can be prepared")
  void statements() throws SQLException {
    for (ReadStatement statement : ReadStatement.values()) {
      connection.prepareStatement(SqliteSql.text(statement)).close();
    }
    for (WriteStatement statement : WriteStatement.values()) {
      // The only writer checks nothing again, because nothing can have changed.
      if (!statement.checks()) {
        connection.prepareStatement(SqliteSql.text(statement)).close();
      }
    }
  }

  @Test
  @DisplayName("every table is STRICT, so a value of another type is refused")
  void strict() throws SQLException {
    assertThat(
            SqliteConnector.text(
                connection,
                "SELECT group_concat(name) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0"
                    + " AND name NOT LIKE 'sqlite_%' AND name <> 'waymark_schema_history'"))
        .isNull();
    assertThatThrownBy(() -> sql.execute("INSERT INTO workflows VALUES ('x', 'one', 'h')"))
        .hasMessageContaining("cannot store TEXT value in INTEGER column");
  }

  @Test
  @DisplayName("a record whose owner does not exist is refused")
  void foreignKeys() {
    assertThatThrownBy(() -> sql.execute(insertExecution(1, "PENDING", "nowhere")))
        .hasMessageContaining("FOREIGN KEY");
    assertThatThrownBy(() -> sql.execute(insertTaskRun(1, 99))).hasMessageContaining("FOREIGN KEY");
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
                .formatted(to, version + 1, blob(id));
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
        int version = walk("task_runs", blob(id), pathTo(from));
        String move =
            "UPDATE task_runs SET state = '%s', version = %d WHERE id = %s"
                .formatted(to, version + 1, blob(id));
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
            "INSERT INTO attempts VALUES (%s, %d, 'RUNNING', 'me', 0, NULL, NULL, NULL)"
                .formatted(blob(1), number));
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
                    "UPDATE executions SET state = 'RUNNING', version = 3 WHERE id = " + blob(2)))
        .hasMessageContaining("illegal move");
    assertThatThrownBy(() -> sql.execute("UPDATE executions SET version = 2 WHERE id = " + blob(2)))
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
                        .formatted(version + 1, blob(1))))
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
    return walk("executions", blob(id), path);
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
    return "INSERT INTO executions VALUES (%s, '%s', 1, '%s', 1, 'h', 0, NULL, NULL, NULL)"
        .formatted(blob(id), workflow, state);
  }

  private static String insertTaskRun(int id, int execution) {
    return "INSERT INTO task_runs VALUES (%s, %s, 't%d', 'PENDING', 1, 0, 0, NULL, NULL)"
        .formatted(blob(id), blob(execution), id);
  }

  private static String blob(int id) {
    return "x'%032x'".formatted(id);
  }
}
