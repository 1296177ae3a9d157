package dev.waymark.core.store;

import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why an execution or a task run is not running. A later version may add kinds, so a program should
 * handle unknown kinds. {@link #code()} and {@link #message()} work for every kind.
 *
 * <p>A {@link StateStore} does not parse definitions; a runner does. So the store reports {@link
 * NotReady} where a runner reports {@link Needs}, {@link ParallelLimit} without the limit, and
 * {@link PoolNotServed} where a runner reports {@link HandlerNotServed}.
 *
 * @since 0.1.0
 */
public sealed interface WaitReason {

  /** Returns a stable code for programs, such as {@code POOL_FULL}. */
  default String code() {
    return code(this);
  }

  /** Returns a phrase for people, without secrets. Its times are ISO-8601 UTC. */
  default String message() {
    return message(this);
  }

  /** The execution is PAUSED until it is resumed. */
  record Paused() implements WaitReason {}

  /**
   * The execution is CANCELLING. Running task runs are being ended. Only a task run that is made
   * ready after the move to CANCELLING starts. A ready task run has the same reasons to wait as in
   * any other execution.
   */
  record Cancelling() implements WaitReason {}

  /** The first attempt may not start before this time. */
  record StartsLater(Instant at) implements WaitReason {}

  /** The next attempt may not start before this time. */
  record RetriesLater(Instant at) implements WaitReason {}

  /** The task run waits, and goes on at this time, unless it is woken before. */
  record WaitsUntil(Instant at) implements WaitReason {}

  /**
   * The task run waits for a signal.
   *
   * @param name the name of the signal
   * @param until when it goes on without the signal, or null for never
   */
  record WaitsForSignal(String name, @Nullable Instant until) implements WaitReason {}

  /**
   * The task run waits for the end of a child of its execution.
   *
   * @param child the child
   * @param until when it goes on although the child has not ended, or null for never
   */
  record WaitsForChild(ExecutionId child, @Nullable Instant until) implements WaitReason {}

  /** The task run waits until something outside goes on with it. It has no timer. */
  record WaitsOutside() implements WaitReason {}

  /**
   * The worker that holds the lease is dead, or its lease has expired and there is no newer
   * attempt.
   */
  record WorkerLost(LeaseHolder holder) implements WaitReason {}

  /**
   * All slots of the pool are in use.
   *
   * @param pool the name of the pool
   * @param slots number of slots of the pool
   * @param running number of leases on its task runs
   * @param heldBy these leases, at most {@link PoolUse#MAX_HOLDERS}
   */
  record PoolFull(String pool, int slots, int running, List<LeaseHolder> heldBy)
      implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public PoolFull {
      heldBy = List.copyOf(heldBy);
    }
  }

  /** No live worker works on this execution. */
  record NoWorker() implements WaitReason {}

  /**
   * There are live workers, but none of them serves the pool.
   *
   * @param pool the name of the pool
   * @param workers the live workers that work on this execution, ordered by name
   */
  record PoolNotServed(String pool, List<String> workers) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public PoolNotServed {
      workers = List.copyOf(workers);
    }
  }

  /**
   * There are live workers, but none of them has the handler.
   *
   * @param handler the name in {@code uses:}
   * @param pool the pool in which the task run waits
   * @param workers the live workers that work on this execution, ordered by name
   */
  record HandlerNotServed(String handler, String pool, List<String> workers) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public HandlerNotServed {
      workers = List.copyOf(workers);
    }
  }

  /**
   * The task run can be claimed, but no worker has claimed it yet. The workers have other work, or
   * are about to claim it.
   *
   * @param pool its pool
   * @param workers the live workers that serve the pool, ordered by name
   */
  record NotClaimed(String pool, List<String> workers) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public NotClaimed {
      workers = List.copyOf(workers);
    }
  }

  /**
   * The workflow limits how many of its executions run at the same time.
   *
   * @param workflowId the workflow
   * @param limit its limit, or null when only the number of executions is known
   * @param running number of its executions that are RUNNING, CANCELLING, or PAUSED after they
   *     began
   * @param heldBy these executions, at most {@link PoolUse#MAX_HOLDERS} of each state
   */
  record ParallelLimit(
      WorkflowId workflowId, @Nullable Integer limit, long running, List<Started> heldBy)
      implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public ParallelLimit {
      heldBy = List.copyOf(heldBy);
    }
  }

  /** An execution that has started and has not ended. */
  record Started(ExecutionId executionId, ExecutionState state) {}

  /** Other tasks must end first. */
  record Needs(List<TaskId> tasks) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public Needs {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * The task run has not been made ready to be claimed. The caller that drives its execution
   * decides when.
   */
  record NotReady() implements WaitReason {}

  /**
   * The execution is due, and no worker has examined it yet.
   *
   * @param reason why it is due
   * @param since when it became due
   */
  record Due(DueReason reason, Instant since) implements WaitReason {}

  /**
   * The execution is not due, and none of its task runs is ready, leased or waiting. Only a sweep
   * for stalled executions finds it ({@link StateStore#stalled}).
   */
  record Unattended() implements WaitReason {}

  // ---- the texts

  /** The code for programs: the name of the record class in upper case. */
  private static String code(WaitReason reason) {
    return reason
        .getClass()
        .getSimpleName()
        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
        .toUpperCase(Locale.ROOT);
  }

  /** The phrase for people. */
  private static String message(WaitReason reason) {
    if (reason instanceof Paused) {
      return "the execution is paused";
    } else if (reason instanceof Cancelling) {
      return "the execution is being cancelled";
    } else if (reason instanceof StartsLater later) {
      return "starts at " + later.at();
    } else if (reason instanceof RetriesLater later) {
      return "retries at " + later.at();
    } else if (reason instanceof WaitsUntil until) {
      return "waits until " + until.at();
    } else if (reason instanceof WaitsForSignal signal) {
      return "waits for signal "
          + signal.name()
          + (signal.until() == null ? "" : " until " + signal.until());
    } else if (reason instanceof WaitsForChild child) {
      return "waits for child "
          + child.child()
          + (child.until() == null ? "" : " until " + child.until());
    } else if (reason instanceof WaitsOutside) {
      return "waits for something outside; it has no timer";
    } else if (reason instanceof Needs needs) {
      return "needs " + names(needs.tasks(), TaskId::value) + " to end";
    } else if (reason instanceof NotReady) {
      return "not ready yet";
    } else if (reason instanceof Due due) {
      return message(due);
    } else if (reason instanceof Unattended) {
      return "nothing is ready, leased or due; the next sweep of all executions finds it";
    } else if (reason instanceof ParallelLimit limit) {
      return message(limit);
    }
    return aboutWorkers(reason);
  }

  private static String aboutWorkers(WaitReason reason) {
    if (reason instanceof WorkerLost lost) {
      LeaseHolder holder = lost.holder();
      return "worker " + holder.worker() + " is dead; its lease ends at " + holder.leaseUntil();
    } else if (reason instanceof PoolFull full) {
      return message(full);
    } else if (reason instanceof NoWorker) {
      return "no living worker works on it";
    } else if (reason instanceof PoolNotServed pool) {
      return "no living worker serves pool " + Text.quote(pool.pool()) + alive(pool.workers());
    } else if (reason instanceof HandlerNotServed handler) {
      return "no living worker has handler "
          + Text.quote(handler.handler())
          + alive(handler.workers());
    } else if (reason instanceof NotClaimed ready) {
      return "ready; no worker of pool "
          + Text.quote(ready.pool())
          + " has claimed it yet"
          + alive(ready.workers());
    }
    throw new IllegalArgumentException("no text for wait reason " + reason.getClass());
  }

  private static String message(Due due) {
    return switch (due.reason()) {
      case DEADLINE -> "time-out passed at " + due.since() + "; no worker has ended it yet";
      case CANCEL ->
          "to be cancelled with its parent since " + due.since() + "; no worker has done it yet";
      case SETTLE -> "due since " + due.since() + "; no worker has examined it yet";
    };
  }

  private static String message(PoolFull full) {
    return "pool "
        + Text.quote(full.pool())
        + " is full ("
        + full.running()
        + " of "
        + full.slots()
        + (full.slots() == 1 ? " slot" : " slots")
        + " in use)"
        + (full.heldBy().isEmpty() ? "" : ", held by " + names(full.heldBy(), WaitReason::holder));
  }

  private static String holder(LeaseHolder holder) {
    return "task "
        + holder.taskId()
        + " of execution "
        + holder.executionId()
        + " (worker "
        + holder.worker()
        + (holder.alive() ? ")" : ", dead; its lease ends at " + holder.leaseUntil() + ")");
  }

  private static String message(ParallelLimit limit) {
    return "workflow "
        + limit.workflowId()
        + " has "
        + limit.running()
        + (limit.running() == 1 ? " execution" : " executions")
        + " in progress"
        + (limit.limit() == null ? "" : " (limit " + limit.limit() + ")")
        + (limit.heldBy().isEmpty()
            ? ""
            : ": " + names(limit.heldBy(), each -> each.executionId() + " " + each.state()));
  }

  private static String alive(List<String> workers) {
    return workers.isEmpty() ? "" : " (alive: " + names(workers, Function.identity()) + ")";
  }

  /** The first few names, and how many more there are. */
  private static <T> String names(List<T> all, Function<T, String> name) {
    int named = 3;
    String some = all.stream().limit(named).map(name).collect(Collectors.joining(", "));
    return all.size() <= named ? some : some + " and " + (all.size() - named) + " more";
  }
}
