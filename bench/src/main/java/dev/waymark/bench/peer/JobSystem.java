package dev.waymark.bench.peer;

/** A product that stores jobs and runs them. For one thread at a time. */
public interface JobSystem extends AutoCloseable {

  /** Its name in the reports. */
  String name();

  /** Stores this number of jobs that do nothing, while no workers run. */
  void enqueue(long jobs) throws Exception;

  /**
   * Starts workers in this process. Closing stops them, and returns when every job that they have
   * run is recorded.
   */
  AutoCloseable start(int workers) throws Exception;

  /** The number of jobs whose handler has run so far. */
  long handled();

  /** The number of jobs that the store records as done. */
  long done() throws Exception;

  @Override
  void close() throws Exception;
}
