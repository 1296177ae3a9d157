package dev.waymark.worker.api;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskRun;
import dev.waymark.core.store.Claims;

/**
 * Is notified of what one worker does. Each method is called after the store has recorded what it
 * reports. What it throws is logged and has no other effect: a listener cannot fail a commit.
 *
 * <p>The calls for one execution are made in the order in which this worker records what they
 * report, one after the other. Calls for different executions run at the same time, on the threads
 * that do the work. So a listener must be thread-safe and return soon. A worker that is killed
 * makes no more calls: take what must not be missed from the store.
 *
 * <pre>{@code
 * WorkerListener listener =
 *     new WorkerListener() {
 *       public void executionEnded(Execution execution) {
 *         System.out.println(execution.id() + " " + execution.state());
 *       }
 *     };
 * }</pre>
 *
 * @since 0.1.0
 */
public interface WorkerListener {

  /** This worker starts an attempt. */
  default void attemptStarted(Claims.Claimed claimed) {}

  /**
   * This worker has recorded the end of an attempt: of its own, or of a worker that is dead.
   *
   * @param taskRun the task run after that
   * @param attempt the attempt, which has ended
   */
  default void attemptEnded(TaskRun taskRun, Attempt attempt) {}

  /**
   * The result of an attempt was discarded, because its lease is lost or it has ended in the store.
   */
  default void resultDiscarded(Claims.Claimed claimed) {}

  /** This worker has ended an execution. */
  default void executionEnded(Execution execution) {}
}
