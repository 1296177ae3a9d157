package dev.waymark.core.store;

import dev.waymark.core.model.Attempt;
import dev.waymark.core.model.AttemptId;
import dev.waymark.core.model.Execution;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRun;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of a claim: the claimed task runs, due executions and expired leases.
 *
 * <p>A claim that gets as many task runs as it asks for may leave due executions and expired leases
 * to a later claim. {@link #next()} is then at most 200 ms, and a claim of the same store that
 * begins after this time reports them. A claim that gets fewer task runs, asks for none or names an
 * execution always reports them.
 *
 * @param claimed task runs that are now RUNNING with a new attempt of this worker; greatest
 *     priority first, and within a priority those first that have been ready longest
 * @param due executions that a worker is to examine, those first that have been due longest. The
 *     claim does not take them: several workers may examine one, and the first commit wins
 * @param expired attempts whose lease has expired, those first that expired earliest. The claim
 *     does not take them either
 * @param next how long until the next task run becomes ready or the next execution becomes due,
 *     over all executions, as recorded now; null when none is pending. Deadlines of PAUSED
 *     executions do not count: they have no effect until the execution is resumed. It may be
 *     shorter after a claim that got all that it asked for, and is never longer
 * @param nextExpiry how long until the next lease expires unless it is renewed; null when there is
 *     none, or none was known when the store last looked
 * @since 0.1.0
 */
public record Claims(
    List<Claimed> claimed,
    List<Due> due,
    List<Leased> expired,
    @Nullable Duration next,
    @Nullable Duration nextExpiry) {

  /** Keeps unmodifiable copies. */
  public Claims {
    claimed = List.copyOf(claimed);
    due = List.copyOf(due);
    expired = List.copyOf(expired);
  }

  /** Whether there is nothing to do now: nothing claimed, due or expired. */
  public boolean isEmpty() {
    return claimed.isEmpty() && due.isEmpty() && expired.isEmpty();
  }

  /**
   * A task run that was claimed.
   *
   * @param execution its execution, RUNNING
   * @param taskRun the task run, RUNNING
   * @param attempt the new attempt
   */
  public record Claimed(Execution execution, TaskRun taskRun, Attempt attempt) {}

  /**
   * An execution that a worker is to examine.
   *
   * @param executionId the execution
   * @param reason why
   */
  public record Due(ExecutionId executionId, DueReason reason) {}

  /**
   * A live attempt with a lease, which may have expired.
   *
   * @param attempt the attempt
   * @param executionId its execution
   * @param worker the worker that holds the lease, or held it until it expired
   */
  public record Leased(AttemptId attempt, ExecutionId executionId, String worker) {}
}
