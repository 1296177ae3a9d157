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
 * The answer to a claim: what the worker has taken, and what else it may care for.
 *
 * @param claimed task runs that are now RUNNING with a new attempt of this worker, the greatest
 *     priority first and the oldest first within it
 * @param due executions that somebody is to look at, those that are due for longest first. They are
 *     not taken: several workers may look at one, and the first to commit is right
 * @param expired attempts whose lease is over, those that are for longest first; likewise
 * @param next how long until something becomes ready or due that is not yet, in whichever
 *     execution, as far as is known now; null when nothing will by itself. Deadlines of executions
 *     that are PAUSED do not count: nothing follows from them until somebody resumes those
 * @param nextExpiry how long until a lease runs out unless it is renewed; null when there is none
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

  /** Whether there is nothing to do now. */
  public boolean isEmpty() {
    return claimed.isEmpty() && due.isEmpty() && expired.isEmpty();
  }

  /**
   * A task run that was taken.
   *
   * @param execution its execution, RUNNING
   * @param taskRun the task run, RUNNING
   * @param attempt the new attempt
   */
  public record Claimed(Execution execution, TaskRun taskRun, Attempt attempt) {}

  /**
   * An execution that somebody is to look at.
   *
   * @param executionId the execution
   * @param reason why
   */
  public record Due(ExecutionId executionId, DueReason reason) {}

  /**
   * A live attempt with a lease, which may be over.
   *
   * @param attempt the attempt
   * @param executionId its execution
   * @param worker who has, or had, the lease
   */
  public record Leased(AttemptId attempt, ExecutionId executionId, String worker) {}
}
