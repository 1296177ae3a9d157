package dev.waymark.core.store;

import dev.waymark.core.conflict.ExecutionEndedException;
import dev.waymark.core.internal.Leases;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.Payload;
import dev.waymark.core.model.RecordRef;
import dev.waymark.core.model.Signal;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The changes that send signals, and those that wait for signals and for children.
 *
 * @since 0.1.0
 */
public sealed interface SignalChange extends Change {

  /**
   * Sends a signal to an execution. If a task run of it waits for a signal of this name, the one
   * that has waited for the longest time gets it: it moves from WAITING to PENDING and is ready, in
   * the same commit. Otherwise the signal is kept. It is delivered to the next task run that waits
   * for it.
   *
   * <p>{@link Outcome#version()} is the number of the signal. Refused with {@link
   * ExecutionEndedException} when the execution has ended, and with {@link
   * dev.waymark.core.conflict.ConflictException} when the key was used for another signal of this
   * execution.
   *
   * @param id the execution
   * @param name the name of the signal, as {@link Signal#checkName} describes
   * @param payload what the task run receives, or null
   * @param key the idempotency key: a signal with the same key, name and payload changes nothing,
   *     also when the execution has ended since, and {@link Outcome#changed()} is false. Null for a
   *     signal that is another one each time
   */
  record Send(ExecutionId id, String name, @Nullable Payload payload, @Nullable String key)
      implements SignalChange {
    /** Checks the name and the key. */
    public Send {
      Objects.requireNonNull(id, "execution id");
      Signal.checkName(name);
      if (key != null) {
        Signal.checkKey(key);
      }
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }

  /**
   * Moves a task run to WAITING until a signal is delivered to it. If a signal of this name is
   * kept, the oldest one is delivered at once: the task run is PENDING and ready in the same
   * commit.
   *
   * <p>The wait ends with the delivery, with any other move of the task run, and when its execution
   * moves to CANCELLING. A signal that arrives later is kept.
   *
   * @param id the task run, in a state that may move to {@link TaskRunState#WAITING} and without a
   *     live attempt
   * @param fence as in {@link Change.UpdateTaskRun}
   * @param name the name of the signal
   * @param pool the pool in which the task run is ready afterwards
   * @param priority its priority there, as in {@link Change.ReadyTaskRun}
   * @param timeout how long it waits at most, by the clock of the store: then the next attempt
   *     starts without a signal. Null waits without an end. A later {@link Change.ReadyTaskRun}
   *     sets another time
   */
  record Await(
      TaskRunId id,
      @Nullable Integer fence,
      String name,
      String pool,
      int priority,
      @Nullable Duration timeout)
      implements SignalChange {
    /** Checks the name, the pool, the priority and the time-out. */
    public Await {
      Objects.requireNonNull(id, "task run id");
      Signal.checkName(name);
      ClaimRequest.checkPool(pool);
      Checks.priority(id, priority);
      if (timeout != null) {
        Leases.checkDelay("time-out of the wait of task run " + id, timeout);
      }
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }

  /**
   * Moves a task run to WAITING until a child of its execution has ended, in any state. In the
   * commit that ends the child, the task run moves to PENDING and is ready. If the child has ended
   * before, that happens at once. Several task runs may wait for one child.
   *
   * <p>The wait ends with any other move of the task run too, and when its execution moves to
   * CANCELLING. Refused with {@link dev.waymark.core.conflict.IllegalTransitionException} when the
   * execution to wait for is no child of the execution of this task run.
   *
   * @param id the task run, in a state that may move to {@link TaskRunState#WAITING} and without a
   *     live attempt
   * @param fence as in {@link Change.UpdateTaskRun}
   * @param child the child, which any task run of the execution may have started
   * @param pool the pool in which the task run is ready afterwards
   * @param priority its priority there, as in {@link Change.ReadyTaskRun}
   * @param timeout as in {@link Await}
   */
  record AwaitChild(
      TaskRunId id,
      @Nullable Integer fence,
      ExecutionId child,
      String pool,
      int priority,
      @Nullable Duration timeout)
      implements SignalChange {
    /** Checks the pool, the priority and the time-out. */
    public AwaitChild {
      Objects.requireNonNull(id, "task run id");
      Objects.requireNonNull(child, "child");
      ClaimRequest.checkPool(pool);
      Checks.priority(id, priority);
      if (timeout != null) {
        Leases.checkDelay("time-out of the wait of task run " + id, timeout);
      }
    }

    @Override
    public RecordRef target() {
      return RecordRef.of(id);
    }
  }
}
