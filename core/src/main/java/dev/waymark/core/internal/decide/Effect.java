package dev.waymark.core.internal.decide;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.AttemptState;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.State;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.Workflow;
import dev.waymark.core.store.DueReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What an accepted change does to the records; the store writes it as it is. */
public sealed interface Effect {

  /** A new revision of a workflow. */
  record WorkflowSaved(Workflow revision) implements Effect {}

  /** An effect that belongs to the history of an execution. */
  sealed interface Moved extends Effect {
    /** The execution whose history it belongs to. */
    ExecutionId executionId();

    /** The id of the record that moved, of the type that ids of its kind have. */
    Object id();

    /** The record that moved. */
    RecordRef record();

    /** The state before, or null where the record was created. */
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
  }

  /** An execution in another state. */
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
  }

  /** A task run in another state. */
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
  }

  /** A new attempt; its task run now names it as the newest. */
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
  }

  /** The newest attempt of a task run in another state. */
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
  }

  /** A claim on the newest attempt of a task run begins, and takes a slot of a pool. */
  record LeaseTaken(AttemptId attempt, String worker, Duration lease, String pool)
      implements Effect {}

  /** The claim on an attempt lasts so long from now on. */
  record LeaseRenewed(AttemptId attempt, Duration lease) implements Effect {}

  /** The claim on an attempt is over, because the attempt is. */
  record LeaseEnded(AttemptId attempt) implements Effect {}

  /**
   * A task run may be claimed after a delay. Without a delay, one that may be claimed already keeps
   * its time.
   *
   * @param isNew whether it was not ready before
   */
  record TaskRunReady(TaskRunId taskRun, String pool, int priority, Duration delay, boolean isNew)
      implements Effect {}

  /** A task run may not be claimed any more, if it might. */
  record TaskRunNotReady(TaskRunId taskRun) implements Effect {}

  /** No task run of an execution that may be claimed may be so any more. */
  record ExecutionNotReady(ExecutionId execution) implements Effect {}

  /** An execution is due, unless it is so earlier. */
  record ExecutionDue(ExecutionId execution, DueReason reason, Duration delay) implements Effect {}

  /** An execution is not due any more, if it was. */
  record ExecutionNotDue(ExecutionId execution, DueReason reason) implements Effect {}

  /** The log of an attempt goes on with these bytes, unless there are some at this place. */
  @SuppressWarnings("ArrayRecordComponent") // never changed or compared
  record LogAppended(AttemptId attempt, ExecutionId execution, long position, byte[] bytes)
      implements Effect {}

  /** The logs of an execution go. */
  record LogsDeleted(ExecutionId execution) implements Effect {}

  /**
   * A worker is alive for so long from now on.
   *
   * @param isNew whether its name was not known
   */
  record WorkerKept(String name, UUID life, Duration lease, Map<String, String> info, boolean isNew)
      implements Effect {}

  /** A worker is not alive any more. */
  record WorkerRetired(String name) implements Effect {}

  /** A pool has this bound from now on, or none. */
  record PoolSet(String name, @Nullable Integer slots) implements Effect {}

  /** A task run has these outputs, instead of those before. */
  record OutputsSet(TaskRunId taskRun, Map<String, String> outputs) implements Effect {}
}
