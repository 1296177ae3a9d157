package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Leases;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The request of a worker for task runs.
 *
 * <p>For example:
 *
 * <pre>{@code
 * ClaimRequest request = ClaimRequest.of("worker-1", 4, Duration.ofSeconds(30));
 * List<Claims.Claimed> claimed = store.claim(request).claimed();
 * }</pre>
 *
 * @param worker the name of the worker; the new attempts carry it
 * @param limit maximum number of task runs to claim, from 0 to {@link Limits#maxClaims()}; with 0
 *     the claim only returns due executions and expired leases
 * @param lease how long each lease lasts unless the worker renews it
 * @param pools the pools that it serves, at least one
 * @param execution the only execution to claim from, or null for all executions
 * @since 0.1.0
 */
public record ClaimRequest(
    String worker, int limit, Duration lease, Set<String> pools, @Nullable ExecutionId execution) {
  /** The pool of task runs that name no pool. */
  public static final String DEFAULT_POOL = "default";

  private static final Pattern POOL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  /**
   * Checks everything except the limits of the store, and keeps an unmodifiable copy.
   *
   * @throws InvalidInputException when the worker is empty, the limit is negative, the lease is out
   *     of range or there is no pool
   */
  public ClaimRequest {
    Text.wellFormed("worker of a claim", worker);
    Leases.check("lease of a claim", lease);
    pools = Collections.unmodifiableSet(new TreeSet<>(pools));
    pools.forEach(ClaimRequest::checkPool);
    if (worker.isEmpty()) {
      throw new InvalidInputException("worker of a claim is empty; supply the name of the worker");
    }
    if (limit < 0) {
      throw new InvalidInputException(
          "limit " + limit + " of a claim is out of range; use 0 or more");
    }
    if (pools.isEmpty()) {
      throw new InvalidInputException(
          "a claim names no pool; name at least one, such as \"" + DEFAULT_POOL + "\"");
    }
  }

  /** A claim from all executions. */
  public ClaimRequest(String worker, int limit, Duration lease, Set<String> pools) {
    this(worker, limit, lease, pools, null);
  }

  /** A claim from the default pool. */
  public static ClaimRequest of(String worker, int limit, Duration lease) {
    return new ClaimRequest(worker, limit, lease, Set.of(DEFAULT_POOL));
  }

  /** The same claim, restricted to one execution. */
  public ClaimRequest within(ExecutionId only) {
    return new ClaimRequest(worker, limit, lease, pools, only);
  }

  static void checkPool(String pool) {
    Objects.requireNonNull(pool, "pool");
    if (!POOL.matcher(pool).matches()) {
      throw new InvalidInputException(
          "pool "
              + Text.quote(pool)
              + " is not a valid name; use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit");
    }
  }
}
