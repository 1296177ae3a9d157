package dev.waymark.bench.peer;

import java.sql.SQLException;

/** The store of a product in which threads change the states of jobs, without its runtime. */
public interface StateChanges extends AutoCloseable {

  /** Changes for one thread. */
  Changer changer() throws SQLException;

  /** The number of jobs that the store records in each state. */
  Counts counts() throws SQLException;

  @Override
  void close() throws SQLException;

  /** Changes the state of one job after the other. Each method returns when it is durable. */
  interface Changer {
    /** Stores a new job that is ready. */
    void create() throws SQLException;

    /** Claims the job for a worker. */
    void begin() throws SQLException;

    /** Records that the job has succeeded. */
    void succeed() throws SQLException;
  }

  /**
   * The content of the store.
   *
   * @param waiting the jobs that are ready
   * @param running the jobs that are claimed
   * @param succeeded the jobs that have succeeded; -1 if the product deletes them
   */
  record Counts(long waiting, long running, long succeeded) {}
}
