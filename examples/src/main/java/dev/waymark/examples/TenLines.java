package dev.waymark.examples;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.PageRequest;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;

/** The store in ten lines, as in the README. */
public final class TenLines {
  private TenLines() {}

  /** Runs the example with the SQLite file that the first argument names. */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[0]);
    // README: begin
    try (StateStore store = SqliteStateStore.open(file)) {
      WorkflowId workflow = new WorkflowId("nightly-report");
      store.saveWorkflow(new NewWorkflow(workflow, "whatever your orchestrator reads"));
      ExecutionId id = Ids.system().executionId();
      store.createExecution(new NewExecution(id, workflow));
      store.updateExecution(id, ExecutionState.RUNNING, 1); // expects version 1, or is refused
      store.updateExecution(id, ExecutionState.SUCCEEDED, 2);
      System.out.println(store.history(id, PageRequest.first(10)).items());
      System.out.println(store.executions(ExecutionQuery.all()).total());
    }
    // README: end
  }
}
