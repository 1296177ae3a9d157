package dev.waymark.core.query;

import dev.waymark.core.error.InvalidInputException;

/**
 * Which part of a list to read.
 *
 * @param offset how many items to pass over, from 0
 * @param limit how many items to return at the most, from 1 to the store's {@link
 *     Limits#maxPageSize()}
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

  /** The first {@code limit} items. */
  public static PageRequest first(int limit) {
    return new PageRequest(0, limit);
  }
}
