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
 * The truth about workflows, executions, task runs and attempts.
 *
 * <p>There is one door for writes, {@link #commit}, and beside it {@link #claim}, by which a worker
 * takes work; the named operations are thin ways through that door, each a change set of one
 * change. When a write returns, it is durable: it survives {@code kill -9} and loss of power. When
 * it throws, nothing of it was stored, except as {@link
 * dev.waymark.core.error.StoreUnavailableException} says. Every read answers from one snapshot,
 * which holds change sets whole or not at all, from whichever process they came.
 *
 * <p>Every method may throw {@link dev.waymark.core.error.InvalidInputException} for arguments over
 * a limit and {@link dev.waymark.core.error.StoreUnavailableException} when the database does not
 * answer. A write may throw {@link dev.waymark.core.error.StoreOverloadedException} when too many
 * wait already. Implementations are thread-safe.
 *
 * <p>A store does not run anything, does not wait for a state, and deletes nothing but logs, and
 * those when it is told to; it has no notion of a definition's format.
 */
public interface StateStore extends AutoCloseable {

  /**
   * Makes a change set durable as a whole, or refuses it as a whole.
   *
   * <p>Commits that wait at the same moment may share one transaction; that shows in nothing but
   * speed. Committing the same commit id again changes nothing and gives the answer of the first
   * time.
   *
   * @throws RefusedException when a record stands against it; its type and {@link
   *     RefusedException#refusals()} say which and why
   */
  CommitResult commit(ChangeSet changes);

  /**
   * Commits without waiting: the answer, or the error that {@link #commit} would throw, comes by
   * the future. Change sets that one thread submits to this store are decided in the order in which
   * it submits them, so one may build upon another that is still on its way; between two stores on
   * one database there is no such order.
   *
   * <p>Stages that depend on the future run where {@link CompletableFuture#defaultExecutor()} says,
   * never in the way of other commits. Cancelling the future does not take the change set back.
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
   * Takes ready task runs for a worker: those with the greatest priority first, and the oldest
   * first within a priority; of a pool that has a bound ({@link Change.SetPool}) no more than there
   * are slots free, however many claim at the same time. Each becomes RUNNING, as does its
   * execution where it was PENDING, and has a new attempt of this worker with a lease; all of that
   * is durable when the call returns. Task runs that others are about to take, or whose execution
   * others are just writing to, are passed over as long as there are more; of two workers none gets
   * what the other has. What may not start any more leaves the ready ones.
   *
   * <p>The times of leases and delays are those of the clock of the store, whatever the clocks of
   * workers say. The lease counts from a moment after the call began.
   *
   * <p>A call that ends with {@link dev.waymark.core.error.StoreUnavailableException} may have
   * taken task runs all the same; their leases will run out.
   */
  Claims claim(ClaimRequest request);

  /**
   * Live attempts that have a lease, ordered by task run id, which may be over or not.
   *
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<Claims.Leased> leases(int limit);

  /**
   * Every pool that has a bound, or of which something is ready or running, ordered by name; from
   * one snapshot.
   */
  List<Pool> pools();

  /**
   * Every pool of {@link #pools()}, ordered by name, with the leases that hold its slots, what
   * waits for it and how many workers serve it; from one snapshot.
   */
  List<PoolUse> poolUse();

  /**
   * Why an execution, and those of its task runs that have not ended, are not running; from one
   * snapshot, or null when there is none with this id. The cost depends on the size of the
   * execution and on how many workers are alive, not on how much else is stored.
   *
   * <p>Which pools a worker serves, and which executions it works on, is what it says of itself
   * under {@link Worker#POOLS_INFO} and {@link Worker#EXECUTIONS_INFO}.
   */
  @Nullable Waiting waiting(ExecutionId id);

  /** Every worker that was noted within the last 7 days, ordered by name. */
  List<Worker> workers();

  /**
   * Executions that go on by nobody's doing: PENDING, RUNNING or CANCELLING, though they are not
   * due and none of their task runs is ready or has a lease. That is so with executions that a
   * program drives which knows nothing of claims, and would be so after a mistake. Ordered by id.
   *
   * @param after the last id of the page before, or null for the first page
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<ExecutionId> stalled(@Nullable ExecutionId after, int limit);

  /**
   * Calls {@code listener} whenever something may have become ready or due, from whichever process,
   * as far as the database tells: a call may be for nothing, and one may be lost with a connection,
   * so a worker also looks by itself from time to time. What becomes so after a delay is not told.
   *
   * <p>Calls come on threads of the store and must be quick; what they throw is logged. Close the
   * result to end them.
   */
  Subscription onReady(Runnable listener);

  /** The latest revision of a workflow, or null when there is no such workflow. */
  @Nullable Workflow workflow(WorkflowId id);

  /** One revision of a workflow, or null when there is no such revision. */
  @Nullable Workflow workflow(WorkflowId id, int revision);

  /** The latest revision of every workflow, ordered by id. */
  Page<Workflow> workflows(PageRequest page);

  /** All revisions of a workflow, the oldest first; empty when there is no such workflow. */
  Page<Workflow> workflowHistory(WorkflowId id, PageRequest page);

  /** An execution, or null when there is none with this id. */
  @Nullable Execution execution(ExecutionId id);

  /**
   * An execution with its task runs, their attempts and its history, from one snapshot; or null
   * when there is none with this id.
   */
  @Nullable ExecutionDetails executionDetails(ExecutionId id);

  /**
   * How far an execution has come, without its history, from one snapshot; or null when there is
   * none with this id.
   */
  @Nullable ExecutionProgress executionProgress(ExecutionId id);

  /**
   * How far these task runs have come, from one snapshot: for one that knows the others of an
   * execution already, of which there may be thousands.
   *
   * @param ids any number of them; those that there are not are left out of the answer
   * @return in order of creation, then by id
   */
  List<ExecutionProgress.Item> taskRunProgress(Collection<TaskRunId> ids);

  /**
   * The executions that a query asks for, with the total of all that match. Ordered by time of
   * creation, then by id.
   */
  Page<Execution> executions(ExecutionQuery query);

  /** A task run, or null when there is none with this id. */
  @Nullable TaskRun taskRun(TaskRunId id);

  /**
   * All task runs of an execution, ordered by time of creation, then by id; empty when there is no
   * such execution.
   */
  List<TaskRun> taskRuns(ExecutionId id);

  /** One attempt, or null when there is none with this number. */
  @Nullable Attempt attempt(AttemptId id);

  /** All attempts of a task run, ordered by number; empty when there is no such task run. */
  List<Attempt> attempts(TaskRunId id);

  /**
   * Part of the log of an attempt; empty when there is nothing from the position on, or no such
   * attempt.
   *
   * @param position how many bytes to pass over
   * @param maxBytes how many bytes to read at the most, at least 1
   */
  LogPart log(AttemptId id, long position, int maxBytes);

  /**
   * Executions that ended before a time and of which there are logs, in the order of their ids: for
   * one who deletes logs that are old.
   *
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<ExecutionId> executionsWithLogs(Instant endedBefore, int limit);

  /**
   * The history of an execution, its task runs and their attempts, in order of {@link
   * Transition#sequence()}; empty when there is no such execution.
   */
  Page<Transition> history(ExecutionId id, PageRequest page);

  /**
   * The ids of this kind that begin with {@code prefix}, in order, at most {@code limit}; none when
   * the prefix fits no id.
   *
   * @param kind a workflow, an execution or a task run; attempts have no ids of their own
   * @param prefix the beginning of an id in its canonical form; hexadecimal digits may be of either
   *     case
   * @param limit from 1 to {@link Limits#maxPageSize()}
   */
  List<String> idsStartingWith(RecordKind kind, String prefix, int limit);

  /** The limits that this store holds its callers to. */
  Limits limits();

  /**
   * Lets running calls end and gives back what the store holds. Further calls throw {@link
   * IllegalStateException}. Closing twice does nothing.
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

  /** Moves an execution that is at {@code expectedVersion}. */
  default Outcome updateExecution(ExecutionId id, ExecutionState to, long expectedVersion) {
    return commitOne(new Change.UpdateExecution(id, to, expectedVersion, null));
  }

  /** Creates a task run in state PENDING. */
  default Outcome createTaskRun(NewTaskRun taskRun) {
    return commitOne(new Change.CreateTaskRun(taskRun));
  }

  /** Moves a task run that is at {@code expectedVersion}. */
  default Outcome updateTaskRun(TaskRunId id, TaskRunState to, long expectedVersion) {
    return commitOne(new Change.UpdateTaskRun(id, to, expectedVersion, null));
  }

  /**
   * Records the next attempt of a task run and returns it with its number; {@link
   * Outcome#version()} is the number.
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
   * Renews the leases of attempts with one commit; each lease that is renewed ends {@code lease}
   * from now, by the clock of the store. An attempt that has ended, is LOST, was followed by
   * another or has no lease is not renewed, is not changed, and does not keep the others from being
   * renewed: stop the work on it and discard its result.
   *
   * @param attempts at most {@link Limits#maxChanges()} attempts; with none, nothing is written
   * @return an outcome for each attempt in the order given; {@link Outcome#changed()} says whether
   *     its lease was renewed, and {@link Outcome#version()} why not
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
