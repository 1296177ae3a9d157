package dev.waymark.bench.commits;

/**
 * Runs through courses step by step and counts the acknowledged steps. For one thread at a time.
 */
final class Walker {
  private final Course.Source source = new Course.Source();
  private Course course = source.next();
  private int number = 1;
  private Crew.Acknowledged acknowledged = Crew.Acknowledged.NOTHING;

  /** The next step. */
  Step next() {
    return course.step(number);
  }

  /** Counts the step as acknowledged. */
  void acknowledge(Step step) {
    acknowledged = acknowledged.plus(step);
    if (number++ == Course.STEPS) {
      course = source.next();
      number = 1;
    }
  }

  Crew.Acknowledged acknowledged() {
    return acknowledged;
  }
}
