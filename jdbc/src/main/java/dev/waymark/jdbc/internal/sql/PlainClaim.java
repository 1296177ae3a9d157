package dev.waymark.jdbc.internal.sql;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A claim as {@link Dialect#claimAtOnce} makes it.
 *
 * @param pools the pools to claim from
 * @param limit number of task runs to claim, at least 1
 * @param maxAttempts a task run with so many attempts is not claimed
 * @param at the time of the new attempts
 * @param shares which worker gets which of the task runs, in order; the first begins with the first
 */
public record PlainClaim(
    Set<String> pools, int limit, int maxAttempts, Instant at, List<Share> shares) {

  /**
   * Consecutive task runs for one worker.
   *
   * @param begin the place of the first, counted from 1
   * @param worker the name of the worker
   * @param leaseMicros the duration of each lease in microseconds
   */
  public record Share(int begin, String worker, long leaseMicros) {}
}
