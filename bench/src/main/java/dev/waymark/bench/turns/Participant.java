package dev.waymark.bench.turns;

import java.time.Duration;

/**
 * One implementation of a contest. It works only while it is its turn. For one thread at a time.
 */
public interface Participant extends AutoCloseable {

  /** Its name in the reports. */
  String name();

  /**
   * Prepares what the slice needs, works for about this time and returns how much it did in a
   * second. The preparation is not measured.
   */
  double work(Duration time) throws Exception;

  /**
   * Compares what it counted with the content of its store, after the last round.
   *
   * @throws IllegalStateException when the store holds something else
   */
  void check() throws Exception;

  @Override
  void close() throws Exception;
}
