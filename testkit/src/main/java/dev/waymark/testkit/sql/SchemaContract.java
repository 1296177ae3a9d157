package dev.waymark.testkit.sql;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRunState;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What the tables of every SQL backend guarantee to somebody who writes SQL by hand: records have
 * owners, and states make only allowed moves. A backend extends this class in its tests.
 *
 * @since 0.1.0
 */
public abstract class SchemaContract {
  /** For subclasses. */
  protected SchemaContract() {}

  /** Makes an empty schema and connects to it. */
  protected abstract void open() throws SQLException;

  /** Executes a statement in the schema under test. */
  protected abstract void execute(String sql) throws SQLException;

  /** The literal of the UUID with this number in its last digits. */
  protected abstract String id(int number);

  /** An expression for the current time, or any other one. */
  protected abstract String now();

  @BeforeEach
  final void openWithAWorkflow() throws SQLException {
    open();
    execute("INSERT INTO workflows VALUES ('w', 1, 'h')");
    execute(
        "INSERT INTO workflow_revisions VALUES ('w', 1, 'h', NULL, '{}', %s, '')".formatted(now()));
  }

  @Test
  @DisplayName("a record whose owner does not exist is refused")
  void foreignKeys() {
    assertThatThrownBy(() -> execute(insertExecution(1, "PENDING", "nowhere")))
        .message()
        .containsIgnoringCase("foreign key");
    assertThatThrownBy(() -> execute(insertTaskRun(1, 99)))
        .message()
        .containsIgnoringCase("foreign key");
  }

  @Test
  @DisplayName("manual SQL can make only the moves of the table with an execution")
  void executionMoves() throws SQLException {
    int id = 0;
    for (ExecutionState from : ExecutionState.values()) {
      for (ExecutionState to : ExecutionState.values()) {
        int version = createExecutionIn(++id, from);
        String move =
            "UPDATE executions SET state = '%s', version = %s WHERE id = %s"
                .formatted(to, version + 1, id(id));
        check(move, from, to, from.moves());
      }
    }
  }

  @Test
  @DisplayName("manual SQL can make only the moves of the table with a task run")
  void taskRunMoves() throws SQLException {
    execute(insertExecution(1, "PENDING", "w"));
    int id = 0;
    for (TaskRunState from : TaskRunState.values()) {
      for (TaskRunState to : TaskRunState.values()) {
        execute(insertTaskRun(++id, 1));
        int version = walk("task_runs", id(id), pathTo(from));
        String move =
            "UPDATE task_runs SET state = '%s', version = %s WHERE id = %s"
                .formatted(to, version + 1, id(id));
        check(move, from, to, from.moves());
      }
    }
  }

  @Test
  @DisplayName("manual SQL can make only the moves of the table with an attempt")
  void attemptMoves() throws SQLException {
    execute(insertExecution(1, "PENDING", "w"));
    execute(insertTaskRun(1, 1));
    int number = 0;
    for (AttemptState from : AttemptState.values()) {
      for (AttemptState to : AttemptState.values()) {
        number++;
        execute(
            "INSERT INTO attempts VALUES (%s, %s, 'RUNNING', 'me', %s, NULL, NULL, NULL)"
                .formatted(id(1), number, now()));
        String update = "UPDATE attempts SET state = '%s' WHERE number = " + number;
        if (from != AttemptState.RUNNING) {
          execute(update.formatted(from));
        }
        check(update.formatted(to), from, to, from.moves());
      }
    }
  }

  @Test
  @DisplayName("a record begins in its first state, and no version can be skipped")
  void beginnings() throws SQLException {
    assertThatThrownBy(() -> execute(insertExecution(1, "RUNNING", "w")))
        .hasMessageContaining("begins PENDING");
    execute(insertExecution(2, "PENDING", "w"));
    assertThatThrownBy(
            () ->
                execute("UPDATE executions SET state = 'RUNNING', version = 3 WHERE id = " + id(2)))
        .hasMessageContaining("illegal move");
    assertThatThrownBy(() -> execute("UPDATE executions SET version = 2 WHERE id = " + id(2)))
        .hasMessageContaining("illegal move");
  }

  @Test
  @DisplayName("manual SQL cannot end an execution while a task run is live")
  void endsWithItsTaskRuns() throws SQLException {
    int version = createExecutionIn(1, ExecutionState.RUNNING);
    execute(insertTaskRun(1, 1));
    assertThatThrownBy(
            () ->
                execute(
                    "UPDATE executions SET state = 'SUCCEEDED', version = %s WHERE id = %s"
                        .formatted(version + 1, id(1))))
        .hasMessageContaining("all its task runs have ended");
  }

  private void check(String move, State from, State to, Set<? extends State> allowed)
      throws SQLException {
    if (allowed.contains(to)) {
      execute(move);
    } else {
      assertThatThrownBy(() -> execute(move))
          .as(from + " to " + to)
          .hasMessageContaining("illegal move");
    }
  }

  private int createExecutionIn(int id, ExecutionState state) throws SQLException {
    execute(insertExecution(id, "PENDING", "w"));
    String[] path =
        switch (state) {
          case PENDING -> new String[] {};
          case RUNNING, PAUSED, CANCELLING, CANCELLED -> new String[] {state.name()};
          case SUCCEEDED, FAILED -> new String[] {"RUNNING", state.name()};
        };
    return walk("executions", id(id), path);
  }

  private static String[] pathTo(TaskRunState state) {
    return switch (state) {
      case PENDING -> new String[] {};
      case RUNNING, WAITING, CANCELLED, SKIPPED -> new String[] {state.name()};
      case RETRYING, SUCCEEDED, FAILED -> new String[] {"RUNNING", state.name()};
    };
  }

  private int walk(String table, String id, String[] path) throws SQLException {
    int version = 1;
    for (String state : path) {
      version++;
      execute(
          "UPDATE %s SET state = '%s', version = %s WHERE id = %s"
              .formatted(table, state, version, id));
    }
    return version;
  }

  /** A statement that inserts an execution. */
  protected final String insertExecution(int id, String state, String workflow) {
    return """
        INSERT INTO executions (id, workflow_id, workflow_revision, state, version, request_hash, created_at)
        VALUES (%s, '%s', 1, '%s', 1, 'h', %s)"""
        .formatted(id(id), workflow, state, now());
  }

  /** A statement that inserts a task run of an execution. */
  protected final String insertTaskRun(int id, int execution) {
    return "INSERT INTO task_runs VALUES (%s, %s, 't%s', 'PENDING', 1, 0, %s, NULL, NULL)"
        .formatted(id(id), id(execution), id, now());
  }
}
