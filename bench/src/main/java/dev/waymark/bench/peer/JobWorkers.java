package dev.waymark.bench.peer;

/** The workers of a product in this process. For one thread at a time. */
public interface JobWorkers extends AutoCloseable {

  /**
   * Starts workers. Closing the result stops them, and returns when every job that they have run is
   * recorded.
   */
  AutoCloseable start(int workers) throws Exception;

  /** The number of jobs whose handler has run so far. */
  long handled() throws Exception;

  @Override
  void close() throws Exception;
}
