package dev.waymark.bench.peer;

/** A product that stores jobs and runs them. For one thread at a time. */
public interface JobSystem extends JobWorkers {

  /** Its name in the reports. */
  String name();

  /** Stores this number of jobs that do nothing, while no workers run. */
  void enqueue(long jobs) throws Exception;

  /** Returns to the queue what workers had fetched before they were stopped, while none run. */
  default void unpick() throws Exception {}

  /** The number of jobs that the store records as done. */
  long done() throws Exception;
}
