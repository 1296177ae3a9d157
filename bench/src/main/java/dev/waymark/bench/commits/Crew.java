package dev.waymark.bench.commits;

import java.time.Duration;

/**
 * The threads that put load on a contestant, slice after slice. A course that a slice leaves
 * unfinished is continued in the next one.
 */
interface Crew extends AutoCloseable {
  /** Works for this time and returns what was acknowledged. */
  Slice work(Duration time) throws Exception;

  /** What was acknowledged so far. */
  Acknowledged acknowledged();

  @Override
  void close() throws Exception;

  /** A crew for this load. */
  static Crew of(Contestant contestant, Load load) throws Exception {
    return load.isAsync()
        ? new FlightCrew(contestant, load.count())
        : new ThreadCrew(contestant, load.count());
  }

  /**
   * The acknowledged work.
   *
   * @param steps all steps
   * @param created executions that were created
   * @param succeeded executions that reached the end of their course
   */
  record Acknowledged(long steps, long created, long succeeded) {
    static final Acknowledged NOTHING = new Acknowledged(0, 0, 0);

    Acknowledged plus(Step step) {
      return new Acknowledged(
          steps + 1,
          created + (step.number() == 1 ? 1 : 0),
          succeeded + (step.number() == Course.STEPS ? 1 : 0));
    }

    Acknowledged plus(Acknowledged other) {
      return new Acknowledged(
          steps + other.steps, created + other.created, succeeded + other.succeeded);
    }
  }
}
