package dev.waymark.core.store;

import dev.waymark.core.conflict.ConflictException;
import dev.waymark.core.conflict.LeaseLostException;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change of one record; a {@link ChangeSet} holds one or more. The records below are all there
 * are, grouped by what they change.
 */
public sealed interface Change {

  /**
   * The record that the change is about; for a new attempt its task run, because the store gives
   * the number.
   */
  RecordRef target();

  // ---- workflows

  /**
   * Saves a workflow: idempotent by content.
   *
   * @param workflow the workflow
   */
  record SaveWorkflow(NewWorkflow workflow) implements Change {
    /** Refuses null. */
    public SaveWorkflow {
      Objects.requireNonNull(workflow, "workflow");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(workflow.id());
    }
  }

  // ---- executions

  /** A change of an execution that is there. */
  sealed interface OfExecution extends Change {
    /** The execution. */
    ExecutionId id();

    @Override
    default RecordRef target() {
      return RecordRef.of(id());
    }
  }

  /**
   * Creates an execution in state PENDING: idempotent by id and request.
   *
   * @param execution the execution
   */
  record CreateExecution(NewExecution execution) implements Change {
    /** Refuses null. */
    public CreateExecution {
      Objects.requireNonNull(execution, "execution");
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(execution.id());
    }
  }

  /**
   * Moves an execution to another state. The move to CANCELLING makes all task runs of the
   * execution not ready, in the same commit; a {@link ReadyTaskRun} after it makes one ready again.
   *
   * @param id the execution
   * @param to the state to move to
   * @param expectedVersion the version that it must have, or null to let the table of moves alone
   *     decide
   * @param error why, for an execution that fails or is cancelled; null keeps the reason that an
   *     earlier move gave
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
   * Lets an execution begin that is PENDING, if fewer than so many executions of its workflow are
   * under way (RUNNING, PAUSED or CANCELLING): it moves to RUNNING, and {@link Outcome#changed()}
   * is true. Otherwise nothing changes. Of several that ask at the same moment no more begin than
   * may; moves of other executions that come before, in this change set or in earlier ones, count.
   * Refused with {@link ConflictException} when the execution is one of another workflow.
   *
   * @param id the execution
   * @param workflow its workflow
   * @param most how many may be under way, at least 1
   */
  record AdmitExecution(ExecutionId id, WorkflowId workflow, int most) implements OfExecution {
    /** Checks the number. */
    public AdmitExecution {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(workflow, "workflow id");
      Checks.most(id, most);
    }
  }

  /**
   * Says that everything has been done that follows from how an execution stands, as far as the
   * caller knows. The store compares that with what it holds, at the place of this change in its
   * change set:
   *
   * <ul>
   *   <li>when all of it matches, the execution is not due to be settled any more, and {@link
   *       Outcome#changed()} is false;
   *   <li>when any of it differs, others have written since the caller looked. The execution is
   *       due, in one second unless it is so earlier, and {@link Outcome#changed()} is true: the
   *       caller should read the execution again and decide again. One that has ended is not due
   *       all the same, since nothing follows in it.
   * </ul>
   *
   * <p>So a decision that was made on an outdated picture never takes the due note away that says
   * that somebody must look: neither when two workers end the last two task runs at the same
   * moment, nor when the execution was paused and resumed meanwhile, nor when a lease was lost and
   * its task run is to be tried again. A caller that dies before it looks again leaves the
   * execution due for everybody.
   *
   * @param id the execution
   * @param standing how it stands, all changes of this set before this one included
   */
  record SettleExecution(ExecutionId id, Standing standing) implements OfExecution {
    /** Refuses null. */
    public SettleExecution {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(standing, "standing");
    }
  }

  /**
   * Notes an execution as due: somebody is to look what is to be done about it, after a delay. What
   * is due earlier already stays so.
   *
   * @param id the execution
   * @param reason what is to be looked at
   * @param delay how long from now on, by the clock of the store
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
   * Notes that an execution is not due any more.
   *
   * @param id the execution
   * @param reason what was looked at
   */
  record ClearDue(ExecutionId id, DueReason reason) implements OfExecution {
    /** Refuses null. */
    public ClearDue {
      Objects.requireNonNull(id, "execution id");
      Objects.requireNonNull(reason, "reason");
    }
  }

  /**
   * Deletes the logs of all attempts of an execution that has ended.
   *
   * @param id the execution
   */
  record DeleteLogs(ExecutionId id) implements OfExecution {
    /** Refuses null. */
    public DeleteLogs {
      Objects.requireNonNull(id, "execution id");
    }
  }

  // ---- task runs

  /** A change of a task run that is there. */
  sealed interface OfTaskRun extends Change {
    /** The task run. */
    TaskRunId id();

    @Override
    default RecordRef target() {
      return RecordRef.of(id());
    }
  }

  /**
   * Creates a task run in state PENDING: idempotent by id, execution and task.
   *
   * @param taskRun the task run
   */
  record CreateTaskRun(NewTaskRun taskRun) implements Change {
    /** Refuses null. */
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
   * @param expectedVersion the version that it must have, or null to let the table of moves alone
   *     decide
   * @param fence the number of the attempt on whose behalf this is written, refused when it is no
   *     longer the newest or is LOST; null where no attempt writes
   */
  record UpdateTaskRun(
      TaskRunId id, TaskRunState to, @Nullable Long expectedVersion, @Nullable Integer fence)
      implements OfTaskRun {
    /** Refuses null. */
    public UpdateTaskRun {
      Objects.requireNonNull(id, "task run id");
      Objects.requireNonNull(to, "state");
    }
  }

  /**
   * Makes a task run ready: any worker that serves its pool may claim it, after a delay. One that
   * is ready already gets this pool, priority and delay instead of those before, and goes behind
   * what is ready there. Only where it can be claimed already, pool and priority are the same and
   * there is no delay, it keeps its place in the order, and is answered as unchanged. A claim that
   * finds it unfit to start removes it.
   *
   * @param id the task run, PENDING or RETRYING and without a live attempt
   * @param expectedVersion the version that it must have, or null for any
   * @param pool its pool, {@link ClaimRequest#DEFAULT_POOL} for none in particular
   * @param priority from -100 to 100; the greater is claimed first
   * @param delay how long it waits before it may be claimed, by the clock of the store
   */
  record ReadyTaskRun(
      TaskRunId id, @Nullable Long expectedVersion, String pool, int priority, Duration delay)
      implements OfTaskRun {
    /** The greatest priority; the least is its negative. */
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
   * Keeps what a task run gives to those that depend on it, instead of what it gave before.
   *
   * @param id the task run, which has not ended before this change set
   * @param fence the number of the attempt on whose behalf this is written, as in {@link
   *     UpdateTaskRun}; null where no attempt writes
   * @param outputs names and values
   */
  record SetOutputs(TaskRunId id, @Nullable Integer fence, Map<String, String> outputs)
      implements OfTaskRun {
    /** Keeps an unmodifiable copy and checks the texts. */
    public SetOutputs {
      Objects.requireNonNull(id, "task run id");
      outputs = Checks.texts("output", "of task run " + id, outputs);
    }
  }

  // ---- attempts, their leases and their logs

  /** A change of an attempt, its lease or its log. */
  sealed interface OfAttempt extends Change {
    /** The attempt. */
    AttemptId id();

    @Override
    default RecordRef target() {
      return RecordRef.of(id());
    }
  }

  /**
   * Records a new attempt of a task run in state RUNNING; the store gives it the next number.
   * Refused while the attempt before it is live. {@link StateStore#claim} records attempts of what
   * is ready; this is for a caller that knows by itself what is to run.
   *
   * @param taskRunId the task run
   * @param worker who tries
   * @param lease how long the claim of the worker lasts, by the clock of the store, or null for a
   *     claim without an end
   */
  record RecordAttempt(TaskRunId taskRunId, String worker, @Nullable Duration lease)
      implements Change {
    /** An attempt whose claim has no end. */
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
   * Moves an attempt to another state; refused when it is not the newest of its task run.
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
   * Moves an attempt whose lease has expired, by the clock of the store, to LOST. Refused while the
   * lease lasts, and for an attempt without a lease.
   *
   * @param id the attempt
   * @param error what is known of it, or null
   */
  record LoseAttempt(AttemptId id, @Nullable String error) implements OfAttempt {
    /** Checks the text. */
    public LoseAttempt {
      Objects.requireNonNull(id, "attempt id");
      Checks.error("attempt", id, error);
    }
  }

  /**
   * Makes the lease of a live attempt end a duration from now, by the clock of the store; also one
   * that has expired. An attempt that is not live is never changed.
   *
   * @param id the attempt
   * @param lease how long it lasts from the moment of the commit
   * @param ifLive without a lease to renew: false refuses the change set, with {@link
   *     LeaseLostException} where the attempt is not live any more; true answers unchanged
   */
  record RenewLease(AttemptId id, Duration lease, boolean ifLive) implements OfAttempt {
    /** A renewal that refuses its change set. */
    public RenewLease(AttemptId id, Duration lease) {
      this(id, lease, false);
    }

    /** Checks the lease. */
    public RenewLease {
      Objects.requireNonNull(id, "attempt id");
      Leases.check("lease of attempt " + id, lease);
    }
  }

  /**
   * Appends to the log of an attempt, which is what its task has written. Refused with {@link
   * LeaseLostException} unless the attempt is the newest of its task run and RUNNING: in a change
   * set that ends the attempt, this stands before the end.
   *
   * <p>The store does not check the position. An append at a position that is there changes
   * nothing, so one whose outcome is unknown may be repeated.
   *
   * @param id the attempt
   * @param position how many bytes of its log come before these
   * @param bytes the bytes, at least one
   */
  @SuppressWarnings("ArrayRecordComponent") // a private copy, compared by content
  record AppendLog(AttemptId id, long position, byte[] bytes) implements OfAttempt {
    /** Keeps a copy and checks the position. */
    public AppendLog {
      Objects.requireNonNull(id, "attempt id");
      bytes = Checks.appended(id, position, bytes);
    }

    /** A copy of the bytes. */
    @Override
    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof AppendLog append
          && id.equals(append.id)
          && position == append.position
          && Arrays.equals(bytes, append.bytes);
    }

    @Override
    public int hashCode() {
      return Objects.hash(id, position, Arrays.hashCode(bytes));
    }
  }

  // ---- workers and pools

  /** A change of what is known of a worker. */
  sealed interface OfWorker extends Change {
    /** The name of the worker. */
    String name();

    @Override
    default RecordRef target() {
      return RecordRef.ofWorker(name());
    }
  }

  /**
   * Notes that a worker is alive, for so long from now on by the clock of the store. Each start of
   * a worker is a new life. Refused with {@link ConflictException} while another life of the same
   * name is alive and has not retired. A worker that was not noted for 7 days is removed.
   *
   * @param name the name of the worker, which is also that of its claims
   * @param life tells this start of the worker from those before and after
   * @param lease how long it is taken to be alive from the moment of the commit
   * @param info what it tells of itself, instead of what it told before
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
   * Notes that a worker has stopped: it is not alive any more, and its name is free. Refused with
   * {@link LeaseLostException} when another life has the name by now; does nothing where the worker
   * is not known.
   *
   * @param name the name of the worker
   * @param life the life that has ended
   */
  record RetireWorker(String name, UUID life) implements OfWorker {
    /** Checks the name. */
    public RetireWorker {
      Checks.worker(name, life);
    }
  }

  /**
   * Sets how many task runs of a pool may run at the same time, or removes that bound, for claims
   * that begin after the commit. Every lease counts: also those of what runs already, and expired
   * ones until the attempt is LOST. An attempt that is recorded without a claim is not held to a
   * bound; with a lease it counts in the default pool. {@link StateStore#onReady} does not notify
   * of slots that become free: poll for them.
   *
   * @param name the pool
   * @param slots how many, from 0, which holds everything back, to 100,000; null for no bound
   */
  record SetPool(String name, @Nullable Integer slots) implements Change {
    /** Checks the name and the bound. */
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
