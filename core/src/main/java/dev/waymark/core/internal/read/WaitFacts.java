package dev.waymark.core.internal.read;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.DueReason;
import dev.waymark.core.store.LeaseHolder;
import dev.waymark.core.store.WaitReason.Started;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a store reads from one snapshot to explain why an execution waits.
 *
 * @param executionId the execution
 * @param workflowId its workflow
 * @param state its state
 * @param taskRuns its task runs that have not ended, in order of creation, then by id
 * @param pools the pools in which any of them could be claimed now, by name
 * @param workers the workers that are alive, ordered by name
 * @param due its due reasons, now or later
 * @param started how many executions of its workflow are RUNNING, CANCELLING, or PAUSED after they
 *     began; only counted for an execution that {@link #mayWaitForOthers}
 * @param startedFirst the oldest of these, by state
 */
public record WaitFacts(
    ExecutionId executionId,
    WorkflowId workflowId,
    ExecutionState state,
    List<TaskFact> taskRuns,
    Map<String, PoolFact> pools,
    List<WorkerFact> workers,
    List<DueFact> due,
    long started,
    List<Started> startedFirst) {

  /**
   * Whether only other executions of its workflow can prevent an execution in this state from
   * starting.
   */
  public static boolean mayWaitForOthers(ExecutionState state, List<TaskFact> taskRuns) {
    return state == ExecutionState.PENDING
        && taskRuns.stream().allMatch(each -> each.ready() == null && each.lease() == null);
  }

  /**
   * A task run that has not ended, and the name of its wait, if it waits for a signal or a child.
   */
  public record TaskFact(
      TaskRunId id,
      TaskId taskId,
      TaskRunState state,
      @Nullable String signal,
      @Nullable ReadyFact ready,
      @Nullable LeaseHolder lease) {}

  /** A task run may be claimed from a time on. */
  public record ReadyFact(String pool, Instant availableAt, boolean now) {}

  /** A pool: its bound or null, its number of leases, and some of them. */
  public record PoolFact(
      String name, @Nullable Integer slots, int running, List<LeaseHolder> heldBy) {
    boolean isFull() {
      return slots != null && running >= slots;
    }
  }

  /** The execution is due from a time on. */
  public record DueFact(DueReason reason, Instant at, boolean now) {}
}
