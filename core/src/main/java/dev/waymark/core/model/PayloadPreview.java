package dev.waymark.core.model;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of a payload.
 *
 * @param ref which payload it is
 * @param mediaType its media type
 * @param size the number of bytes of the whole payload
 * @param start its first bytes
 * @since 0.1.0
 */
@SuppressWarnings("ArrayRecordComponent") // a private copy, compared by content
public record PayloadPreview(PayloadRef ref, String mediaType, long size, byte[] start) {

  /** Keeps a copy of the bytes. */
  public PayloadPreview {
    Objects.requireNonNull(ref, "ref");
    Objects.requireNonNull(mediaType, "media type");
    start = start.clone();
  }

  /** A copy of the first bytes. */
  @Override
  public byte[] start() {
    return start.clone();
  }

  /** Whether {@link #start()} is the whole payload. */
  public boolean isWhole() {
    return start.length == size;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PayloadPreview preview
        && ref.equals(preview.ref)
        && mediaType.equals(preview.mediaType)
        && size == preview.size
        && Arrays.equals(start, preview.start);
  }

  @Override
  public int hashCode() {
    return Objects.hash(ref, mediaType, size, Arrays.hashCode(start));
  }
}
