package dev.waymark.bench.commits;

import java.time.Duration;

/**
 * The threads that put load on an implementation, slice after slice. A lifecycle that a slice
 * leaves unfinished is continued in the next one.
 */
interface LoadGenerator extends AutoCloseable {
  /** Works for this time and returns what was acknowledged. */
  Slice work(Duration time) throws Exception;

  /** What was acknowledged so far. */
  Acknowledged acknowledged();

  @Override
  void close() throws Exception;

  /** A generator for this load. */
  static LoadGenerator of(Implementation implementation, Load load) throws Exception {
    return load.isAsync()
        ? new InFlightLoad(implementation, load.count())
        : new ThreadLoad(implementation, load.count());
  }

  /**
   * The acknowledged work.
   *
   * @param steps all steps
   * @param created executions that were created
   * @param succeeded executions that reached the end of their lifecycle
   */
  record Acknowledged(long steps, long created, long succeeded) {
    static final Acknowledged NOTHING = new Acknowledged(0, 0, 0);

    Acknowledged plus(Step step) {
      return new Acknowledged(
          steps + 1,
          created + (step.number() == 1 ? 1 : 0),
          succeeded + (step.number() == Lifecycle.STEPS ? 1 : 0));
    }

    Acknowledged plus(Acknowledged other) {
      return new Acknowledged(
          steps + other.steps, created + other.created, succeeded + other.succeeded);
    }
  }
}
