package dev.waymark.bench.commits;

/**
 * Runs through lifecycles step by step and counts the acknowledged steps. For one thread at a time.
 */
final class StepSequence {
  private final Lifecycle.Source source = new Lifecycle.Source();
  private Lifecycle lifecycle = source.next();
  private int number = 1;
  private LoadGenerator.Acknowledged acknowledged = LoadGenerator.Acknowledged.NOTHING;

  /** The next step. */
  Step next() {
    return lifecycle.step(number);
  }

  /** Counts the step as acknowledged. */
  void acknowledge(Step step) {
    acknowledged = acknowledged.plus(step);
    if (number++ == Lifecycle.STEPS) {
      lifecycle = source.next();
      number = 1;
    }
  }

  LoadGenerator.Acknowledged acknowledged() {
    return acknowledged;
  }
}
