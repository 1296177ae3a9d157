package dev.waymark.core.store;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Transition;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.query.Page;
import dev.waymark.core.query.PageRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A durable store for the state of workflows, executions, task runs and attempts.
 *
 * <p>Two methods write: {@link #commit} commits a change set, and {@link #claim} claims task runs
 * for a worker. The named single-record methods, such as {@link #createExecution}, each commit a
 * change set of one change. When a write returns, it is durable: it survives {@code kill -9} and
 * loss of power. When a write throws, it stored nothing, except as {@link
 * dev.waymark.core.error.StoreUnavailableException} says. Every read returns data of one snapshot.
 * A snapshot contains each change set completely or not at all, also those of other processes.
 *
 * <p>Every method may throw {@link dev.waymark.core.error.InvalidInputException} for arguments over
 * a limit, and {@link dev.waymark.core.error.StoreUnavailableException} when the database does not
 * respond. A write may throw {@link dev.waymark.core.error.StoreOverloadedException} when too many
 * writes wait already. Implementations are thread-safe.
 *
 * <h2>What a store does not do</h2>
 *
 * <ul>
 *   <li>It does not run or schedule code. It records which task runs are ready; workers claim and
 *       run them.
 *   <li>It does not retry a task run. After a failed attempt, the caller moves the task run to
 *       RETRYING and makes it ready again with a delay ({@link Change.ReadyTaskRun}). The store
 *       repeats only its own database transactions.
 *   <li>It does not end attempts whose lease has expired. {@link #claim} returns them as {@link
 *       Claims#expired()}, and a caller commits {@link Change.LoseAttempt}.
 *   <li>It has no graph of tasks. It does not parse definitions and does not know which task
 *       depends on which.
 *   <li>It does not push results and does not wait for a state. {@link #onReady} says only that
 *       there may be work; callers read records to see results.
 *   <li>It does not order executions. Claims order task runs by priority and by how long they have
 *       been ready, and skip locked ones. An older execution may start or end after a newer one.
 *   <li>It does not delete workflows, executions, task runs, attempts or history. It deletes logs
 *       only through {@link Change.DeleteLogs}.
 * </ul>
 */
public interface StateStore extends AutoCloseable {

  /**
   * Commits a change set atomically: all of its changes become durable, or none.
   *
   * <p>Commits that wait at the same moment may share one transaction (group commit). This affects
   * only speed. A second commit with the same commit id changes nothing and returns the result of
   * the first.
   *
   * @throws RefusedException when the change set conflicts with a record. The type of the exception
   *     and {@link RefusedException#refusals()} say which records, and why
   */
  CommitResult commit(ChangeSet changes);

  /**
   * Commits without blocking. The future completes with the result, or with the error that {@link
   * #commit} would throw. The store decides the change sets of one thread in the order in which the
   * thread submits them. So a change set may depend on an earlier one that is still in flight.
   * Between two stores on one database there is no such order.
   *
   * <p>Dependent stages run on {@link CompletableFuture#defaultExecutor()} and never delay other
   * commits. Cancelling the future does not undo the change set.
   *
   * @throws IllegalStateException when the store is closed
   */
  default CompletableFuture<CommitResult> commitAsync(ChangeSet changes) {
    try {
      return CompletableFuture.completedFuture(commit(changes));
    } catch (WaymarkException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Claims ready task runs for a worker. Order: greatest priority first, and within a priority
   * those first that have been ready longest. For a pool with a limit ({@link Change.SetPool}), the
   * claim takes at most as many task runs as slots are free, also when several workers claim at the
   * same time.
   *
   * <p>Each claimed task run moves to RUNNING, and so does its execution when it is PENDING. Each
   * claimed task run gets a new attempt of this worker, with a lease. All of this is durable when
   * the call returns. The claim skips task runs that another transaction is claiming, and those
   * whose execution another transaction is writing, while there are others to claim. No task run is
   * claimed by two workers. A ready task run that may no longer start is removed from the ready
   * ones.
   *
   * <p>Leases and delays use the clock of the store, not the clocks of workers. The lease starts at
   * a moment after the call began.
   *
   * <p>A call that throws {@link dev.waymark.core.error.StoreUnavailableException} may still have
   * claimed task runs. Their leases then expire.
   */
  Claims claim(ClaimRequest request);

  /**
   * Returns the live attempts that have a lease, expired or not, ordered by task run id.
   *
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<Claims.Leased> leases(int limit);

  /**
   * Returns every pool that has a limit, ready task runs or leases, ordered by name, from one
   * snapshot.
   */
  List<Pool> pools();

  /**
   * Returns every pool of {@link #pools()}, ordered by name, from one snapshot. Each has the leases
   * that hold its slots, the number of task runs that wait for it and the number of workers that
   * serve it.
   */
  List<PoolUse> poolUse();

  /**
   * Returns why an execution, and those of its task runs that have not ended, are not running, from
   * one snapshot. Returns null when no execution has this id. The cost depends on the size of the
   * execution and on the number of live workers, not on the size of the store.
   *
   * <p>The pools that a worker serves, and the executions that it works on, are those that it
   * publishes under {@link Worker#POOLS_INFO} and {@link Worker#EXECUTIONS_INFO}.
   */
  @Nullable Waiting waiting(ExecutionId id);

  /** Returns every worker whose last heartbeat is at most 7 days old, ordered by name. */
  List<Worker> workers();

  /**
   * Returns stalled executions, ordered by id. A stalled execution is PENDING, RUNNING or
   * CANCELLING, it is not due, and none of its task runs is ready or has a lease. Executions of a
   * program that does not use claims are in this condition. For other executions it is the result
   * of an error.
   *
   * @param after the last id of the previous page, or null for the first page
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<ExecutionId> stalled(@Nullable ExecutionId after, int limit);

  /**
   * Calls {@code listener} when a task run may have become ready, or an execution due, through a
   * commit of any process. A call may be superfluous, and a notification may be lost with a
   * connection. So a worker must also poll. The store does not notify when something becomes ready
   * or due after a delay.
   *
   * <p>The listener runs on threads of the store and must return quickly. The store logs what it
   * throws. Close the subscription to end the calls.
   */
  Subscription onReady(Runnable listener);

  /** Returns the latest revision of a workflow, or null when there is no such workflow. */
  @Nullable Workflow workflow(WorkflowId id);

  /** Returns one revision of a workflow, or null when there is no such revision. */
  @Nullable Workflow workflow(WorkflowId id, int revision);

  /** Returns the latest revision of every workflow, ordered by id. */
  Page<Workflow> workflows(PageRequest page);

  /** Returns all revisions of a workflow, oldest first; empty when there is no such workflow. */
  Page<Workflow> workflowHistory(WorkflowId id, PageRequest page);

  /** Returns an execution, or null when there is none with this id. */
  @Nullable Execution execution(ExecutionId id);

  /**
   * Returns an execution with its task runs, their attempts and its history, from one snapshot, or
   * null when there is none with this id.
   */
  @Nullable ExecutionDetails executionDetails(ExecutionId id);

  /**
   * Returns the progress of an execution, without its history, from one snapshot, or null when
   * there is none with this id.
   */
  @Nullable ExecutionProgress executionProgress(ExecutionId id);

  /**
   * Returns the progress of these task runs, from one snapshot. Use it when the caller already has
   * the other task runs of a large execution.
   *
   * @param ids any number of ids; the result omits ids that do not exist
   * @return the task runs, ordered by time of creation, then by id
   */
  List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids);

  /**
   * Returns the executions that match a query, with the total number of matches. They are ordered
   * by time of creation, then by id.
   */
  Page<Execution> executions(ExecutionQuery query);

  /** Returns a task run, or null when there is none with this id. */
  @Nullable TaskRun taskRun(TaskRunId id);

  /**
   * Returns all task runs of an execution, ordered by time of creation, then by id; empty when
   * there is no such execution.
   */
  List<TaskRun> taskRuns(ExecutionId id);

  /** Returns one attempt, or null when there is none with this number. */
  @Nullable Attempt attempt(AttemptId id);

  /**
   * Returns all attempts of a task run, ordered by number; empty when there is no such task run.
   */
  List<Attempt> attempts(TaskRunId id);

  /**
   * Returns part of the log of an attempt. It is empty when the log has nothing after the position,
   * or when there is no such attempt.
   *
   * @param position number of bytes to skip
   * @param maxBytes maximum number of bytes to read, at least 1
   */
  LogPart log(AttemptId id, long position, int maxBytes);

  /**
   * Returns executions that ended before a time and that have logs, ordered by id. Use it to delete
   * old logs (retention).
   *
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit);

  /**
   * Returns the history of an execution, its task runs and their attempts, ordered by {@link
   * Transition#sequence()}; empty when there is no such execution.
   */
  Page<Transition> history(ExecutionId id, PageRequest page);

  /**
   * Returns the ids of this kind that begin with {@code prefix}, in ascending order, at most {@code
   * limit}; empty when no id matches.
   *
   * @param kind a workflow, an execution or a task run; attempts have no ids of their own
   * @param prefix the beginning of an id in its canonical form; hexadecimal digits may be of either
   *     case
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<String> idsStartingWith(RecordKind kind, String prefix, int limit);

  /** Returns the limits that this store enforces. */
  Limits limits();

  /**
   * Waits for calls in flight and releases the resources of the store. Later calls throw {@link
   * IllegalStateException}. A second close does nothing.
   */
  @Override
  void close();

  /** Saves a workflow; {@link Outcome#version()} is its revision. */
  default Outcome saveWorkflow(NewWorkflow workflow) {
    return commitOne(new Change.SaveWorkflow(workflow));
  }

  /** Creates an execution in state PENDING. */
  default Outcome createExecution(NewExecution execution) {
    return commitOne(new Change.CreateExecution(execution));
  }

  /** Moves an execution to another state; its version must be {@code expectedVersion}. */
  default Outcome updateExecution(ExecutionId id, ExecutionState to, long expectedVersion) {
    return commitOne(new Change.UpdateExecution(id, to, expectedVersion, null));
  }

  /** Creates a task run in state PENDING. */
  default Outcome createTaskRun(NewTaskRun taskRun) {
    return commitOne(new Change.CreateTaskRun(taskRun));
  }

  /** Moves a task run to another state; its version must be {@code expectedVersion}. */
  default Outcome updateTaskRun(TaskRunId id, TaskRunState to, long expectedVersion) {
    return commitOne(new Change.UpdateTaskRun(id, to, expectedVersion, null));
  }

  /**
   * Records the next attempt of a task run. The outcome names the attempt; {@link
   * Outcome#version()} is its number.
   */
  default Outcome recordAttempt(TaskRunId id, String worker) {
    return commitOne(new Change.RecordAttempt(id, worker));
  }

  /** Ends an attempt. */
  default Outcome updateAttempt(
      AttemptId id, AttemptState to, @Nullable Integer exitCode, @Nullable String error) {
    return commitOne(new Change.UpdateAttempt(id, to, exitCode, error));
  }

  /**
   * Renews the leases of attempts with one commit (heartbeat). Each renewed lease expires {@code
   * lease} from now, by the clock of the store. The store does not renew the lease of an attempt
   * that has ended, is LOST, has a newer attempt after it, or has no lease. Such an attempt is not
   * changed, and the other leases are still renewed. Stop the work on it and discard its result.
   *
   * @param attempts at most {@link Limits#maxChanges()} attempts; when empty, nothing is written
   * @return one outcome per attempt, in the given order; {@link Outcome#changed()} says whether its
   *     lease was renewed, and {@link Outcome#version()} says why not
   */
  default List<Outcome> renewLeases(Collection<AttemptId> attempts, Duration lease) {
    ChangeSet.Builder changes = ChangeSet.builder();
    attempts.forEach(attempt -> changes.renewLeaseIfLive(attempt, lease));
    return changes.isEmpty() ? List.of() : commit(changes.build()).outcomes();
  }

  private Outcome commitOne(Change change) {
    return commit(ChangeSet.builder().add(change).build()).outcomes().get(0);
  }
}
