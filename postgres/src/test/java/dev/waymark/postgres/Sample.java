package dev.waymark.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.testserver.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Records that several tests need, and threads that work at the same time. */
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

  /** Creates an execution with one task run, and returns the id of the task run. */
  static TaskRunId createTaskRun(StateStore store) {
    ExecutionId execution = IDS.executionId();
    TaskRunId id = IDS.taskRunId();
    store.commit(
        ChangeSet.builder()
            .createExecution(new NewExecution(execution, WORKFLOW))
            .createTaskRun(new NewTaskRun(id, execution, new TaskId("t")))
            .build());
    return id;
  }

  /** Runs nearly every statement, this number of times. */
  static void useEverything(StateStore store, int times) {
    for (int i = 0; i < times; i++) {
      saveWorkflow(store);
      TaskRunId run = createTaskRun(store);
      store.updateTaskRun(run, TaskRunState.RUNNING, 1);
      store.recordAttempt(run, "w");
      ExecutionId execution = store.taskRun(run).executionId();
      assertThat(store.executionDetails(execution).taskRuns()).hasSize(1);
      store.executions(ExecutionQuery.builder().states(ExecutionState.PENDING).build());
      store.workflows(PageRequest.first(10));
    }
  }

  /** Calls all at the same time, each on a separate thread, and returns their answers in order. */
  static <T> List<T> together(List<? extends Callable<T>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      List<T> answers = new ArrayList<>();
      for (Future<T> answer : threads.invokeAll(calls, 120, TimeUnit.SECONDS)) {
        answers.add(answer.get());
      }
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  /** Waits until this number of sessions wait for a lock in statements of this schema. */
  static void awaitLockWaiters(String schema, int sessions) {
    String waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%"
            + schema
            + "%'";
    while (Integer.parseInt(TestServer.text(waiting)) < sessions) {
      Thread.onSpinWait();
    }
  }

  /** How many rows each table of a schema has, by its name. */
  static Map<String, Long> rows(Connection connection, String schema) throws SQLException {
    Map<String, Long> rows = new TreeMap<>();
    try (Statement sql = connection.createStatement()) {
      sql.execute("SET search_path TO pg_catalog, pg_temp");
      List<String> names = new ArrayList<>();
      try (ResultSet row =
          sql.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = '" + schema + "'")) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
      for (String name : names) {
        try (ResultSet row =
            sql.executeQuery("SELECT count(*) FROM \"%s\".%s".formatted(schema, name))) {
          row.next();
          rows.put(name, row.getLong(1));
        }
      }
    }
    return rows;
  }
}
