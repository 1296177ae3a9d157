package dev.waymark.core.model;

import java.util.Objects;
import java.util.UUID;

/**
 * One change set. A commit that is repeated with the same id has the effect and the answer of once.
 *
 * <p>Ids are ordered as unsigned 128-bit numbers, which is the order of both databases and, for
 * UUIDv7, the order of creation.
 *
 * @param value the UUID
 */
public record CommitId(UUID value) implements Comparable<CommitId> {
  /** Refuses null. */
  public CommitId {
    Objects.requireNonNull(value, "UUID");
  }

  /**
   * Reads an id from its canonical form of 36 characters.
   *
   * @throws dev.waymark.core.error.InvalidInputException when {@code text} is no UUID
   */
  public static CommitId parse(String text) {
    return new CommitId(Uuids.parse("commit id", text));
  }

  @Override
  public int compareTo(CommitId other) {
    return Uuids.compare(value, other.value);
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
