package dev.waymark.core.store;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.model.Transition;
import java.util.List;

/**
 * An execution with all that belongs to it, read from one snapshot.
 *
 * @param execution the execution
 * @param taskRuns its task runs, in order of creation, each with its attempts
 * @param history its history, in order
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
   * @param attempts its attempts, by number
   */
  public record TaskRunDetails(TaskRun taskRun, List<Attempt> attempts) {

    /** Keeps an unmodifiable copy. */
    public TaskRunDetails {
      attempts = List.copyOf(attempts);
    }
  }
}
