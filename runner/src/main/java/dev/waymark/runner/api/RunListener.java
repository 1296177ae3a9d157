package dev.waymark.runner.api;

import dev.waymark.core.internal.Callbacks;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import java.util.List;
import java.util.stream.Stream;

/**
 * Is notified of the progress of the executions that a {@code Runner} works on, for example for a
 * display or a log.
 *
 * <p>All methods are called in order and on one thread, after the change is durable. The runner
 * waits for them, so they should be quick. An exception from a method is logged and has no other
 * effect. The listener is also notified of changes by other workers, when the runner detects them;
 * if it detects several changes at once, it reports only the last one. Each change is reported
 * once. The events of one task run are in order of time.
 *
 * <p>For example:
 *
 * <pre>{@code
 * RunListener listener =
 *     new RunListener() {
 *       @Override
 *       public void leaseLost(AttemptId attempt) {
 *         System.err.println("lost " + attempt);
 *       }
 *     };
 * Runner.Builder builder = Runner.builder(store).listener(listener);
 * }</pre>
 *
 * @since 0.1.0
 */
public interface RunListener {

  /** Ignores all events. */
  RunListener NONE = new RunListener() {};

  /**
   * Returns a listener that notifies all of these, in this order. An exception of one does not
   * affect the others.
   */
  static RunListener all(RunListener... listeners) {
    List<RunListener> all = Stream.of(listeners).filter(each -> each != NONE).toList();
    if (all.size() < 2) {
      return all.isEmpty() ? NONE : all.get(0);
    }
    return new RunListener() {
      @Override
      public void executionStarted(Execution execution, List<TaskRun> taskRuns) {
        Callbacks.callEach(all, each -> each.executionStarted(execution, taskRuns));
      }

      @Override
      public void taskRunChanged(TaskRunProgress progress) {
        Callbacks.callEach(all, each -> each.taskRunChanged(progress));
      }

      @Override
      public void leaseLost(AttemptId attempt) {
        Callbacks.callEach(all, each -> each.leaseLost(attempt));
      }

      @Override
      public void executionEnded(Execution execution) {
        Callbacks.callEach(all, each -> each.executionEnded(execution));
      }
    };
  }

  /**
   * The runner begins to work on an execution: a new one, or one that another worker left.
   *
   * @param execution the execution as it was found
   * @param taskRuns its task runs as they were found, in the order of the file; then the further
   *     iterations of tasks that run several times
   */
  default void executionStarted(Execution execution, List<TaskRun> taskRuns) {}

  /**
   * A task run changed its state, or began another attempt; or the next iteration of a task was
   * created.
   */
  default void taskRunChanged(TaskRunProgress progress) {}

  /**
   * The runner lost an attempt that it had claimed, before it recorded the end: the lease expired,
   * or another process ended the attempt. No process of it runs here any more, and its result is
   * discarded.
   */
  default void leaseLost(AttemptId attempt) {}

  /** An execution that the runner worked on has ended; its state is terminal. */
  default void executionEnded(Execution execution) {}
}
