package dev.waymark.core.store;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A worker as the store knows it. All times are by the clock of the store.
 *
 * @param name its name
 * @param life the last of its lives
 * @param startedAt when this life was first noted
 * @param seenAt when it was last noted
 * @param alive whether it has not retired and the time for which it was noted is not over
 * @param info what it tells of itself
 * @param attempts how many leases there are under its name
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
   * commas; it works on every execution where this is missing.
   */
  public static final String EXECUTIONS_INFO = "executions";

  /** Keeps an unmodifiable copy. */
  public Worker {
    info = Collections.unmodifiableMap(new TreeMap<>(info));
  }
}
