package dev.waymark.core.store;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Part of the log of an attempt, as it was written: bytes, of which nobody knows whether they are
 * text. The next part is at {@code position + bytes.length}.
 *
 * @param bytes what is there from the position on, as far as it was asked for; empty when there is
 *     nothing more
 * @param position where the bytes begin: the position that was asked for, or a later one where the
 *     log has a gap
 * @param length how long the log is by now; it grows while the attempt runs
 */
@SuppressWarnings("ArrayRecordComponent") // a private copy, compared by content
public record LogPart(byte[] bytes, long position, long length) {

  /** Keeps a copy. */
  public LogPart {
    bytes = bytes.clone();
  }

  /** A copy of the bytes. */
  @Override
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LogPart part
        && Arrays.equals(bytes, part.bytes)
        && position == part.position
        && length == part.length;
  }

  @Override
  public int hashCode() {
    return Objects.hash(Arrays.hashCode(bytes), position, length);
  }

  /** Names the place, and counts the bytes. */
  @Override
  public String toString() {
    return "LogPart[" + bytes.length + " bytes, position=" + position + ", length=" + length + "]";
  }
}
