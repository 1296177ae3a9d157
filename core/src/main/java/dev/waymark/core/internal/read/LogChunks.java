package dev.waymark.core.internal.read;

import dev.waymark.core.store.LogPart;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Assembles a part of a log from the chunks in which it was written. */
public final class LogChunks {
  private final int maxBytes;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long begin;

  private LogChunks(long position, int maxBytes) {
    this.begin = position;
    this.maxBytes = maxBytes;
  }

  /**
   * A chunk of a log.
   *
   * @param position where it begins
   * @param bytes its content; must not be changed
   */
  @SuppressWarnings("ArrayRecordComponent") // passes from a row to a part, and is never compared
  public record Chunk(long position, byte[] bytes) {}

  /**
   * The part of a log that begins at a position. The chunks must be in order. Chunks before and
   * after the part are ignored. The part ends at a gap. If the bytes at its beginning are missing,
   * it begins at the first byte after the gap.
   *
   * @param length how long the log is
   */
  public static LogPart part(List<Chunk> chunks, long position, int maxBytes, long length) {
    LogChunks part = new LogChunks(position, maxBytes);
    chunks.forEach(part::take);
    return new LogPart(part.bytes.toByteArray(), part.begin, length);
  }

  private void take(Chunk chunk) {
    if (bytes.size() == 0 && chunk.position() > begin) {
      begin = chunk.position();
    }
    long next = begin + bytes.size();
    long end = chunk.position() + chunk.bytes().length;
    if (chunk.position() <= next && next < end) {
      int from = (int) (next - chunk.position());
      int wanted = Math.min(chunk.bytes().length - from, maxBytes - bytes.size());
      bytes.write(chunk.bytes(), from, wanted);
    }
  }
}
