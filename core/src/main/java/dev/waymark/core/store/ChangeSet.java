package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.CommitId;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Ids;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Changes that become durable together or not at all.
 *
 * <p>Changes take effect in their order. Each change applies to the result of the changes before
 * it. Every reader sees either none or all of them. A change set may change a record several times.
 * The store checks each move against the table of moves and records it in the history.
 *
 * <p>The end of an attempt, of its task run and of its execution as one commit:
 *
 * <pre>{@code
 * ChangeSet changes =
 *     ChangeSet.builder()
 *         .updateAttempt(attempt, AttemptState.SUCCEEDED, 0)
 *         .updateTaskRun(attempt, TaskRunState.SUCCEEDED)
 *         .updateExecution(execution, ExecutionState.SUCCEEDED)
 *         .build();
 * store.commit(changes);
 * }</pre>
 *
 * @param id the idempotency key: a repeated commit with the same id takes effect once and returns
 *     the same result
 * @param changes the changes, at least one
 * @since 0.1.0
 */
public record ChangeSet(CommitId id, List<Change> changes) {

  /**
   * Keeps an unmodifiable copy of the changes.
   *
   * @throws InvalidInputException when there is none
   */
  public ChangeSet {
    changes = List.copyOf(changes);
    if (changes.isEmpty()) {
      throw new InvalidInputException("change set " + id + " is empty; add at least one change");
    }
  }

  /** Begins a change set with a commit id of the caller. The caller can then repeat the commit. */
  public static Builder builder(CommitId id) {
    return new Builder(id);
  }

  /** Begins a change set with a generated commit id. */
  public static Builder builder() {
    return new Builder(SystemIds.IDS.commitId());
  }

  /** Collects changes in order. Not thread-safe. */
  public static final class Builder {
    private final CommitId id;
    private final List<Change> changes = new ArrayList<>();

    private Builder(CommitId id) {
      this.id = id;
    }

    /** Adds any change. */
    public Builder add(Change change) {
      changes.add(change);
      return this;
    }

    /** Saves a workflow, as {@link Change.SaveWorkflow}. */
    public Builder saveWorkflow(NewWorkflow workflow) {
      return add(new Change.SaveWorkflow(workflow));
    }

    /** Creates an execution, as {@link Change.CreateExecution}. */
    public Builder createExecution(NewExecution execution) {
      return add(new Change.CreateExecution(execution));
    }

    /** Moves an execution, at any version, as {@link Change.UpdateExecution}. */
    public Builder updateExecution(ExecutionId execution, ExecutionState to) {
      return add(new Change.UpdateExecution(execution, to, null, null));
    }

    /** Moves an execution if it has this version, as {@link Change.UpdateExecution}. */
    public Builder updateExecution(ExecutionId execution, ExecutionState to, long expectedVersion) {
      return add(new Change.UpdateExecution(execution, to, expectedVersion, null));
    }

    /** Moves an execution, at any version, with an error, as {@link Change.UpdateExecution}. */
    public Builder updateExecution(ExecutionId execution, ExecutionState to, String error) {
      return add(new Change.UpdateExecution(execution, to, null, error));
    }

    /** Creates a task run, as {@link Change.CreateTaskRun}. */
    public Builder createTaskRun(NewTaskRun taskRun) {
      return add(new Change.CreateTaskRun(taskRun));
    }

    /** Moves a task run, at any version, as {@link Change.UpdateTaskRun}. */
    public Builder updateTaskRun(TaskRunId taskRun, TaskRunState to) {
      return add(new Change.UpdateTaskRun(taskRun, to, null, null));
    }

    /** Moves a task run if it has this version, as {@link Change.UpdateTaskRun}. */
    public Builder updateTaskRun(TaskRunId taskRun, TaskRunState to, long expectedVersion) {
      return add(new Change.UpdateTaskRun(taskRun, to, expectedVersion, null));
    }

    /**
     * Moves the task run of an attempt if no newer attempt exists, as {@link Change.UpdateTaskRun}.
     * The number of the attempt is the fencing token.
     */
    public Builder updateTaskRun(AttemptId attempt, TaskRunState to) {
      return add(new Change.UpdateTaskRun(attempt.taskRunId(), to, null, attempt.number()));
    }

    /** Records a new attempt, as {@link Change.RecordAttempt}. */
    public Builder recordAttempt(TaskRunId taskRun, String worker) {
      return add(new Change.RecordAttempt(taskRun, worker));
    }

    /** Moves an attempt, as {@link Change.UpdateAttempt}. */
    public Builder updateAttempt(AttemptId attempt, AttemptState to) {
      return add(new Change.UpdateAttempt(attempt, to, null, null));
    }

    /** Moves an attempt with an exit code, as {@link Change.UpdateAttempt}. */
    public Builder updateAttempt(AttemptId attempt, AttemptState to, int exitCode) {
      return add(new Change.UpdateAttempt(attempt, to, exitCode, null));
    }

    /** Moves an attempt with an error, as {@link Change.UpdateAttempt}. */
    public Builder updateAttempt(AttemptId attempt, AttemptState to, String error) {
      return add(new Change.UpdateAttempt(attempt, to, null, error));
    }

    /** Moves an attempt with an exit code and an error, as {@link Change.UpdateAttempt}. */
    public Builder updateAttempt(AttemptId attempt, AttemptState to, int exitCode, String error) {
      return add(new Change.UpdateAttempt(attempt, to, exitCode, error));
    }

    /** Moves an attempt whose lease has expired to LOST, as {@link Change.LoseAttempt}. */
    public Builder loseAttempt(AttemptId attempt) {
      return add(new Change.LoseAttempt(attempt, null));
    }

    /** Does the same with an error. */
    public Builder loseAttempt(AttemptId attempt, String error) {
      return add(new Change.LoseAttempt(attempt, error));
    }

    /**
     * Renews a lease, as {@link Change.RenewLease}. The store refuses the whole change set when the
     * attempt is not live. Use it when the other changes belong to that attempt.
     */
    public Builder renewLease(AttemptId attempt, Duration lease) {
      return add(new Change.RenewLease(attempt, lease));
    }

    /**
     * Renews a lease if the attempt is live, as {@link Change.RenewLease}. The outcome says whether
     * the lease was renewed. The other changes do not depend on it. Use it to renew many leases
     * with one commit.
     */
    public Builder renewLeaseIfLive(AttemptId attempt, Duration lease) {
      return add(new Change.RenewLease(attempt, lease, true));
    }

    /**
     * Makes a task run ready, as {@link Change.ReadyTaskRun}, without a delay and in the default
     * pool.
     */
    public Builder readyTaskRun(TaskRunId taskRun) {
      return readyTaskRun(taskRun, ClaimRequest.DEFAULT_POOL, 0, Duration.ZERO);
    }

    /** Makes a task run ready, at any version, as {@link Change.ReadyTaskRun}. */
    public Builder readyTaskRun(TaskRunId taskRun, String pool, int priority, Duration delay) {
      return add(new Change.ReadyTaskRun(taskRun, null, pool, priority, delay));
    }

    /** Sets labels of an execution and keeps the others, as {@link Change.SetLabels}. */
    public Builder setLabels(ExecutionId execution, Map<String, String> labels) {
      return add(new Change.SetLabels(execution, labels, Set.of()));
    }

    /** Removes labels of an execution, as {@link Change.SetLabels}. */
    public Builder removeLabels(ExecutionId execution, String... names) {
      return add(new Change.SetLabels(execution, Map.of(), Set.of(names)));
    }

    /** Sends a signal, as {@link SignalChange.Send}. */
    public Builder signal(
        ExecutionId execution, String name, @Nullable Payload payload, @Nullable String key) {
      return add(new SignalChange.Send(execution, name, payload, key));
    }

    /**
     * Lets a task run wait for a signal, as {@link SignalChange.Await}, and makes it ready in the
     * default pool afterwards. A null time-out waits without an end.
     */
    public Builder awaitSignal(TaskRunId taskRun, String name, @Nullable Duration timeout) {
      String pool = ClaimRequest.DEFAULT_POOL;
      return add(new SignalChange.Await(taskRun, null, name, pool, 0, timeout));
    }

    /** The same, refused when the task run has a newer attempt or the attempt is LOST. */
    public Builder awaitSignal(AttemptId attempt, String name, @Nullable Duration timeout) {
      String pool = ClaimRequest.DEFAULT_POOL;
      return add(
          new SignalChange.Await(attempt.taskRunId(), attempt.number(), name, pool, 0, timeout));
    }

    /**
     * Lets a task run wait for the end of a child, as {@link SignalChange.AwaitChild}, and makes it
     * ready in the default pool afterwards. A null time-out waits without an end.
     */
    public Builder awaitChild(TaskRunId taskRun, ExecutionId child, @Nullable Duration timeout) {
      String pool = ClaimRequest.DEFAULT_POOL;
      return add(new SignalChange.AwaitChild(taskRun, null, child, pool, 0, timeout));
    }

    /** The same, refused when the task run has a newer attempt or the attempt is LOST. */
    public Builder awaitChild(AttemptId attempt, ExecutionId child, @Nullable Duration timeout) {
      String pool = ClaimRequest.DEFAULT_POOL;
      TaskRunId taskRun = attempt.taskRunId();
      return add(new SignalChange.AwaitChild(taskRun, attempt.number(), child, pool, 0, timeout));
    }

    /** Ends an execution and continues it as another one, as {@link Change.ContinueExecution}. */
    public Builder continueExecution(ExecutionId execution, NewExecution next) {
      return add(new Change.ContinueExecution(execution, next));
    }

    /** Starts an execution if the limit allows it, as {@link Change.AdmitExecution}. */
    public Builder admitExecution(ExecutionId execution, WorkflowId workflow, int most) {
      return add(new Change.AdmitExecution(execution, workflow, most, ExecutionState.PENDING));
    }

    /** Resumes a PAUSED execution if the limit allows it, as {@link Change.AdmitExecution}. */
    public Builder resumeExecution(ExecutionId execution, WorkflowId workflow, int most) {
      return add(new Change.AdmitExecution(execution, workflow, most, ExecutionState.PAUSED));
    }

    /**
     * Says that an execution is settled, as {@link Change.SettleExecution}. The snapshot includes
     * the changes before this one.
     */
    public Builder settleExecution(ExecutionId execution, Standing standing) {
      return add(new Change.SettleExecution(execution, standing));
    }

    /** Marks an execution as due, as {@link Change.MarkDue}. */
    public Builder markDue(ExecutionId execution, DueReason reason, Duration delay) {
      return add(new Change.MarkDue(execution, reason, delay));
    }

    /** Removes the due mark of an execution, as {@link Change.ClearDue}. */
    public Builder clearDue(ExecutionId execution, DueReason reason) {
      return add(new Change.ClearDue(execution, reason));
    }

    /**
     * Sets the result of a task run to names and values, as {@link Change.SetPayload} of {@link
     * Payload#ofTexts}.
     */
    public Builder setOutputs(TaskRunId taskRun, Map<String, String> outputs) {
      return setResult(taskRun, Payload.ofTexts(outputs));
    }

    /** The same, refused when the task run has a newer attempt or the attempt is LOST. */
    public Builder setOutputs(AttemptId attempt, Map<String, String> outputs) {
      return setResult(attempt, Payload.ofTexts(outputs));
    }

    /** Sets the result of an execution, as {@link Change.SetPayload}. */
    public Builder setResult(ExecutionId execution, Payload result) {
      return add(new Change.SetPayload(PayloadRef.resultOf(execution), null, result));
    }

    /** Sets the result of a task run, as {@link Change.SetPayload}. */
    public Builder setResult(TaskRunId taskRun, Payload result) {
      return add(new Change.SetPayload(PayloadRef.resultOf(taskRun), null, result));
    }

    /**
     * Sets the result of the task run of an attempt, as {@link Change.SetPayload}; refused when the
     * task run has a newer attempt or the attempt is LOST.
     */
    public Builder setResult(AttemptId attempt, Payload result) {
      PayloadRef ref = PayloadRef.resultOf(attempt.taskRunId());
      return add(new Change.SetPayload(ref, attempt.number(), result));
    }

    /** Sets the details of a live attempt, as {@link Change.SetPayload}. */
    public Builder setDetails(AttemptId attempt, Payload details) {
      return add(new Change.SetPayload(PayloadRef.detailsOf(attempt), null, details));
    }

    /** Appends to the log of an attempt, as {@link LogChange.Append}. */
    public Builder appendLog(AttemptId attempt, long position, byte[] bytes) {
      return add(new LogChange.Append(attempt, position, bytes));
    }

    /** Deletes the logs of an execution that has ended, as {@link LogChange.Delete}. */
    public Builder deleteLogs(ExecutionId execution) {
      return add(new LogChange.Delete(execution));
    }

    /** Deletes an execution that has ended, as {@link DeleteChange.DeleteExecution}. */
    public Builder deleteExecution(ExecutionId execution) {
      return add(new DeleteChange.DeleteExecution(execution));
    }

    /** Deletes a workflow without executions, as {@link DeleteChange.DeleteWorkflow}. */
    public Builder deleteWorkflow(WorkflowId workflow) {
      return add(new DeleteChange.DeleteWorkflow(workflow));
    }

    /** Records a worker as alive, as {@link Change.KeepWorker}. */
    public Builder keepWorker(String name, UUID life, Duration lease, Map<String, String> info) {
      return add(new Change.KeepWorker(name, life, lease, info));
    }

    /** Records a worker as stopped, as {@link Change.RetireWorker}. */
    public Builder retireWorker(String name, UUID life) {
      return add(new Change.RetireWorker(name, life));
    }

    /** Sets or removes the limit of a pool, as {@link Change.SetPool}. */
    public Builder setPool(String name, @Nullable Integer slots) {
      return add(new Change.SetPool(name, slots));
    }

    /** Whether the change set has no changes yet. */
    public boolean isEmpty() {
      return changes.isEmpty();
    }

    /**
     * Builds the change set.
     *
     * @throws InvalidInputException when no change was added
     */
    public ChangeSet build() {
      return new ChangeSet(id, changes);
    }
  }

  /** Created on first use, so that programs that supply their own ids do not pay for it. */
  private static final class SystemIds {
    static final Ids IDS = Ids.system();
  }
}
