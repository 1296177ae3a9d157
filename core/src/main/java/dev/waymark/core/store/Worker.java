package dev.waymark.core.store;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A worker as the store holds it. All times are by the clock of the store.
 *
 * @param name its name
 * @param life the life id of its latest start
 * @param startedAt when the store recorded the first heartbeat of this life id
 * @param seenAt when the store recorded the last heartbeat
 * @param alive whether it has not retired and the lease of its last heartbeat has not expired
 * @param info names and values that it publishes
 * @param attempts number of leases under its name
 * @since 0.1.0
 */
public record Worker(
    String name,
    UUID life,
    Instant startedAt,
    Instant seenAt,
    boolean alive,
    Map<String, String> info,
    int attempts) {
  /** In {@link #info()}: the pools that the worker serves, separated by commas. */
  public static final String POOLS_INFO = "pools";

  /**
   * In {@link #info()}: the ids of the only executions that the worker works on, separated by
   * commas. If it is missing, the worker works on all executions.
   */
  public static final String EXECUTIONS_INFO = "executions";

  /** Keeps an unmodifiable copy. */
  public Worker {
    info = Collections.unmodifiableMap(new TreeMap<>(info));
  }
}
