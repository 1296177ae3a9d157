package dev.waymark.core.internal.decide;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.PayloadRef;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.DueReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The effect of an accepted change on the records. The store writes it unchanged. Every class that
 * distinguishes the kinds implements {@link EffectVisitor}, so that the compiler finds each place
 * that a new kind needs.
 */
public sealed interface Effect {
  /** Calls the method of the visitor for the kind of this effect. */
  void accept(EffectVisitor visitor);

  /** A new revision of a workflow. */
  record WorkflowSaved(Workflow revision) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** An effect that belongs to the history of an execution. */
  sealed interface Moved extends Effect {
    /** The execution to whose history it belongs. */
    ExecutionId executionId();

    /** The id of the record that moved, in the id type of its kind. */
    Object id();

    /** The record that moved. */
    RecordRef record();

    /** The state before, or null when the record was created. */
    @Nullable State from();

    /** The state after. */
    State to();
  }

  /** A new execution. */
  record ExecutionCreated(Execution execution, String requestHash) implements Moved {
    @Override
    public ExecutionId executionId() {
      return execution.id();
    }

    @Override
    public Object id() {
      return execution.id();
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(execution.id());
    }

    @Override
    public @Nullable State from() {
      return null;
    }

    @Override
    public State to() {
      return execution.state();
    }

    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** An execution moved to another state. */
  record ExecutionMoved(ExecutionHead after, ExecutionState from, @Nullable String error)
      implements Moved {
    @Override
    public ExecutionId executionId() {
      return after.id();
    }

    @Override
    public Object id() {
      return after.id();
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(after.id());
    }

    @Override
    public State to() {
      return after.state();
    }

    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A new task run. */
  record TaskRunCreated(TaskRun taskRun) implements Moved {
    @Override
    public ExecutionId executionId() {
      return taskRun.executionId();
    }

    @Override
    public Object id() {
      return taskRun.id();
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(taskRun.id());
    }

    @Override
    public @Nullable State from() {
      return null;
    }

    @Override
    public State to() {
      return taskRun.state();
    }

    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A task run moved to another state. */
  record TaskRunMoved(TaskRunHead after, TaskRunState from) implements Moved {
    @Override
    public ExecutionId executionId() {
      return after.executionId();
    }

    @Override
    public Object id() {
      return after.id();
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(after.id());
    }

    @Override
    public State to() {
      return after.state();
    }

    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A new attempt. Its task run now names it as the newest. */
  record AttemptRecorded(TaskRunHead taskRun, Attempt attempt) implements Moved {
    @Override
    public ExecutionId executionId() {
      return taskRun.executionId();
    }

    @Override
    public Object id() {
      return attempt.id();
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(attempt.id());
    }

    @Override
    public @Nullable State from() {
      return null;
    }

    @Override
    public State to() {
      return attempt.state();
    }

    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** The newest attempt of a task run moved to another state. */
  record AttemptMoved(
      TaskRunHead taskRun,
      AttemptState from,
      AttemptState to,
      @Nullable Instant endedAt,
      @Nullable Integer exitCode,
      @Nullable String error)
      implements Moved {
    @Override
    public ExecutionId executionId() {
      return taskRun.executionId();
    }

    @Override
    public Object id() {
      return taskRun.newestAttempt();
    }

    @Override
    public RecordRef record() {
      return RecordRef.of(taskRun.newestAttempt());
    }

    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** The lease of the newest attempt of a task run begins. It takes a slot of a pool. */
  record LeaseTaken(AttemptId attempt, String worker, Duration lease, String pool)
      implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** The lease of an attempt lasts for this duration from now on. */
  record LeaseRenewed(AttemptId attempt, Duration lease) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** The lease of an attempt ends, because the attempt has ended. */
  record LeaseEnded(AttemptId attempt) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /**
   * A task run may be claimed after a delay. Without a delay, a task run that may already be
   * claimed keeps its time.
   *
   * @param isNew whether it was not ready before
   */
  record TaskRunReady(TaskRunId taskRun, String pool, int priority, Duration delay, boolean isNew)
      implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A task run may no longer be claimed, if it could be claimed before. */
  record TaskRunNotReady(TaskRunId taskRun) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** No task run of an execution may be claimed any longer. */
  record ExecutionNotReady(ExecutionId execution) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** An execution is due after a delay, unless it is already due earlier. */
  record ExecutionDue(ExecutionId execution, DueReason reason, Duration delay) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** An execution is no longer due, if it was due before. */
  record ExecutionNotDue(ExecutionId execution, DueReason reason) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /**
   * The children of an execution that have not ended and are to be cancelled with it are due for
   * {@link DueReason#CANCEL} now.
   */
  record ChildrenDue(ExecutionId parent) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /**
   * These bytes are added to the log of an attempt at this position, unless it already has bytes
   * there.
   */
  @SuppressWarnings("ArrayRecordComponent") // never changed or compared
  record LogAppended(AttemptId attempt, ExecutionId execution, long position, byte[] bytes)
      implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** The logs of an execution are deleted. */
  record LogsDeleted(ExecutionId execution) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /**
   * A worker is alive for this duration from now on.
   *
   * @param isNew whether its name was not known
   */
  record WorkerKept(String name, UUID life, Duration lease, Map<String, String> info, boolean isNew)
      implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A worker is no longer alive. */
  record WorkerRetired(String name) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A pool has this bound from now on. Null removes the bound. */
  record PoolSet(String name, @Nullable Integer slots) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A payload of an execution, or of one of its task runs or attempts, is replaced by this. */
  record PayloadSet(PayloadRef ref, ExecutionId execution, Payload payload) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** The labels of an execution are replaced by these. */
  record LabelsSet(ExecutionId execution, Instant createdAt, Map<String, String> labels)
      implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /**
   * A new signal.
   *
   * @param hash of its name and payload, if it has a key
   * @param to the attempt that starts next in the task run that gets it, or null if it is kept
   */
  record SignalSent(
      ExecutionId execution,
      int number,
      String name,
      @Nullable String key,
      @Nullable String hash,
      Instant at,
      @Nullable AttemptId to)
      implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A signal that was kept is delivered to a task run, whose next attempt this is. */
  record SignalDelivered(ExecutionId execution, int number, AttemptId to) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A task run waits for a signal. This wait replaces an earlier one of the task run. */
  record SignalAwaited(ExecutionId execution, SignalWait signalWait) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** A task run no longer waits for a signal. */
  record SignalWaitEnded(TaskRunId taskRun) implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /**
   * A signal that is kept belongs to the execution that continues its own.
   *
   * @param number its number until now
   * @param newNumber its number in the other execution
   */
  record SignalContinued(ExecutionId from, int number, ExecutionId to, int newNumber)
      implements Effect {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /** An effect that removes records; what belongs to them goes with them. */
  sealed interface Deleted extends Effect {}

  /** An execution is gone, with all that belongs to it. */
  record ExecutionDeleted(ExecutionId execution) implements Deleted {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }

  /**
   * The revisions of a workflow are gone.
   *
   * @param revision the latest, whose number stays used
   */
  record WorkflowDeleted(WorkflowId workflow, int revision) implements Deleted {
    @Override
    public void accept(EffectVisitor visitor) {
      visitor.visit(this);
    }
  }
}
