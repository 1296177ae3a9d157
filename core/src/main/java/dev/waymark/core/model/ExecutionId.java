package dev.waymark.core.model;

import java.util.Objects;
import java.util.UUID;

/**
 * One execution. New ids are UUIDv7; a caller may supply any UUID of its own to make a start
 * idempotent.
 *
 * <p>Ids are ordered as unsigned 128-bit numbers, which is the order of both databases and, for
 * UUIDv7, the order of creation.
 *
 * @param value the UUID
 */
public record ExecutionId(UUID value) implements Comparable<ExecutionId> {
  /** Refuses null. */
  public ExecutionId {
    Objects.requireNonNull(value, "UUID");
  }

  /**
   * Reads an id from its canonical form of 36 characters.
   *
   * @throws dev.waymark.core.error.InvalidInputException when {@code text} is no UUID
   */
  public static ExecutionId parse(String text) {
    return new ExecutionId(Uuids.parse("execution id", text));
  }

  @Override
  public int compareTo(ExecutionId other) {
    return Uuids.compare(value, other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
