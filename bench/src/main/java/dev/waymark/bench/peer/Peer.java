package dev.waymark.bench.peer;

import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import java.util.Locale;

/**
 * Another product to compare Waymark with. {@code ServiceLoader} finds it. Each method but {@link
 * #workers} replaces what exists at the location with an empty store. The product is configured for
 * throughput, as its documentation describes.
 */
public interface Peer {

  /** Its name in the reports. */
  String name();

  /** Its name within names of schemas and files. */
  default String schemaName() {
    return name().toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** Whether it can store its jobs there. */
  boolean runsOn(Backend backend);

  /** Its whole runtime. */
  JobSystem jobs(StoreLocation location) throws Exception;

  /** Its workers, for a store that exists and stays. */
  JobWorkers workers(StoreLocation location) throws Exception;

  /** Its store as a queue for this number of threads. */
  QueueSystem queue(StoreLocation location, int threads) throws Exception;

  /** Its store for this number of threads that change states of jobs. */
  StateChanges stateChanges(StoreLocation location, int threads) throws Exception;
}
