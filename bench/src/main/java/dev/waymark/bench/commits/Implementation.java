package dev.waymark.bench.commits;

import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/**
 * One implementation that makes the steps of executions durable. Each step that it acknowledges
 * survives a power failure. Thread-safe.
 */
public interface Implementation extends AutoCloseable {

  /** Its name in the reports. */
  String name();

  /** A committer for one thread, which only that thread uses. */
  Committer committer() throws SQLException;

  /** Commits a step without waiting. The future completes when the step is durable. */
  CompletableFuture<?> commitAsync(Step step);

  /** Whether it can commit without waiting. */
  default boolean isAsync() {
    return true;
  }

  /**
   * Updates the statistics of its tables, as the server itself does every minute, if its plans
   * depend on them.
   */
  void settle() throws SQLException;

  /** The number of executions in its store, and how many of them succeeded, to verify the work. */
  Tally tally() throws SQLException;

  @Override
  void close() throws SQLException;

  /** The commits of one thread. */
  interface Committer extends AutoCloseable {
    /** Returns when the step is durable. */
    void commit(Step step) throws SQLException;

    @Override
    default void close() throws SQLException {}
  }

  /**
   * The content of a store.
   *
   * @param executions all executions
   * @param succeeded those that reached the end of their lifecycle
   * @param transitions all transitions of their history, or -1 if the public API does not provide
   *     it
   */
  record Tally(long executions, long succeeded, long transitions) {}
}
