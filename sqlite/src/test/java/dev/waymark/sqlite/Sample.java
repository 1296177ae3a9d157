package dev.waymark.sqlite;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Records that several tests need, and access to the file without the store. */
final class Sample {
  static final WorkflowId WORKFLOW = new WorkflowId("nightly");
  static final Ids IDS = Ids.system();

  private Sample() {}

  /** Saves the workflow that the executions of these tests belong to. */
  static void saveWorkflow(StateStore store) {
    store.saveWorkflow(new NewWorkflow(WORKFLOW, "tasks: {}"));
  }

  /** Creates an execution without task runs. */
  static ExecutionId createExecution(StateStore store) {
    ExecutionId id = IDS.executionId();
    store.createExecution(new NewExecution(id, WORKFLOW));
    return id;
  }

  /**
   * Creates an execution with this number of task runs, in one change set, and returns the ids of
   * the task runs.
   */
  static List<TaskRunId> createTaskRuns(StateStore store, ExecutionId execution, int count) {
    List<TaskRunId> ids = IntStream.range(0, count).mapToObj(i -> IDS.taskRunId()).toList();
    ChangeSet.Builder changes =
        ChangeSet.builder().createExecution(new NewExecution(execution, WORKFLOW));
    for (int i = 0; i < count; i++) {
      changes.createTaskRun(new NewTaskRun(ids.get(i), execution, new TaskId("t" + i)));
    }
    store.commit(changes.build());
    return ids;
  }

  /** A separate connection, with the defaults of the driver, as another program would open it. */
  static Connection connect(Path file) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  /** The first column of the first row. */
  static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** How many rows each table has, by its name. */
  static Map<String, Long> rows(Path file) throws SQLException {
    Map<String, Long> rows = new TreeMap<>();
    try (Connection connection = connect(file)) {
      String names =
          text(
              connection,
              "SELECT group_concat(name) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
      for (String name : names.split(",", -1)) {
        rows.put(name, Long.parseLong(text(connection, "SELECT count(*) FROM " + name)));
      }
    }
    return rows;
  }
}
