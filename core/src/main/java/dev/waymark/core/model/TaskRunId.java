package dev.waymark.core.model;

import java.util.Objects;
import java.util.UUID;

/**
 * One task run.
 *
 * <p>Ids are ordered as unsigned 128-bit numbers, which is the order of both databases and, for
 * UUIDv7, the order of creation.
 *
 * @param value the UUID
 */
public record TaskRunId(UUID value) implements Comparable<TaskRunId> {
  /** Refuses null. */
  public TaskRunId {
    Objects.requireNonNull(value, "UUID");
  }

  /**
   * Reads an id from its canonical form of 36 characters.
   *
   * @throws dev.waymark.core.error.InvalidInputException when {@code text} is no UUID
   */
  public static TaskRunId parse(String text) {
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
