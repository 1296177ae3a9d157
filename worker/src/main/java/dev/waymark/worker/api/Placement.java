package dev.waymark.worker.api;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.TaskId;
import dev.waymark.core.store.Change;
import java.util.Objects;

/**
 * Where the attempts of a task wait for a worker.
 *
 * <pre>{@code
 * Placement slow = new Placement("gpu", -10);
 * }</pre>
 *
 * @param pool the pool; a worker that serves it claims the task run
 * @param priority from -100 to 100; greater priorities are claimed first
 * @since 0.1.0
 */
public record Placement(String pool, int priority) {

  /**
   * Checks the priority.
   *
   * @throws InvalidInputException when it is out of range
   */
  public Placement {
    Objects.requireNonNull(pool, "pool");
    int most = Change.ReadyTaskRun.MAX_PRIORITY;
    if (priority < -most || priority > most) {
      throw new InvalidInputException("priority is " + priority + "; use " + -most + " to " + most);
    }
  }

  /**
   * Places the tasks of executions. It must give the same answer for the same task in every worker,
   * because any worker may make it ready again after a failure.
   *
   * @since 0.1.0
   */
  @FunctionalInterface
  public interface Rule {
    /** Returns the placement of a task. */
    Placement of(Execution execution, TaskId task);
  }
}
