package dev.waymark.runner.api;

import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import java.util.List;

/**
 * Hears how the executions that a {@code Runner} works on proceed, for a display or a log of one's
 * own.
 *
 * <p>All methods are called in order and on one thread, after the change is durable. The runner
 * waits for them, so they should be quick. What they throw is logged and has no other effect.
 * Changes that other workers made are told too, as soon as they are noticed; of several that were
 * noticed together only the last is told. Each change is told once, and of one task run no event
 * has an earlier time than the event before.
 */
public interface RunListener {

  /** Hears nothing. */
  RunListener NONE = new RunListener() {};

  /**
   * The runner begins to work on an execution: a new one, or one that another worker has left.
   *
   * @param execution the execution as it was found
   * @param taskRuns its task runs as they were found, in the order of the file
   */
  default void executionStarted(Execution execution, List<TaskRun> taskRuns) {}

  /** A task run changed its state, or began another attempt. */
  default void taskRunChanged(TaskRunProgress progress) {}

  /**
   * An attempt that the runner had claimed was lost to it before its end was recorded: the lease
   * was over, or somebody else ended the attempt. Nothing of it runs here any more, and what came
   * of it does not count.
   */
  default void leaseLost(AttemptId attempt) {}

  /** An execution that the runner worked on has ended; its state is terminal. */
  default void executionEnded(Execution execution) {}
}
