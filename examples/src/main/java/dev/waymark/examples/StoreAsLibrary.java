package dev.waymark.examples;

import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.ExecutionDetails;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.sqlite.SqliteStateStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The store as the durable core of an orchestrator. An order is charged. The first attempt is lost
 * with its worker, the second one succeeds, and the late result of the first is refused.
 */
public final class StoreAsLibrary {
  private static final WorkflowId WORKFLOW = new WorkflowId("take-order");

  private StoreAsLibrary() {}

  /** Runs the example with the SQLite file that the first argument names. */
  public static void main(String[] arguments) {
    try (StateStore store = SqliteStateStore.open(Path.of(arguments[0]))) {
      run(store).forEach(System.out::println);
    }
  }

  /** Runs the example and returns the history of its execution, one line for each transition. */
  static List<String> run(StateStore store) {
    Ids ids = Ids.system();
    ExecutionId order = ids.executionId();
    TaskRunId charge = ids.taskRunId();

    // All changes of a change set become durable together.
    store.saveWorkflow(new NewWorkflow(WORKFLOW, "charge, then ship"));
    store.commit(
        ChangeSet.builder()
            .createExecution(
                new NewExecution(
                    order, WORKFLOW, null, Map.of(), Payload.json("{\"amount\": 1250}")))
            .createTaskRun(new NewTaskRun(charge, order, new TaskId("charge")))
            .build());

    // A worker starts an attempt; the store numbers it.
    store.commit(
        ChangeSet.builder()
            .updateExecution(order, ExecutionState.RUNNING)
            .updateTaskRun(charge, TaskRunState.RUNNING)
            .recordAttempt(charge, "worker-1")
            .build());
    AttemptId first = new AttemptId(charge, 1);

    // The worker is lost. Another worker continues with the next attempt number.
    store.commit(
        ChangeSet.builder()
            .updateAttempt(first, AttemptState.LOST, "worker-1 did not answer")
            .updateTaskRun(charge, TaskRunState.RETRYING)
            .updateTaskRun(charge, TaskRunState.RUNNING)
            .recordAttempt(charge, "worker-2")
            .build());

    // The first worker reports late. Its write is refused, and nothing changes.
    try {
      store.updateAttempt(first, AttemptState.SUCCEEDED, 0);
      throw new AssertionError("a late write must not win");
    } catch (LeaseLostException expected) {
      System.err.println(expected.getMessage());
    }

    // embedding: begin
    // The result, the attempt, the task run and the execution end together.
    AttemptId second = new AttemptId(charge, 2);
    store.commit(
        ChangeSet.builder()
            .setResult(second, Payload.json("{\"receipt\": \"R-17\"}"))
            .updateAttempt(second, AttemptState.SUCCEEDED, 0)
            .updateTaskRun(charge, TaskRunState.SUCCEEDED)
            .updateExecution(order, ExecutionState.SUCCEEDED)
            .build());
    Payload receipt = store.payload(PayloadRef.resultOf(charge));
    // embedding: end
    System.err.println(receipt == null ? "no receipt" : receipt.text());

    Page<?> succeeded =
        store.executions(
            ExecutionQuery.builder().workflow(WORKFLOW).states(ExecutionState.SUCCEEDED).build());
    System.err.println(succeeded.total() + " orders succeeded so far");
    ExecutionDetails details = Objects.requireNonNull(store.executionDetails(order));
    return details.history().stream()
        .map(t -> t.sequence() + " " + t.record().kind().words() + " " + t.from() + " -> " + t.to())
        .toList();
  }
}
