package dev.waymark.testkit.model;

import java.util.List;
import java.util.SplittableRandom;

/** The only source of random values of a run. All values come from its seed. Not thread-safe. */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A number from 0 to one below {@code bound}. */
  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns true with a probability of one in {@code chances}. */
  boolean oneIn(int chances) {
    return random.nextInt(chances) == 0;
  }

  long bits() {
    return random.nextLong();
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  @SafeVarargs
  final <T> T pickOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
