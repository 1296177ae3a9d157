package dev.waymark.runner.definition;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the ended executions of a workflow are kept. After that they are deleted with all of
 * their records.
 *
 * @param succeeded how long after its end an execution that SUCCEEDED is kept; null is forever
 * @param failed how long after its end an execution that FAILED or was CANCELLED is kept; null is
 *     forever
 * @param keepLast how many of the newest ended executions are kept in any case, whatever their age;
 *     0 for none
 * @since 0.1.0
 */
public record Retention(@Nullable Duration succeeded, @Nullable Duration failed, int keepLast) {
  /** The longest time that a retention may have. */
  public static final Duration LONGEST = Duration.ofDays(36_500);

  /** Everything is kept forever. */
  public static final Retention FOREVER = new Retention(null, null, 0);
}
