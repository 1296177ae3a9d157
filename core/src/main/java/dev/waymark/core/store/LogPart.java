package dev.waymark.core.store;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Part of the log of an attempt: the bytes as they were written, which may or may not be text. The
 * next part begins at {@code position + bytes.length}.
 *
 * @param bytes the bytes from the position, at most as many as requested; empty at the end of the
 *     log
 * @param position where the bytes begin: the requested position, or a later one when the log has a
 *     gap
 * @param length current length of the log in bytes; it grows while the attempt runs
 * @since 0.1.0
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

  /** Shows the position and the number of bytes, not the bytes. */
  @Override
  public String toString() {
    return "LogPart[" + bytes.length + " bytes, position=" + position + ", length=" + length + "]";
  }
}
