package dev.waymark.testkit.model;

/**
 * The answer of a store differs from that of the reference store. The message contains the seed,
 * the step, the operation, the answer of each store, the steps before it on the same records, and
 * the command that replays the run.
 *
 * @since 0.1.0
 */
public final class Difference extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final int step;

  Difference(long seed, int step, String message) {
    super(message);
    this.seed = seed;
    this.step = step;
  }

  /** The seed of the run. */
  public long seed() {
    return seed;
  }

  /** The step, counted from 1. */
  public int step() {
    return step;
  }
}
