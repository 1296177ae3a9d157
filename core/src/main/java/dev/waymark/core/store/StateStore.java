package dev.waymark.core.store;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.error.WaymarkException;
import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadPreview;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordKind;
import dev.waymark.core.model.Signal;
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
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A durable store for the state of workflows, executions, task runs and attempts.
 *
 * <p>The methods of {@link WorkQueue} are for workers and for programs that watch them. Other
 * programs need only the methods that this interface adds.
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
 * <p>A program creates a workflow and an execution, moves the execution, and reads it:
 *
 * <pre>{@code
 * try (StateStore store = SqliteStateStore.open(file)) {
 *   store.saveWorkflow(new NewWorkflow(workflow, "any text"));
 *   ExecutionId id = Ids.system().executionId();
 *   store.createExecution(new NewExecution(id, workflow));
 *   store.updateExecution(id, ExecutionState.RUNNING, 1);
 *   System.out.println(store.execution(id));
 * }
 * }</pre>
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
 *   <li>It deletes nothing by itself. Callers delete executions and workflows through {@link
 *       DeleteChange}, and logs through {@link LogChange.Delete}.
 * </ul>
 *
 * @since 0.1.0
 */
public interface StateStore extends WorkQueue, AutoCloseable {

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
   * Returns the execution at the end of those that continue this one ({@link
   * Change.ContinueExecution}): itself if it is not continued, or null if it does not exist. If the
   * next one was deleted, it returns the last that exists. Each execution is a read of its own, so
   * the answer may be continued by the time it is returned.
   */
  default @Nullable Execution latest(ExecutionId id) {
    Execution found = execution(id);
    Execution next = found;
    while (next != null) {
      found = next;
      next = found.continuedAs() == null ? null : execution(found.continuedAs());
    }
    return found;
  }

  /**
   * Returns an execution with its task runs, their attempts and its history, from one snapshot, or
   * null when there is none with this id.
   */
  @Nullable ExecutionDetails executionDetails(ExecutionId id);

  /**
   * Returns how old what this store reads can be, when it reads a replica of the database, or null
   * when it reads what was committed last. The result is an upper bound at the moment of the call:
   * each commit that was acknowledged longer ago is visible. Zero means that the replica has
   * applied all that it has received.
   *
   * <p>Only a store that was opened read-only can be on a replica.
   */
  default @Nullable Duration replicaLag() {
    return null;
  }

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

  /** Returns a payload, or null when it was not set or there is no such record. */
  @Nullable Payload payload(PayloadRef ref);

  /**
   * Returns the beginning of every payload of an execution, its task runs and their attempts, from
   * one snapshot; empty when there is no such execution.
   *
   * @param id the execution
   * @param maxBytes how many bytes of each payload to return at most, 0 or more; what is returned
   *     of a JSON payload ends at a whole character
   * @return the payloads of the execution and of its signals, then those of its task runs, ordered
   *     by id, each with the details of its attempts behind it, ordered by number
   */
  List<PayloadPreview> payloads(ExecutionId id, int maxBytes);

  /**
   * Returns the signals that were sent to an execution, ordered by number; empty when there is no
   * such execution. Their payloads are read one by one, with {@link PayloadRef#ofSignal}.
   */
  List<Signal> signals(ExecutionId id);

  /**
   * Returns the executions that match a query, with the total number of matches. They are ordered
   * by time of creation, then by id.
   */
  Page<Execution> executions(ExecutionQuery query);

  /**
   * Returns every execution that matches a query, in its order, as a stream that reads page by
   * page. The limit of the query is the size of a page. For example, all executions of a workflow:
   *
   * <pre>{@code
   * store.allExecutions(ExecutionQuery.builder().workflow(workflow).build()).toList();
   * }</pre>
   *
   * <p>Each page is a snapshot of its own. An execution that exists during the whole call is
   * returned exactly once if it matches all the time. The first page is read at once; later ones
   * when the stream needs them, on the thread that reads the stream.
   */
  default Stream<Execution> allExecutions(ExecutionQuery query) {
    return Stream.iterate(
            executions(query),
            Objects::nonNull,
            page -> page.next() == null ? null : executions(query.after(page.next())))
        .flatMap(page -> page.items().stream());
  }

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
  default Outcome updateAttempt(AttemptId id, AttemptState to) {
    return commitOne(new Change.UpdateAttempt(id, to, null, null));
  }

  /** Ends an attempt with the exit code of its process. */
  default Outcome updateAttempt(AttemptId id, AttemptState to, int exitCode) {
    return commitOne(new Change.UpdateAttempt(id, to, exitCode, null));
  }

  /** Ends an attempt with an error. */
  default Outcome updateAttempt(AttemptId id, AttemptState to, String error) {
    return commitOne(new Change.UpdateAttempt(id, to, null, error));
  }

  /** Ends an attempt with the exit code of its process and an error. */
  default Outcome updateAttempt(AttemptId id, AttemptState to, int exitCode, String error) {
    return commitOne(new Change.UpdateAttempt(id, to, exitCode, error));
  }

  /**
   * Sends a signal to an execution, as {@link SignalChange.Send}. {@link Outcome#version()} is the
   * number of the signal. For example, the decision of a person:
   *
   * <pre>{@code
   * store.signal(execution, "approved", Payload.json("{\"by\": \"Ada\"}"), "decision-7");
   * }</pre>
   *
   * @param payload what the task run that waits receives, or null
   * @param key the idempotency key, so that the call may be repeated; or null
   * @throws dev.waymark.core.conflict.ExecutionEndedException when the execution has ended
   */
  default Outcome signal(
      ExecutionId id, String name, @Nullable Payload payload, @Nullable String key) {
    return commitOne(new SignalChange.Send(id, name, payload, key));
  }

  @Override
  default List<Outcome> renewLeases(Collection<AttemptId> attempts, Duration lease) {
    ChangeSet.Builder changes = ChangeSet.builder();
    attempts.forEach(attempt -> changes.renewLeaseIfLive(attempt, lease));
    return changes.isEmpty() ? List.of() : commit(changes.build()).outcomes();
  }

  private Outcome commitOne(Change change) {
    return commit(ChangeSet.builder().add(change).build()).outcomes().get(0);
  }
}
