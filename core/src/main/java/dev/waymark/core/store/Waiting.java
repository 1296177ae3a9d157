package dev.waymark.core.store;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.model.TaskRunId;
import dev.waymark.core.model.TaskRunState;
import java.util.List;

/**
 * Why an execution, and those of its task runs that have not ended, are not running; read from one
 * snapshot by {@link StateStore#waiting}.
 *
 * @param executionId the execution
 * @param state its state
 * @param reasons why the execution as a whole does not proceed; empty when nothing blocks it
 * @param taskRuns its task runs that wait, ordered by time of creation, then by id. Task runs that
 *     a live worker runs, and those that have ended, are not included
 * @param running its task runs that hold a lease, in the same order, including those of dead
 *     workers
 * @param workers the live workers that work on it, for any pool, ordered by name
 * @since 0.1.0
 */
public record Waiting(
    ExecutionId executionId,
    ExecutionState state,
    List<WaitReason> reasons,
    List<Item> taskRuns,
    List<LeaseHolder> running,
    List<String> workers) {

  /** Keeps unmodifiable copies. */
  public Waiting {
    reasons = List.copyOf(reasons);
    taskRuns = List.copyOf(taskRuns);
    running = List.copyOf(running);
    workers = List.copyOf(workers);
  }

  /** Returns the reasons of one task run; empty when it does not wait. */
  public List<WaitReason> of(TaskRunId id) {
    return taskRuns.stream()
        .filter(each -> each.taskRunId().equals(id))
        .findFirst()
        .map(Item::reasons)
        .orElse(List.of());
  }

  /**
   * One task run that waits.
   *
   * @param taskRunId the task run
   * @param taskId its task
   * @param state its state
   * @param reasons why it waits, at least one
   */
  public record Item(
      TaskRunId taskRunId, TaskId taskId, TaskRunState state, List<WaitReason> reasons) {

    /** Keeps an unmodifiable copy. */
    public Item {
      reasons = List.copyOf(reasons);
    }
  }
}
