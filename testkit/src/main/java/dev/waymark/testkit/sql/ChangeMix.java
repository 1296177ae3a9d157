package dev.waymark.testkit.sql;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.NewTaskRun;
import dev.waymark.core.store.NewWorkflow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Change sets of the same shape, with six kinds of change: they save a workflow, create and move
 * executions and task runs, and record and end attempts. Each has its own records. So the
 * statements for a group depend only on the number of change sets in it. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class ChangeMix {
  private final Ids ids = Ids.system();
  private final Deque<Started> started = new ArrayDeque<>();
  private int count;

  /** Creates a mix without any stored records. */
  public ChangeMix() {}

  private record Started(WorkflowId workflow, ExecutionId execution, TaskRunId taskRun) {}

  /** Change sets that each start an execution of a new workflow. */
  public List<ChangeSet> beginnings(int number) {
    List<ChangeSet> changes = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      changes.add(begin(ChangeSet.builder()).build());
    }
    return changes;
  }

  /**
   * Change sets that each end the records that an earlier one has started, save its workflow again,
   * and start an execution of a new workflow. The same number of beginnings must be stored.
   */
  public List<ChangeSet> endsAndBeginnings(int number) {
    List<ChangeSet> changes = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Started before = started.remove();
      NewWorkflow changed = new NewWorkflow(before.workflow(), "tasks: {changed: {}}");
      changes.add(begin(end(ChangeSet.builder().saveWorkflow(changed), before)).build());
    }
    return changes;
  }

  /**
   * Change sets that each end the records that an earlier one has started, and start an execution
   * of the same workflow without saving it. The same number of beginnings must be stored.
   */
  public List<ChangeSet> endsAndRepetitions(int number) {
    List<ChangeSet> changes = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      Started before = started.remove();
      Started next = new Started(before.workflow(), ids.executionId(), ids.taskRunId());
      changes.add(start(end(ChangeSet.builder(), before), next).build());
    }
    return changes;
  }

  /** A change set that starts an execution of a stored workflow, by this worker. */
  public ChangeSet repetition(String worker) {
    Started next = new Started(new WorkflowId("flow-0"), ids.executionId(), ids.taskRunId());
    return start(ChangeSet.builder(), next, worker).build();
  }

  private static ChangeSet.Builder end(ChangeSet.Builder changes, Started before) {
    return changes
        .updateAttempt(new AttemptId(before.taskRun(), 1), AttemptState.SUCCEEDED, 0)
        .updateTaskRun(before.taskRun(), TaskRunState.SUCCEEDED)
        .updateExecution(before.execution(), ExecutionState.SUCCEEDED);
  }

  private ChangeSet.Builder begin(ChangeSet.Builder changes) {
    Started next =
        new Started(new WorkflowId("flow-" + count++), ids.executionId(), ids.taskRunId());
    return start(changes.saveWorkflow(new NewWorkflow(next.workflow(), "tasks: {}")), next);
  }

  private ChangeSet.Builder start(ChangeSet.Builder changes, Started next) {
    started.add(next);
    return start(changes, next, "w");
  }

  private static ChangeSet.Builder start(ChangeSet.Builder changes, Started next, String worker) {
    return changes
        .createExecution(
            new NewExecution(
                next.execution(), next.workflow(), null, Map.of("team", "data"), Map.of("n", "1")))
        .updateExecution(next.execution(), ExecutionState.RUNNING)
        .createTaskRun(new NewTaskRun(next.taskRun(), next.execution(), new TaskId("t")))
        .updateTaskRun(next.taskRun(), TaskRunState.RUNNING)
        .recordAttempt(next.taskRun(), worker);
  }
}
