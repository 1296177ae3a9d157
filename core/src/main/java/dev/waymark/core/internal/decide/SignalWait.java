package dev.waymark.core.internal.decide;

import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskRunId;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A task run that waits for a signal, or for the end of a child. It waits only while its version is
 * the one here: each move ends the wait.
 *
 * @param taskRun the task run
 * @param name the name of the signal, or {@link #forChild}
 * @param version the version of the task run since it waits
 * @param pool the pool in which it is ready afterwards
 * @param priority its priority there
 * @param since when it began to wait
 */
public record SignalWait(
    TaskRunId taskRun, String name, long version, String pool, int priority, Instant since) {
  /** The order of delivery: the one that has waited for the longest time is first. */
  static final Comparator<SignalWait> ORDER =
      Comparator.comparing(SignalWait::since).thenComparing(SignalWait::taskRun);

  private static final String CHILD = "child:";

  /** The name of the wait for a child. No signal can have it. */
  public static String forChild(ExecutionId child) {
    return CHILD + child;
  }

  /** The child that a wait of this name is for, or null when it is for a signal. */
  public static @Nullable ExecutionId childOf(String name) {
    return name.startsWith(CHILD) ? ExecutionId.of(name.substring(CHILD.length())) : null;
  }
}
