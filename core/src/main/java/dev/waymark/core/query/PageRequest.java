package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;

/**
 * The part of a list to read.
 *
 * <p>For example:
 *
 * <pre>{@code
 * Page<Workflow> page = store.workflows(new PageRequest(100, 50));
 * }</pre>
 *
 * @param offset number of items to skip, from 0
 * @param limit maximum number of items to return, from 1 to {@code Limits.maxPageSize()}
 * @since 0.1.0
 */
public record PageRequest(long offset, int limit) {

  /**
   * Checks the numbers.
   *
   * @throws InvalidInputException when the offset is below 0 or the limit below 1
   */
  public PageRequest {
    if (offset < 0) {
      throw new InvalidInputException("offset " + offset + " is out of range; use 0 or more");
    }
    if (limit < 1) {
      throw new InvalidInputException("limit " + limit + " is out of range; use 1 or more");
    }
  }

  /** Requests the first {@code limit} items. */
  public static PageRequest first(int limit) {
    return new PageRequest(0, limit);
  }
}
