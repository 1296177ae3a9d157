package dev.waymark.bench.commits;

import java.util.Locale;

/**
 * How many steps wait at the same time.
 *
 * @param title how it is named in reports
 * @param count how many threads wait for their commits, or how many commits are in flight
 * @param isAsync whether they are in flight, without a thread for each
 */
public record Load(String title, int count, boolean isAsync) {

  /** So many threads, each of which waits for its commits. */
  public static Load threads(int count) {
    return new Load(count == 1 ? "1 thread" : count + " threads", count, false);
  }

  /** So many commits in flight. */
  public static Load inFlight(int count) {
    return new Load(String.format(Locale.ROOT, "%,d in flight", count), count, true);
  }
}
