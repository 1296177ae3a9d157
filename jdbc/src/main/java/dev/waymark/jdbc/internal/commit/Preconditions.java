package dev.waymark.jdbc.internal.commit;

import dev.waymark.core.internal.decide.Effect;
import dev.waymark.core.internal.decide.ExecutionHead;
import dev.waymark.core.internal.decide.Footprint;
import dev.waymark.core.internal.decide.Ledger;
import dev.waymark.core.internal.decide.TaskRunCounts;
import dev.waymark.core.internal.decide.TaskRunHead;
import dev.waymark.core.internal.decide.Verdict;
import dev.waymark.core.internal.decide.WorkflowHead;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.Outcome;
import dev.waymark.jdbc.internal.sql.Rows;
import dev.waymark.jdbc.internal.sql.WriteStatement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a group leans on that is decided from memory although others may have written since. It is
 * looked at in the transaction that writes, which goes through only where all of it still holds:
 *
 * <ul>
 *   <li>an execution, and with it whether anything in it may start or be added, is locked and has
 *       the version and state that are remembered. Whoever changes anything of an execution locks
 *       it;
 *   <li>a task run that changes has the version, state and newest attempt that are remembered, and
 *       an attempt that changes the state. An attempt that has ended never changes;
 *   <li>an execution that ends has no live task run: the database sees to that in any case;
 *   <li>an execution that is settled has as many live task runs and ends as are remembered;
 *   <li>a task run on which something leans that does not change it has the version, state and
 *       newest attempt that are remembered, and that attempt its state;
 *   <li>what is created did not exist, by its key;
 *   <li>a workflow of which the newest revision is run has no newer one.
 * </ul>
 *
 * The version alone would say all this, were it not for servers that lose commits when a replica
 * takes over: then others may have made the same version anew. What else a group might lean on is
 * not worth a check of its own; it is loaded.
 */
final class Preconditions {
  private final Footprint footprint;
  private final Ledger remembered;

  Preconditions(Footprint footprint, Ledger remembered) {
    this.footprint = footprint;
    this.remembered = remembered;
  }

  /** Whether memory has all that deciding needs, and none of it is beyond a check. */
  boolean areKnown() {
    return footprint.savedWorkflows().isEmpty()
        && footprint.workflows().stream().allMatch(id -> remembered.workflow(id) != null)
        && footprint.taskRuns().stream()
            .allMatch(id -> isCreated(id) || remembered.taskRun(id) != null)
        && executions().stream().allMatch(id -> isCreated(id) || remembered.execution(id) != null)
        && remembered.hasTaskRunCounts(footprint.taskRunCounts())
        && footprint.tasks().stream().allMatch(task -> isCreated(task.executionId()));
  }

  private boolean isCreated(Object id) {
    return footprint.created().contains(id);
  }

  /** The executions that are touched, also by their task runs. */
  private Set<ExecutionId> executions() {
    Set<ExecutionId> executions = new TreeSet<>(footprint.executions());
    executions.addAll(remembered.owners(footprint.taskRuns()));
    return executions;
  }

  /**
   * Whether the verdict on a change set stands when the {@link #checks} and the writes find what
   * they expect.
   */
  boolean cover(ChangeSet changes, Verdict verdict) {
    return verdict instanceof Verdict.Accepted accepted
        && areWritten(changes.changes(), accepted.result().outcomes())
        && accepted.effects().stream().noneMatch(this::dependsOnLiveAttempt);
  }

  /**
   * Whether each change writes something, which then finds out whether it was right to; one that
   * settles an execution does so also where it changes nothing.
   */
  private static boolean areWritten(List<Change> changes, List<Outcome> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      if (!outcomes.get(i).changed() && !(changes.get(i) instanceof Change.SettleExecution)) {
        return false;
      }
    }
    return true;
  }

  /** The one move of a task run that goes by an attempt which is live and stays as it is. */
  private boolean dependsOnLiveAttempt(Effect effect) {
    return effect instanceof Effect.TaskRunMoved move
        && move.to() == TaskRunState.RUNNING
        && remembered.hasLiveAttempt(move.after().id());
  }

  private Rows taskRunCounts() {
    Rows taskRunCounts = WriteStatement.CHECK_TASK_RUN_COUNTS.rows();
    for (ExecutionId id : footprint.settled()) {
      TaskRunCounts counts = remembered.counts(id);
      if (counts != null) {
        taskRunCounts.add(id.value(), counts.live(), counts.ended());
      }
    }
    return taskRunCounts;
  }

  private Rows taskRuns() {
    Rows taskRuns = WriteStatement.CHECK_TASK_RUN.rows();
    for (TaskRunId id : footprint.dependedOn()) {
      TaskRunHead taskRun = remembered.taskRun(id);
      if (taskRun != null) {
        taskRuns.add(
            id.value(),
            taskRun.state().name(),
            taskRun.version(),
            taskRun.lastAttempt(),
            taskRun.lastAttemptState() == null ? null : taskRun.lastAttemptState().name());
      }
    }
    return taskRuns;
  }

  /** What is to be looked at before anything is written; executions, which are locked, first. */
  List<Rows> checks() {
    Rows workflows = WriteStatement.CHECK_WORKFLOW.rows();
    for (WorkflowId id : footprint.newestRevisions()) {
      WorkflowHead workflow = remembered.workflow(id);
      if (workflow != null) {
        workflows.add(id.value(), workflow.revision());
      }
    }
    Rows executions = WriteStatement.CHECK_EXECUTION.rows();
    for (ExecutionId id : executions()) {
      ExecutionHead execution = remembered.execution(id);
      if (execution != null) {
        executions.add(id.value(), execution.version(), execution.state().name());
      }
    }
    return List.of(workflows, executions, taskRunCounts(), taskRuns());
  }
}
