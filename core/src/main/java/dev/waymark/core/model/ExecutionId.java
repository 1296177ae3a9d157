package dev.waymark.core.model;

import java.util.Objects;
import java.util.UUID;

/**
 * The id of an execution. Ids that Waymark generates are UUIDv7. A caller may supply any UUID as an
 * idempotency key for the start.
 *
 * <p>Ids are ordered as unsigned 128-bit numbers. Both databases use the same order. For UUIDv7, it
 * is the order of creation.
 *
 * @param value the UUID
 * @since 0.1.0
 */
public record ExecutionId(UUID value) implements Comparable<ExecutionId> {
  /** Rejects null. */
  public ExecutionId {
    Objects.requireNonNull(value, "UUID");
  }

  /**
   * Reads an id from its canonical form of 36 characters.
   *
   * @throws dev.waymark.core.error.InvalidInputException when {@code text} is not a UUID
   */
  public static ExecutionId of(String text) {
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
