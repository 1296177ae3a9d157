package dev.waymark.core.model;

import java.util.Objects;
import java.util.UUID;

/**
 * The id of a task run.
 *
 * <p>Ids are ordered as unsigned 128-bit numbers. Both databases use the same order. For UUIDv7, it
 * is the order of creation.
 *
 * @param value the UUID
 * @since 0.1.0
 */
public record TaskRunId(UUID value) implements Comparable<TaskRunId> {
  /** Rejects null. */
  public TaskRunId {
    Objects.requireNonNull(value, "UUID");
  }

  /**
   * Reads an id from its canonical form of 36 characters.
   *
   * @throws dev.waymark.core.error.InvalidInputException when {@code text} is not a UUID
   */
  public static TaskRunId of(String text) {
    return new TaskRunId(Uuids.parse("task run id", text));
  }

  @Override
  public int compareTo(TaskRunId other) {
    return Uuids.compare(value, other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
