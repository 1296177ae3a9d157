package dev.waymark.core.store;

import dev.waymark.core.error.InvalidInputException;
import dev.waymark.core.internal.Text;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.TaskId;
import java.time.Duration;
import java.util.Collections;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a worker asks for when it looks for work.
 *
 * @param worker the name of the worker, under which attempts are recorded
 * @param limit how many task runs it takes at the most, from 0 to the store's {@link
 *     Limits#maxClaims()}; with 0 it only looks for what is due or expired
 * @param lease how long it may keep each of them without renewing its lease
 * @param pools the pools that it serves, at least one
 * @param execution the only execution that it looks at, or null for all
 */
public record ClaimRequest(
    String worker, int limit, Duration lease, Set<String> pools, @Nullable ExecutionId execution) {
  /** The pool of task runs that name none. */
  public static final String DEFAULT_POOL = "default";

  /**
   * Checks all but the limit of the store, and keeps an unmodifiable copy.
   *
   * @throws InvalidInputException when the worker is empty, the limit negative, the lease out of
   *     range or there is no pool
   */
  public ClaimRequest {
    Text.wellFormed("worker of a claim", worker);
    Leases.check("lease of a claim", lease);
    pools = Collections.unmodifiableSet(new TreeSet<>(pools));
    pools.forEach(ClaimRequest::checkPool);
    if (worker.isEmpty()) {
      throw new InvalidInputException("worker of a claim is empty; name the worker");
    }
    if (limit < 0) {
      throw new InvalidInputException(
          "limit " + limit + " of a claim is out of range; use 0 or more");
    }
    if (pools.isEmpty()) {
      throw new InvalidInputException(
          "a claim serves no pool; name one, such as \"" + DEFAULT_POOL + "\"");
    }
  }

  /** A claim in every execution. */
  public ClaimRequest(String worker, int limit, Duration lease, Set<String> pools) {
    this(worker, limit, lease, pools, null);
  }

  /** A claim of what belongs to no pool in particular. */
  public static ClaimRequest of(String worker, int limit, Duration lease) {
    return new ClaimRequest(worker, limit, lease, Set.of(DEFAULT_POOL));
  }

  /** The same claim in one execution alone. */
  public ClaimRequest within(ExecutionId only) {
    return new ClaimRequest(worker, limit, lease, pools, only);
  }

  static void checkPool(String pool) {
    Objects.requireNonNull(pool, "pool");
    try {
      TaskId unused = new TaskId(pool);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "pool "
              + Text.quote(pool)
              + " is not a valid name; use 1 to 128 letters, digits, '.', '_' or '-', beginning with a letter or digit");
    }
  }
}
