package dev.waymark.bench.jobs;

import dev.waymark.bench.part.Settings;
import dev.waymark.bench.peer.JobSystem;
import dev.waymark.bench.peer.Peer;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.Storage;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.bench.turns.Contest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Waymark or a peer.
 *
 * @param schemaName its name within names of schemas and files
 * @param backend the backend of its stores
 * @param storage where its stores are
 * @param opener opens its runtime
 */
record Product(String schemaName, Backend backend, Storage storage, Opener opener) {

  /** Opens the runtime of a product. */
  interface Opener {
    /** Replaces what exists at the location with an empty store. */
    JobSystem open(StoreLocation location) throws Exception;
  }

  /** Waymark and the peers that run on this backend. */
  static List<Product> all(Settings settings, Backend backend) {
    Storage storage = settings.storage();
    Path logs = logs(storage);
    List<Product> all = new ArrayList<>();
    all.add(
        new Product(
            Contest.WAYMARK, backend, storage, location -> WaymarkJobs.replacing(location, logs)));
    for (Peer peer : settings.peers(backend)) {
      all.add(new Product(peer.schemaName(), backend, storage, peer::jobs));
    }
    return all;
  }

  private static Path logs(Storage storage) {
    return storage.folder().resolve("jobs-logs");
  }

  /** The location of its store for this purpose. */
  StoreLocation location(String purpose) {
    return storage.location(backend, purpose + "_" + schemaName);
  }

  /** Opens its runtime with an empty store. */
  JobSystem open(StoreLocation location) throws Exception {
    return opener.open(location);
  }

  /** Opens it with an empty store and with workers in several processes. */
  JobSystem openInProcesses(StoreLocation location) throws Exception {
    return new JobsInProcesses(opener.open(location), location, logs(storage));
  }
}
