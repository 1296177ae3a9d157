package dev.waymark.core.internal.decide;

import dev.waymark.core.model.TaskRunId;
import java.time.Instant;
import java.util.Comparator;

/**
 * A task run that waits for a signal. It waits only while its version is the one here: each move
 * ends the wait.
 *
 * @param taskRun the task run
 * @param name the name of the signal
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
}
