package dev.waymark.worker.internal.lease;

import dev.waymark.core.internal.Durations;
import dev.waymark.core.model.Ids;
import dev.waymark.core.store.StateStore;
import dev.waymark.core.store.Worker;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * What a worker needs to hold leases under its name.
 *
 * @param store the state store
 * @param ids creates ids
 * @param worker the name of the worker in its attempts
 * @param lease how long the store keeps an attempt for the worker without a heartbeat
 * @param info what the worker publishes about itself now
 */
public record WorkerLife(
    StateStore store, Ids ids, String worker, Duration lease, Supplier<Map<String, String>> info) {

  /**
   * The key under which a worker with a custom name publishes its process, in the format of {@link
   * Workers}. A later worker with the same name can then see that the process has ended.
   */
  static final String PROCESS = "process";

  /** The information that every worker publishes about itself. */
  public static Map<String, String> info(
      String worker, int concurrency, Set<String> pools, Duration lease) {
    Map<String, String> info = new TreeMap<>();
    info.put("concurrency", Integer.toString(concurrency));
    info.put(Worker.POOLS_INFO, String.join(",", pools));
    info.put("lease", Durations.format(lease));
    info.put("pid", Long.toString(ProcessHandle.current().pid()));
    info.put("host", Workers.host());
    if (!worker.startsWith(Workers.processName())) {
      info.put(PROCESS, Workers.processName());
    }
    return info;
  }
}
