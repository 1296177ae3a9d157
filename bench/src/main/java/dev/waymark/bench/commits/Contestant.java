package dev.waymark.bench.commits;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/**
 * One way to make the steps of courses durable. Each step that it acknowledges survives a power
 * cut. Thread-safe.
 */
public interface Contestant extends AutoCloseable {

  /** What it is called in the reports. */
  String name();

  /** The way of one thread, which alone uses it. */
  Lane lane() throws SQLException;

  /** Commits a step without waiting; the future ends when the step is durable. */
  CompletableFuture<?> commitAsync(Step step);

  /** Whether it can commit without waiting. */
  default boolean isAsync() {
    return true;
  }

  /** Brings the statistics of its tables up to date, as the server itself does every minute. */
  void settle() throws SQLException;

  /** How many executions its store holds, and how many of them succeeded; to check the work. */
  Tally tally() throws SQLException;

  @Override
  void close() throws SQLException;

  /** How one thread commits. */
  interface Lane extends AutoCloseable {
    /** Returns when the step is durable. */
    void commit(Step step) throws SQLException;

    @Override
    default void close() throws SQLException {}
  }

  /**
   * What a store holds.
   *
   * @param executions all executions
   * @param succeeded those that reached the end of their course
   * @param transitions all transitions of their history, or -1 where the front door does not tell
   */
  record Tally(long executions, long succeeded, long transitions) {}
}
