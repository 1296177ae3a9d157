package dev.waymark.bench.commits;

import java.util.Locale;

/**
 * The number of steps that wait at the same time.
 *
 * @param title its name in reports
 * @param count the number of threads that wait for their commits, or of commits in flight
 * @param isAsync whether the commits are in flight, without a thread for each
 */
public record Load(String title, int count, boolean isAsync) {

  /** This number of threads, each of which waits for its commits. */
  public static Load threads(int count) {
    return new Load(count == 1 ? "1 thread" : count + " threads", count, false);
  }

  /** This number of commits in flight. */
  public static Load inFlight(int count) {
    return new Load(String.format(Locale.ROOT, "%,d in flight", count), count, true);
  }
}
