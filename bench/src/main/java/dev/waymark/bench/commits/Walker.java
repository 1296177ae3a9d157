package dev.waymark.bench.commits;

/**
 * Walks through courses step by step and counts what was acknowledged. For one thread at a time.
 */
final class Walker {
  private final Course.Source source = new Course.Source();
  private Course course = source.next();
  private int number = 1;
  private Crew.Acknowledged acknowledged = Crew.Acknowledged.NOTHING;

  /** The step that comes next. */
  Step next() {
    return course.step(number);
  }

  /** Notes that the step was acknowledged. */
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
