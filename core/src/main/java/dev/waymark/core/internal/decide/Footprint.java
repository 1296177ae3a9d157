package dev.waymark.core.internal.decide;

import dev.waymark.core.internal.submit.ChangeVisitor;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.Change;
import dev.waymark.core.store.ChangeSet;
import dev.waymark.core.store.DeleteChange;
import dev.waymark.core.store.LogChange;
import dev.waymark.core.store.NewExecution;
import dev.waymark.core.store.SignalChange;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The records that change sets touch, each kind in a fixed order. They must be loaded before the
 * change sets can be decided. On a database with row locks they must also be locked.
 *
 * @param commits commit ids
 * @param workflows workflows that are saved or run
 * @param savedWorkflows those of them that are saved; the others are only read
 * @param newestRevisions those of them whose newest revision is run
 * @param executions executions that are named; the executions of the task runs must be loaded too
 * @param taskRuns task runs that are named
 * @param tasks tasks for which a task run is created
 * @param taskRunCounts executions whose task run counts are needed
 * @param clocked task runs whose lease state must be read at this moment
 * @param dependedOn task runs whose state a change depends on without changing it
 * @param madeReady task runs that are made ready; the decision depends on whether they already are
 * @param ended executions that may end; if they are children, their parents must be loaded too, and
 *     the task runs that wait for them
 * @param settled executions for which the number of task runs that have not ended must be read at
 *     this moment
 * @param bounded workflows whose number of executions in progress must be read at this moment
 * @param workers names of workers that are recorded; only the database knows their state
 * @param pools names of pools that are set
 * @param labelled executions whose labels are changed
 * @param continued executions whose signals that are kept must be read
 * @param deleted executions that are deleted; their children must be read, and their ready task
 *     runs must be locked
 * @param deletedWorkflows workflows that are deleted; their executions must be counted
 * @param signals what must be read of signals
 * @param created executions and task runs that are created; usually they do not exist yet
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
    Set<ExecutionId> ended,
    Set<ExecutionId> settled,
    Set<WorkflowId> bounded,
    Set<String> workers,
    Set<String> pools,
    Set<ExecutionId> labelled,
    Set<ExecutionId> continued,
    Set<ExecutionId> deleted,
    Set<WorkflowId> deletedWorkflows,
    SignalFootprint signals,
    Set<Object> created) {

  /** An empty footprint. */
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
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new TreeSet<>(),
        new SignalFootprint(),
        new HashSet<>());
  }

  /** Whether something must be read from the database, even if the cache has it. */
  public boolean mustQuery() {
    return !clocked.isEmpty()
        || !workers.isEmpty()
        || !bounded.isEmpty()
        || !pools.isEmpty()
        || !labelled.isEmpty()
        || !continued.isEmpty()
        || !deleted.isEmpty()
        || !deletedWorkflows.isEmpty()
        || !signals.isEmpty();
  }

  /**
   * The executions that may end and are children in this ledger, with the names of waits for them.
   */
  public Map<ExecutionId, String> endedChildren(Ledger ledger) {
    Map<ExecutionId, String> children = new TreeMap<>();
    for (ExecutionId id : ended) {
      ExecutionHead head = ledger.execution(id);
      if (head != null && head.parent() != null) {
        children.put(id, SignalWait.forChild(id));
      }
    }
    return children;
  }

  /** Whether a record is changed that belongs to no execution. Other groups may change it too. */
  public boolean areShared() {
    return !savedWorkflows.isEmpty() || !workers.isEmpty() || !pools.isEmpty();
  }

  /** Adds a task run that a claim is about to take. */
  public void add(TaskRunId claimed) {
    taskRuns.add(claimed);
  }

  /** Adds what a change set touches. */
  public void add(ChangeSet changes) {
    commits.add(changes.id());
    changes.changes().forEach(new Collector()::handle);
  }

  /** Adds what a change touches, by its kind. */
  private final class Collector implements ChangeVisitor {
    @Override
    public void visit(Change.SaveWorkflow change) {
      workflows.add(change.workflow().id());
      savedWorkflows.add(change.workflow().id());
    }

    @Override
    public void visit(Change.CreateExecution change) {
      create(change.execution());
      NewExecution.ParentTask parent = change.execution().parent();
      if (parent != null) {
        taskRuns.add(parent.taskRunId());
        dependedOn.add(parent.taskRunId());
      }
    }

    @Override
    public void visit(Change.UpdateExecution change) {
      executions.add(change.id());
      if (change.to().isTerminal()) {
        taskRunCounts.add(change.id());
        ended.add(change.id());
      }
    }

    private void create(NewExecution execution) {
      workflows.add(execution.workflowId());
      if (execution.workflowRevision() == null) {
        newestRevisions.add(execution.workflowId());
      }
      executions.add(execution.id());
      created.add(execution.id());
    }

    @Override
    public void visit(Change.ContinueExecution change) {
      executions.add(change.id());
      taskRunCounts.add(change.id());
      ended.add(change.id());
      continued.add(change.id());
      create(change.next());
    }

    @Override
    public void visit(Change.AdmitExecution change) {
      executions.add(change.id());
      workflows.add(change.workflow());
      savedWorkflows.add(change.workflow()); // Its lock protects the number of executions.
      bounded.add(change.workflow());
    }

    @Override
    public void visit(Change.CreateTaskRun change) {
      ExecutionId execution = change.taskRun().executionId();
      executions.add(execution);
      taskRunCounts.add(execution);
      taskRuns.add(change.taskRun().id());
      created.add(change.taskRun().id());
      tasks.add(new TaskKey(execution, change.taskRun().taskId()));
    }

    @Override
    public void visit(Change.UpdateTaskRun change) {
      taskRuns.add(change.id());
    }

    @Override
    public void visit(Change.RecordAttempt change) {
      taskRuns.add(change.taskRunId());
    }

    @Override
    public void visit(Change.UpdateAttempt change) {
      taskRuns.add(change.id().taskRunId());
    }

    @Override
    public void visit(Change.LoseAttempt change) {
      taskRuns.add(change.id().taskRunId());
      clocked.add(change.id().taskRunId());
    }

    @Override
    public void visit(Change.RenewLease change) {
      taskRuns.add(change.id().taskRunId());
    }

    @Override
    public void visit(Change.ReadyTaskRun change) {
      taskRuns.add(change.id());
      dependedOn.add(change.id());
      madeReady.add(change.id());
    }

    @Override
    public void visit(Change.SettleExecution change) {
      executions.add(change.id());
      taskRunCounts.add(change.id());
      settled.add(change.id());
    }

    @Override
    public void visit(Change.MarkDue change) {
      executions.add(change.id());
    }

    @Override
    public void visit(Change.ClearDue change) {
      executions.add(change.id());
    }

    @Override
    public void visit(Change.SetPayload change) {
      if (change.ref() instanceof PayloadRef.OfExecution ofExecution) {
        executions.add(ofExecution.id());
      } else {
        TaskRunId taskRun = taskRun(change.ref());
        taskRuns.add(taskRun);
        dependedOn.add(taskRun);
      }
    }

    /** The task run of a payload that does not belong to an execution. */
    private static TaskRunId taskRun(PayloadRef ref) {
      return ref instanceof PayloadRef.OfTaskRun ofTaskRun
          ? ofTaskRun.id()
          : ((PayloadRef.OfAttempt) ref).id().taskRunId();
    }

    @Override
    public void visit(Change.SetLabels change) {
      executions.add(change.id());
      labelled.add(change.id());
    }

    @Override
    public void visit(SignalChange.Send change) {
      executions.add(change.id());
      signals.add(change);
    }

    @Override
    public void visit(SignalChange.Await change) {
      taskRuns.add(change.id());
      madeReady.add(change.id());
      signals.add(change);
    }

    @Override
    public void visit(SignalChange.AwaitChild change) {
      executions.add(change.child());
      taskRuns.add(change.id());
      madeReady.add(change.id());
    }

    @Override
    public void visit(LogChange.Append change) {
      taskRuns.add(change.id().taskRunId());
      dependedOn.add(change.id().taskRunId());
    }

    @Override
    public void visit(LogChange.Delete change) {
      executions.add(change.id());
    }

    @Override
    public void visit(DeleteChange.DeleteExecution change) {
      executions.add(change.id());
      deleted.add(change.id());
    }

    @Override
    public void visit(DeleteChange.DeleteWorkflow change) {
      workflows.add(change.id());
      savedWorkflows.add(change.id());
      deletedWorkflows.add(change.id());
    }

    @Override
    public void visit(Change.KeepWorker change) {
      workers.add(change.name());
    }

    @Override
    public void visit(Change.RetireWorker change) {
      workers.add(change.name());
    }

    @Override
    public void visit(Change.SetPool change) {
      pools.add(change.name());
    }
  }
}
