package dev.waymark.core.store;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.internal.Leases;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change of one record. A {@link ChangeSet} holds one or more changes. The kinds are grouped by
 * the kind of record that they change.
 *
 * @since 0.1.0
 */
public sealed interface Change
    permits Change.SaveWorkflow,
        Change.CreateExecution,
        Change.OfExecution,
        Change.CreateTaskRun,
        Change.OfTaskRun,
        Change.SetPayload,
        Change.OfAttempt,
        Change.RecordAttempt,
        Change.OfWorker,
        Change.SetPool,
        SignalChange,
        LogChange,
        DeleteChange {

  /**
   * The record that the change targets. For a new attempt it is the task run, because the store
   * assigns the attempt number.
   */
  RecordRef target();

  /**
   * Saves a workflow. Idempotent by content: equal content changes nothing.
   *
   * @param workflow the workflow
   */
  record SaveWorkflow(NewWorkflow workflow) implements Change {
    /** Rejects null. */
    public SaveWorkflow {
      Objects.requireNonNull(workflow, "workflow");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(workflow.id());
    }
  }

  /** A change of an existing execution. */
  sealed interface OfExecution extends Change {
    /** The execution. */
    ExecutionId id();

    @Override
    default RecordRef target() {
      return RecordRef.of(id());
    }
  }

  /**
   * Creates an execution in state PENDING. Idempotent by id and request.
   *
   * @param execution the execution
   */
  record CreateExecution(NewExecution execution) implements Change {
    /** Rejects null. */
    public CreateExecution {
      Objects.requireNonNull(execution, "execution");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(execution.id());
    }
  }

  /**
   * Moves an execution to another state. The move to CANCELLING makes all its task runs not ready,
   * and ends their waits for signals. A later {@link ReadyTaskRun} makes one ready again.
   *
   * @param id the execution
   * @param to the state to move to
   * @param expectedVersion the precondition: the version that it must have; null checks only the
   *     table of moves
   * @param error why the execution fails or is cancelled; null keeps the error of an earlier move
   */
  record UpdateExecution(
      ExecutionId id, ExecutionState to, @Nullable Long expectedVersion, @Nullable String error)
      implements OfExecution {
    /** Checks the text. */
    public UpdateExecution {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(to, "state");
      Checks.error("execution", id, error);
    }
  }

  /**
   * Ends an execution as SUCCEEDED, and creates the next one, which continues it: signals that are
   * kept go to the next one, and a child is continued as a child of the same parent, for which task
   * runs go on waiting. Refused where a move to SUCCEEDED is, and when the next one exists. Again
   * with the same request, it changes nothing.
   *
   * @param id the execution
   * @param next the execution that continues it, without a parent of its own
   */
  record ContinueExecution(ExecutionId id, NewExecution next) implements OfExecution {
    /** Checks that the next one has another id and no parent. */
    public ContinueExecution {
      Checks.continuation(id, next);
    }
  }

  /**
   * Moves a PENDING or PAUSED execution to RUNNING if fewer than {@code most} other executions of
   * its workflow are in progress: RUNNING, CANCELLING, or PAUSED after they began. Otherwise {@link
   * Outcome#changed()} is false. The limit also holds when several callers commit at the same
   * moment. Earlier moves in the change set count. Refused with {@link ConflictException} when the
   * execution belongs to another workflow. A plain move to RUNNING does not check the limit.
   *
   * @param id the execution
   * @param workflow its workflow
   * @param most how many executions of the workflow may be in progress, at least 1
   * @param from PENDING or PAUSED; an execution in another state does not change
   */
  record AdmitExecution(ExecutionId id, WorkflowId workflow, int most, ExecutionState from)
      implements OfExecution {
    /** Checks the number and the state. */
    public AdmitExecution {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(workflow, "workflow id");
      Objects.requireNonNull(from, "state");
      Checks.admission(id, most, from);
    }
  }

  /**
   * Says that the caller has made all decisions that follow from a snapshot of an execution. The
   * store compares the snapshot with its records, at the position of this change in the change set:
   *
   * <ul>
   *   <li>when it matches, the execution is no longer due for {@link DueReason#SETTLE}, and {@link
   *       Outcome#changed()} is false;
   *   <li>when it differs, another writer has committed since. Unless it has ended, the execution
   *       becomes due in one second, or earlier if it was due, and {@link Outcome#changed()} is
   *       true. The caller should read and decide again.
   * </ul>
   *
   * @param id the execution
   * @param standing the snapshot that was decided on, including all earlier changes of this change
   *     set
   */
  record SettleExecution(ExecutionId id, Standing standing) implements OfExecution {
    /** Rejects null. */
    public SettleExecution {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(standing, "standing");
    }
  }

  /**
   * Marks an execution as due after a delay, for a worker to examine. An earlier due time stays.
   *
   * @param id the execution
   * @param reason why the execution is to be examined
   * @param delay how long from now, by the clock of the store
   */
  record MarkDue(ExecutionId id, DueReason reason, Duration delay) implements OfExecution {
    /** Checks the delay. */
    public MarkDue {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(reason, "reason");
      Leases.checkDelay("delay of execution " + id, delay);
    }
  }

  /**
   * Removes the due mark of an execution.
   *
   * @param id the execution
   * @param reason the reason whose mark to remove
   */
  record ClearDue(ExecutionId id, DueReason reason) implements OfExecution {
    /** Rejects null. */
    public ClearDue {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * Changes the labels of an execution: sets some, removes others, and keeps the rest. Labels can
   * be changed at any time, also when the execution has ended. Its version stays the same. {@link
   * Outcome#changed()} is false when it has these labels already.
   *
   * @param id the execution
   * @param set names and values to set, as in {@link NewExecution#labels()}
   * @param removed names to remove; one that the execution does not have changes nothing
   */
  record SetLabels(ExecutionId id, Map<String, String> set, Set<String> removed)
      implements OfExecution {
    /** Keeps unmodifiable copies, and checks that no label is both set and removed. */
    public SetLabels {
      Objects.requireNonNull(id, "execution id");
      set = Collections.unmodifiableMap(new TreeMap<>(set));
      removed = Collections.unmodifiableSet(new TreeSet<>(removed));
      Checks.labels(id, set, removed);
    }
  }

  /** A change of an existing task run. */
  sealed interface OfTaskRun extends Change {
    /** The task run. */
    TaskRunId id();

    @Override
    default RecordRef target() {
      return RecordRef.of(id());
    }
  }

  /**
   * Creates a task run in state PENDING. Idempotent by id, execution and task.
   *
   * @param taskRun the task run
   */
  record CreateTaskRun(NewTaskRun taskRun) implements Change {
    /** Rejects null. */
    public CreateTaskRun {
      Objects.requireNonNull(taskRun, "taskRun");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(taskRun.id());
    }
  }

  /**
   * Moves a task run to another state.
   *
   * @param id the task run
   * @param to the state to move to
   * @param expectedVersion the precondition: the version that it must have; null checks only the
   *     table of moves
   * @param fence the fencing token: the number of the attempt that writes. Refused when it is not
   *     the newest attempt or is LOST. Null when no attempt writes
   */
  record UpdateTaskRun(
      TaskRunId id, TaskRunState to, @Nullable Long expectedVersion, @Nullable Integer fence)
      implements OfTaskRun {
    /** Rejects null. */
    public UpdateTaskRun {
      Objects.requireNonNull(id, "task run id");
      Objects.requireNonNull(to, "state");
    }
  }

  /**
   * Makes a task run ready: any worker that serves its pool may claim it, after a delay. A task run
   * that is already ready gets the new pool, priority and delay, behind the other ready task runs
   * there. Exception: when it can already be claimed, pool and priority are the same and there is
   * no delay, it keeps its position and the outcome is unchanged. A claim that finds that the task
   * run may not start makes it not ready.
   *
   * @param id the task run, PENDING, RETRYING or WAITING, and without a live attempt
   * @param expectedVersion the precondition: the version that it must have, or null for any
   * @param pool its pool; {@link ClaimRequest#DEFAULT_POOL} when it needs no specific pool
   * @param priority from -100 to 100; greater priorities are claimed first
   * @param delay how long from now until it may be claimed, by the clock of the store
   */
  record ReadyTaskRun(
      TaskRunId id, @Nullable Long expectedVersion, String pool, int priority, Duration delay)
      implements OfTaskRun {
    /** The greatest priority. The lowest priority is its negative. */
    public static final int MAX_PRIORITY = 100;

    /** Checks the pool, the priority and the delay. */
    public ReadyTaskRun {
      Objects.requireNonNull(id, "task run id");
      ClaimRequest.checkPool(pool);
      Checks.priority(id, priority);
      Leases.checkDelay("delay of task run " + id, delay);
    }
  }

  /**
   * Sets a payload, which replaces an earlier one: the result of an execution or a task run, which
   * must not have ended before this change, or the details of an attempt, as in {@link
   * LogChange.Append}.
   *
   * @param ref the payload; an input is supplied when its record is created, and cannot be set
   * @param fence as in {@link UpdateTaskRun}, for the result of a task run; otherwise null
   * @param payload the payload
   */
  record SetPayload(PayloadRef ref, @Nullable Integer fence, Payload payload) implements Change {
    /** Checks that this payload can be set. */
    public SetPayload {
      Checks.settable(ref, fence);
      Objects.requireNonNull(payload, "payload");
    }

    @Override
    public RecordRef target() {
      return ref.record();
    }
  }

  /** A change of an attempt or its lease. */
  sealed interface OfAttempt extends Change {
    /** The attempt. */
    AttemptId id();

    @Override
    default RecordRef target() {
      return RecordRef.of(id());
    }
  }

  /**
   * Records a new attempt, in state RUNNING and with the next number. Refused while the previous
   * attempt is live. {@link StateStore#claim} records attempts of ready task runs; use this change
   * when the caller itself decides what to run.
   *
   * @param taskRunId the task run
   * @param worker the name of the worker
   * @param lease how long the lease lasts, by the clock of the store, or null for an attempt
   *     without a lease
   */
  record RecordAttempt(TaskRunId taskRunId, String worker, @Nullable Duration lease)
      implements Change {
    /** An attempt without a lease. */
    public RecordAttempt(TaskRunId taskRunId, String worker) {
      this(taskRunId, worker, null);
    }

    /** Checks the text and the lease. */
    public RecordAttempt {
      Objects.requireNonNull(taskRunId, "task run id");
      Checks.name("worker of an attempt of task run " + taskRunId, worker);
      Checks.lease("lease of an attempt of task run " + taskRunId, lease);
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(taskRunId);
    }
  }

  /**
   * Moves an attempt to another state. Refused when it is not the newest attempt of its task run.
   *
   * @param id the attempt
   * @param to the state to move to
   * @param exitCode the exit code of its process, or null
   * @param error why it did not succeed, or null
   */
  record UpdateAttempt(
      AttemptId id, AttemptState to, @Nullable Integer exitCode, @Nullable String error)
      implements OfAttempt {
    /** Checks the text. */
    public UpdateAttempt {
      Objects.requireNonNull(id, "attempt id");
      Objects.requireNonNull(to, "state");
      Checks.error("attempt", id, error);
    }
  }

  /**
   * Moves an attempt to LOST. Refused unless its lease has expired, by the clock of the store. An
   * attempt without a lease is refused.
   *
   * @param id the attempt
   * @param error what is known about the loss, or null
   */
  record LoseAttempt(AttemptId id, @Nullable String error) implements OfAttempt {
    /** Checks the text. */
    public LoseAttempt {
      Objects.requireNonNull(id, "attempt id");
      Checks.error("attempt", id, error);
    }
  }

  /**
   * Renews the lease of a live attempt (heartbeat), also one that has expired.
   *
   * @param id the attempt
   * @param lease how long it lasts from the moment of the commit
   * @param ifLive what to do when there is no lease to renew: true returns an unchanged outcome,
   *     and false refuses the change set, with {@link LeaseLostException} if the attempt is not
   *     live
   */
  record RenewLease(AttemptId id, Duration lease, boolean ifLive) implements OfAttempt {
    /** A renewal that refuses its change set when there is no lease to renew. */
    public RenewLease(AttemptId id, Duration lease) {
      this(id, lease, false);
    }

    /** Checks the lease. */
    public RenewLease {
      Objects.requireNonNull(id, "attempt id");
      Leases.check("lease of attempt " + id, lease);
    }
  }

  /** A change of a worker. */
  sealed interface OfWorker extends Change {
    /** The name of the worker. */
    String name();

    @Override
    default RecordRef target() {
      return RecordRef.ofWorker(name());
    }
  }

  /**
   * Records that a worker is alive for a duration from now (heartbeat). Each start of a worker has
   * a new life id. Refused with {@link ConflictException} while another life id of the same name is
   * alive and has not retired. A worker without a heartbeat for 7 days is removed.
   *
   * @param name the name of the worker, which its claims also use
   * @param life the life id of this start of the worker
   * @param lease how long from the commit the store considers the worker alive
   * @param info names and values that the worker publishes; they replace the earlier ones
   */
  record KeepWorker(String name, UUID life, Duration lease, Map<String, String> info)
      implements OfWorker {
    /** Keeps an unmodifiable copy, and checks the texts and the lease. */
    public KeepWorker {
      Checks.worker(name, life);
      Leases.check("time of worker " + name, lease);
      info = Checks.texts("info", "of worker " + name, info);
    }
  }

  /**
   * Records that a worker has stopped: it is no longer alive, and its name is free. Refused with
   * {@link LeaseLostException} when the name now belongs to another life id. Does nothing when the
   * worker is unknown.
   *
   * @param name the name of the worker
   * @param life the life id of the start that has ended
   */
  record RetireWorker(String name, UUID life) implements OfWorker {
    /** Checks the name. */
    public RetireWorker {
      Checks.worker(name, life);
    }
  }

  /**
   * Sets or removes the limit on how many task runs of a pool may run at the same time, for claims
   * that begin after the commit. Every lease counts, also those that exist, and expired ones until
   * the attempt is LOST. {@link RecordAttempt} ignores the limit; with a lease, its attempt counts
   * in the default pool. {@link StateStore#onReady} does not notify of slots that become free.
   *
   * @param name the pool
   * @param slots from 0 to 100,000; 0 stops all claims of the pool; null removes the limit
   */
  record SetPool(String name, @Nullable Integer slots) implements Change {
    /** Checks the name and the limit. */
    public SetPool {
      ClaimRequest.checkPool(name);
      Checks.slots(name, slots);
    }

    @Override
    public RecordRef target() {
      return RecordRef.ofPool(name);
    }
  }
}
