package dev.waymark.core.internal.decide;

import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The records that change sets touch, each kind in a fixed order: what must be loaded, and on a
 * database with row locks locked, before they can be decided.
 *
 * @param commits commit ids
 * @param workflows workflows that are saved or run
 * @param savedWorkflows those of them that are saved; the others are only looked at
 * @param newestRevisions those of them whose newest revision is run
 * @param executions executions that are named; those of the task runs are to be loaded too
 * @param taskRuns task runs that are named
 * @param tasks tasks for which a task run is created
 * @param taskRunCounts executions whose task run counts are needed
 * @param clocked task runs whose lease state must be read at this moment
 * @param dependedOn task runs whose state a change depends on without changing it
 * @param madeReady task runs that are made ready; it matters whether they are so already
 * @param settled executions of which it matters how many task runs have not ended at this moment
 * @param bounded workflows whose number of executions in progress must be read at this moment
 * @param workers names of workers that are recorded; only the database knows their state
 * @param pools names of pools that are set
 * @param created executions and task runs that are created; as a rule they do not exist yet
 */
public record Footprint(
    Set<CommitId> commits,
    Set<WorkflowId> workflows,
    Set<WorkflowId> savedWorkflows,
    Set<WorkflowId> newestRevisions,
    Set<ExecutionId> executions,
    Set<TaskRunId> taskRuns,
    Set<TaskKey> tasks,
    Set<ExecutionId> taskRunCounts,
    Set<TaskRunId> clocked,
    Set<TaskRunId> dependedOn,
    Set<TaskRunId> madeReady,
    Set<ExecutionId> settled,
    Set<WorkflowId> bounded,
    Set<String> workers,
    Set<String> pools,
    Set<Object> created) {

  /** Nothing yet. */
  public Footprint() {
    this(
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(Comparator.comparing(TaskKey::executionId).thenComparing(TaskKey::taskId)),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new HashSet<>());
  }

  /** Whether something must be read from the database, even if the cache has it. */
  public boolean mustQuery() {
    return !clocked.isEmpty() || !workers.isEmpty() || !bounded.isEmpty() || !pools.isEmpty();
  }

  /** Whether a record is changed that belongs to no execution; other groups may change it too. */
  public boolean areShared() {
    return !savedWorkflows.isEmpty() || !workers.isEmpty() || !pools.isEmpty();
  }

  /** Adds a task run that is about to be claimed. */
  public void add(TaskRunId claimed) {
    taskRuns.add(claimed);
  }

  /** Adds what a change set touches. */
  public void add(ChangeSet changes) {
    commits.add(changes.id());
    changes.changes().forEach(this::add);
  }

  private void add(Change change) {
    if (change instanceof Change.SaveWorkflow save) {
      workflows.add(save.workflow().id());
      savedWorkflows.add(save.workflow().id());
    } else if (change instanceof Change.CreateExecution create) {
      workflows.add(create.execution().workflowId());
      if (create.execution().workflowRevision() == null) {
        newestRevisions.add(create.execution().workflowId());
      }
      executions.add(create.execution().id());
      created.add(create.execution().id());
    } else if (change instanceof Change.UpdateExecution update) {
      executions.add(update.id());
      if (update.to().isTerminal()) {
        taskRunCounts.add(update.id());
      }
    } else if (change instanceof Change.CreateTaskRun create) {
      ExecutionId execution = create.taskRun().executionId();
      executions.add(execution);
      taskRunCounts.add(execution);
      taskRuns.add(create.taskRun().id());
      created.add(create.taskRun().id());
      tasks.add(new TaskKey(execution, create.taskRun().taskId()));
    } else if (change instanceof Change.UpdateTaskRun update) {
      taskRuns.add(update.id());
    } else if (change instanceof Change.RecordAttempt record) {
      taskRuns.add(record.taskRunId());
    } else if (change instanceof Change.UpdateAttempt update) {
      taskRuns.add(update.id().taskRunId());
    } else if (change instanceof Change.LoseAttempt lose) {
      taskRuns.add(lose.id().taskRunId());
      clocked.add(lose.id().taskRunId());
    } else if (change instanceof Change.RenewLease renew) {
      taskRuns.add(renew.id().taskRunId());
    } else if (change instanceof Change.ReadyTaskRun toReady) {
      taskRuns.add(toReady.id());
      dependedOn.add(toReady.id());
      madeReady.add(toReady.id());
    } else if (change instanceof Change.SettleExecution settle) {
      executions.add(settle.id());
      taskRunCounts.add(settle.id());
      settled.add(settle.id());
    } else if (change instanceof Change.MarkDue due) {
      executions.add(due.id());
    } else if (change instanceof Change.ClearDue notDue) {
      executions.add(notDue.id());
    } else if (change instanceof Change.SetOutputs outputs) {
      taskRuns.add(outputs.id());
      dependedOn.add(outputs.id());
    } else if (change instanceof Change.AppendLog append) {
      taskRuns.add(append.id().taskRunId());
      dependedOn.add(append.id().taskRunId());
    } else if (change instanceof Change.DeleteLogs delete) {
      executions.add(delete.id());
    } else if (change instanceof Change.AdmitExecution admit) {
      executions.add(admit.id());
      workflows.add(admit.workflow());
      savedWorkflows.add(admit.workflow()); // Its lock is that of the number of its executions.
      bounded.add(admit.workflow());
    } else if (change instanceof Change.KeepWorker keep) {
      workers.add(keep.name());
    } else if (change instanceof Change.RetireWorker retire) {
      workers.add(retire.name());
    } else if (change instanceof Change.SetPool set) {
      pools.add(set.name());
    }
  }
}
