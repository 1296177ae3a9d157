package dev.waymark.trials;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The processes whose ids a script has written to a file. */
final class Pids {
  private Pids() {}

  /** The ids in a file, which must exist. */
  static List<Long> in(Path file) {
    try {
      return Stream.of(Files.readString(file).strip().split("\\s+")).map(Long::valueOf).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a process runs; one that has ended but was not yet waited for does not. */
  static boolean runs(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }
}
