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
 * The preconditions of a group that is decided from the cache although other writers may have
 * written since. They are checked in the transaction that writes, which succeeds only when all of
 * them hold:
 *
 * <ul>
 *   <li>an execution, which decides whether anything in it may start or be added, is locked and has
 *       the cached version and state. Every writer of a record of an execution locks the execution;
 *   <li>a task run that changes has the cached version, state and newest attempt, and an attempt
 *       that changes has the cached state. An attempt that has ended never changes;
 *   <li>an execution that ends has no live task run: the database always enforces this;
 *   <li>an execution that is settled has the cached numbers of live task runs and ends;
 *   <li>a task run on which a change depends without changing it has the cached version, state and
 *       newest attempt, and that attempt has the cached state;
 *   <li>a created record did not exist, which its key enforces;
 *   <li>a workflow of which the newest revision is run has no newer one.
 * </ul>
 *
 * The version alone would be enough, but a server may lose commits at a failover to a replica. Then
 * other writers may have created the same version again. Other facts on which a group might depend
 * are not worth a separate check; they are loaded.
 */
final class Preconditions {
  private final Footprint footprint;
  private final Ledger cached;

  Preconditions(Footprint footprint, Ledger cached) {
    this.footprint = footprint;
    this.cached = cached;
  }

  /** Whether the cache has everything that the decision needs, and all of it can be checked. */
  boolean areKnown() {
    return footprint.savedWorkflows().isEmpty()
        && footprint.endedChildren(cached).isEmpty()
        && footprint.workflows().stream().allMatch(id -> cached.workflow(id) != null)
        && footprint.taskRuns().stream().allMatch(id -> isCreated(id) || cached.taskRun(id) != null)
        && executions().stream().allMatch(id -> isCreated(id) || cached.execution(id) != null)
        && cached.hasTaskRunCounts(footprint.taskRunCounts())
        && footprint.tasks().stream().allMatch(task -> isCreated(task.executionId()));
  }

  private boolean isCreated(Object id) {
    return footprint.created().contains(id);
  }

  /** The executions that are touched, also by their task runs. */
  private Set<ExecutionId> executions() {
    Set<ExecutionId> executions = new TreeSet<>(footprint.executions());
    executions.addAll(cached.owners(footprint.taskRuns()));
    return executions;
  }

  /**
   * Whether the verdict on a change set is valid when the {@link #checks} and the writes find what
   * they expect.
   */
  boolean cover(ChangeSet changes, Verdict verdict) {
    return verdict instanceof Verdict.Accepted accepted
        && areWritten(changes.changes(), accepted.result().outcomes())
        && accepted.effects().stream().noneMatch(this::dependsOnLiveAttempt);
  }

  /**
   * Whether each change writes something; the write then detects a wrong assumption. A change that
   * settles an execution writes also when it changes nothing.
   */
  private static boolean areWritten(List<Change> changes, List<Outcome> outcomes) {
    for (int i = 0; i < outcomes.size(); i++) {
      if (!outcomes.get(i).changed() && !(changes.get(i) instanceof Change.SettleExecution)) {
        return false;
      }
    }
    return true;
  }

  /** The only move of a task run that depends on a live attempt without changing it. */
  private boolean dependsOnLiveAttempt(Effect effect) {
    return effect instanceof Effect.TaskRunMoved move
        && move.to() == TaskRunState.RUNNING
        && cached.hasLiveAttempt(move.after().id());
  }

  private Rows taskRunCounts() {
    Rows taskRunCounts = WriteStatement.CHECK_TASK_RUN_COUNTS.rows();
    for (ExecutionId id : footprint.settled()) {
      TaskRunCounts counts = cached.counts(id);
      if (counts != null) {
        taskRunCounts.add(id.value(), counts.live(), counts.ended());
      }
    }
    return taskRunCounts;
  }

  private Rows taskRuns() {
    Rows taskRuns = WriteStatement.CHECK_TASK_RUN.rows();
    for (TaskRunId id : footprint.dependedOn()) {
      TaskRunHead taskRun = cached.taskRun(id);
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

  /** The checks before anything is written; executions, which are locked, come first. */
  List<Rows> checks() {
    Rows workflows = WriteStatement.CHECK_WORKFLOW.rows();
    for (WorkflowId id : footprint.newestRevisions()) {
      WorkflowHead workflow = cached.workflow(id);
      if (workflow != null) {
        workflows.add(id.value(), workflow.revision());
      }
    }
    Rows executions = WriteStatement.CHECK_EXECUTION.rows();
    for (ExecutionId id : executions()) {
      ExecutionHead execution = cached.execution(id);
      if (execution != null) {
        executions.add(id.value(), execution.version(), execution.state().name());
      }
    }
    return List.of(workflows, executions, taskRunCounts(), taskRuns());
  }
}
