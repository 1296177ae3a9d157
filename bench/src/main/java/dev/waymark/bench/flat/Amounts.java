package dev.waymark.bench.flat;

import dev.waymark.bench.part.Settings;
import java.util.Collections;

/**
 * The amounts of the conditions. In a small run, all of them but the pools are smaller in the same
 * proportion.
 *
 * @param finished executions that have ended
 * @param backlog task runs that are ready
 * @param dead task runs that have been ready, claimed and finished under an old snapshot
 * @param due executions that are due
 * @param waiting task runs that wait
 * @param pools pools among which the ready task runs are spread
 */
record Amounts(long finished, long backlog, long dead, int due, int waiting, int pools) {
  private static final long MOST_FINISHED = 1_000_000;

  /** The amounts for the largest size of the settings. */
  static Amounts of(Settings settings) {
    long finished = Math.min(MOST_FINISHED, Collections.max(settings.sizes()));
    int tenth = (int) finished / 10;
    return new Amounts(finished, tenth, tenth, tenth / 10, tenth, 100);
  }
}
