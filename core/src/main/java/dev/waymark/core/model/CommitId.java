package dev.waymark.core.model;

import java.util.Objects;
import java.util.UUID;

/**
 * The id of a change set, and the idempotency key of its commit. A commit that is repeated with the
 * same id takes effect once and returns the result of the first commit.
 *
 * <p>Ids are ordered as unsigned 128-bit numbers. Both databases use the same order. For UUIDv7, it
 * is the order of creation.
 *
 * @param value the UUID
 * @since 0.1.0
 */
public record CommitId(UUID value) implements Comparable<CommitId> {
  /** Rejects null. */
  public CommitId {
    Objects.requireNonNull(value, "UUID");
  }

  /**
   * Reads an id from its canonical form of 36 characters.
   *
   * @throws dev.waymark.core.error.InvalidInputException when {@code text} is not a UUID
   */
  public static CommitId of(String text) {
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
