package dev.waymark.core.store;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.Transition;
import java.util.List;

/**
 * An execution with its task runs, attempts and history, read from one snapshot.
 *
 * @param execution the execution
 * @param taskRuns its task runs, ordered by time of creation, then by id, each with its attempts
 * @param history its history, ordered by sequence
 * @since 0.1.0
 */
public record ExecutionDetails(
    Execution execution, List<TaskRunDetails> taskRuns, List<Transition> history) {

  /** Keeps unmodifiable copies. */
  public ExecutionDetails {
    taskRuns = List.copyOf(taskRuns);
    history = List.copyOf(history);
  }

  /**
   * A task run with its attempts.
   *
   * @param taskRun the task run
   * @param attempts its attempts, ordered by number
   */
  public record TaskRunDetails(TaskRun taskRun, List<Attempt> attempts) {

    /** Keeps an unmodifiable copy. */
    public TaskRunDetails {
      attempts = List.copyOf(attempts);
    }
  }
}
