package dev.waymark.core.store;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.WorkflowId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why an execution or a task run is not running. A later version may add kinds, so a program should
 * have a branch for those that it does not know; {@link #code()} and {@link #message()} are there
 * for every kind.
 *
 * <p>A {@link StateStore} knows no definitions. So it says {@link NotReady} where a runner, which
 * knows them, says {@link Needs}; {@link ParallelLimit} without the limit; and {@link
 * PoolNotServed} where a runner says {@link HandlerNotServed}.
 */
public sealed interface WaitReason {

  /** A word for programs, such as {@code POOL_FULL}; it never changes. */
  default String code() {
    return WaitText.code(this);
  }

  /** A phrase for people, without secrets; times in it are ISO-8601 UTC. */
  default String message() {
    return WaitText.message(this);
  }

  /** The execution is PAUSED until somebody resumes it. */
  record Paused() implements WaitReason {}

  /**
   * The execution is CANCELLING: what runs is asked to end, and nothing starts but what is made
   * ready from then on. A task run that is ready waits for what any other would wait for.
   */
  record Cancelling() implements WaitReason {}

  /** The first attempt may not start before this time. */
  record StartsLater(Instant at) implements WaitReason {}

  /** The next attempt may not start before this time. */
  record RetriesLater(Instant at) implements WaitReason {}

  /** The worker that holds the lease is dead, or its lease has expired without a successor. */
  record WorkerLost(LeaseHolder holder) implements WaitReason {}

  /**
   * All slots of the pool are in use.
   *
   * @param pool its name
   * @param slots how many slots it has
   * @param running how many leases there are on its task runs
   * @param heldBy these leases, at most {@link PoolUse#MAX_HOLDERS}
   */
  record PoolFull(String pool, int slots, int running, List<LeaseHolder> heldBy)
      implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public PoolFull {
      heldBy = List.copyOf(heldBy);
    }
  }

  /** No worker is alive that works on this execution. */
  record NoWorker() implements WaitReason {}

  /**
   * Workers are alive, but none of them serves the pool.
   *
   * @param pool its name
   * @param workers the living workers that work on this execution, ordered by name
   */
  record PoolNotServed(String pool, List<String> workers) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public PoolNotServed {
      workers = List.copyOf(workers);
    }
  }

  /**
   * Workers are alive, but none of them has the handler.
   *
   * @param handler the name in {@code uses:}
   * @param pool the pool in which the task run waits
   * @param workers the living workers that work on this execution, ordered by name
   */
  record HandlerNotServed(String handler, String pool, List<String> workers) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public HandlerNotServed {
      workers = List.copyOf(workers);
    }
  }

  /**
   * Nothing keeps the task run from being claimed; the workers have other work, or are about to
   * claim it.
   *
   * @param pool its pool
   * @param workers the living workers that serve the pool, ordered by name
   */
  record NotClaimed(String pool, List<String> workers) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public NotClaimed {
      workers = List.copyOf(workers);
    }
  }

  /**
   * The workflow bounds how many of its executions run at the same time.
   *
   * @param workflowId the workflow
   * @param limit its bound, or null where only the number of executions is known
   * @param running how many of its executions are RUNNING, PAUSED or CANCELLING
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

  /** An execution that has begun and not ended. */
  record Started(ExecutionId executionId, ExecutionState state) {}

  /** Tasks that have to end first. */
  record Needs(List<TaskId> tasks) implements WaitReason {

    /** Keeps an unmodifiable copy. */
    public Needs {
      tasks = List.copyOf(tasks);
    }
  }

  /** Nobody has made the task run ready to be claimed; its execution decides when. */
  record NotReady() implements WaitReason {}

  /**
   * A worker is to look at the execution, and none has done so yet.
   *
   * @param reason what for
   * @param since since when it is due
   */
  record Due(DueReason reason, Instant since) implements WaitReason {}

  /**
   * The execution is not due, and none of its task runs is ready or leased: only a sweep for what
   * was left behind finds it.
   */
  record Unattended() implements WaitReason {}
}
