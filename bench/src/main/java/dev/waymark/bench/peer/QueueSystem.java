package dev.waymark.bench.peer;

/** The store of a product, used as a queue by several threads, without its runtime. */
public interface QueueSystem extends AutoCloseable {

  /** Its name in the reports. */
  String name();

  /** Adds this number of items that are ready, while no thread claims. */
  void fill(long items) throws Exception;

  /** A claimer for one thread. */
  Claimer claimer(int number) throws Exception;

  /** The number of items that the store records as claimed, without those that are finished. */
  long claimed() throws Exception;

  /** The number of items that the store records as finished. */
  long finished() throws Exception;

  @Override
  void close() throws Exception;

  /** The claims of one thread. */
  interface Claimer extends AutoCloseable {

    /** Claims up to this number of items and returns how many; they are durably claimed. */
    int claim(int limit) throws Exception;

    /** Durably finishes the items of the last claim. */
    void finish() throws Exception;

    @Override
    default void close() throws Exception {}
  }
}
