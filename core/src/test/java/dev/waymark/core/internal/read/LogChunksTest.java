package dev.waymark.core.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.internal.Text;
import dev.waymark.core.internal.read.LogChunks.Chunk;
import dev.waymark.core.store.LogPart;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A part of a log")
class LogChunksTest {
  /** A log of nine bytes in three chunks. */
  private static final List<Chunk> WHOLE =
      List.of(chunk(0, "abc"), chunk(3, "def"), chunk(6, "ghi"));

  private static Chunk chunk(long position, String text) {
    return new Chunk(position, Text.utf8(text));
  }

  private static void assertPart(
      List<Chunk> chunks, long position, int maxBytes, String text, long begin) {
    LogPart part = LogChunks.part(chunks, position, maxBytes, 9);
    assertThat(part).isEqualTo(new LogPart(Text.utf8(text), begin, 9));
  }

  @Test
  @DisplayName("begins and ends at any byte of a chunk")
  void anyByte() {
    assertPart(WHOLE, 0, 9, "abcdefghi", 0);
    assertPart(WHOLE, 0, 100, "abcdefghi", 0);
    assertPart(WHOLE, 2, 5, "cdefg", 2);
    assertPart(WHOLE, 3, 3, "def", 3);
    assertPart(WHOLE, 4, 1, "e", 4);
    assertPart(WHOLE, 8, 1, "i", 8);
  }

  @Test
  @DisplayName("is empty at the end of the log")
  void atEnd() {
    assertPart(WHOLE, 9, 5, "", 9);
    assertPart(List.of(), 4, 5, "", 4);
  }

  @Test
  @DisplayName("ends at a gap")
  void endsAtGap() {
    List<Chunk> gap = List.of(chunk(0, "abc"), chunk(6, "ghi"));
    assertPart(gap, 1, 9, "bc", 1);
  }

  @Test
  @DisplayName("begins after a gap when the bytes at its beginning are missing")
  void beginsAfterGap() {
    List<Chunk> gap = List.of(chunk(0, "abc"), chunk(6, "ghi"));
    assertPart(gap, 3, 2, "gh", 6);
    assertPart(gap, 5, 9, "ghi", 6);
  }

  @Test
  @DisplayName("has each byte once when chunks overlap")
  void overlap() {
    List<Chunk> overlapping = List.of(chunk(0, "abcd"), chunk(2, "cd"), chunk(2, "cdefg"));
    assertPart(overlapping, 0, 9, "abcdefg", 0);
    assertPart(overlapping, 3, 2, "de", 3);
  }
}
