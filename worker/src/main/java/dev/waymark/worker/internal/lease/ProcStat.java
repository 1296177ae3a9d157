package dev.waymark.worker.internal.lease;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The data of a process in {@code /proc/PID/stat} of Linux. Java's own {@link ProcessHandle}
 * supports neither process groups nor zombies. It reports a process that has ended as alive until
 * its parent collects it. If nothing collects orphans (a container without an init), that is
 * forever.
 *
 * @param state the letter of its state
 * @param group its process group
 * @param startTicks when it started, in ticks since the boot: exact, and independent of the clock
 */
public record ProcStat(char state, long group, long startTicks) {
  private static final int START = 19;
  private static final Path PROC = Path.of("/proc");

  /** Whether this system has the {@code /proc} of Linux. */
  public static boolean supported() {
    return Files.isReadable(PROC.resolve("self/stat"));
  }

  /**
   * The process with this id, or null when there is none or the system does not provide the data.
   */
  public static @Nullable ProcStat of(long pid) {
    return read(PROC.resolve(pid + "/stat"));
  }

  /** Reads a file of this form; null when there is none. */
  public static @Nullable ProcStat read(Path stat) {
    try {
      String line = Files.readString(stat, StandardCharsets.ISO_8859_1);
      // The second field is the program's name in parentheses. The name itself may contain spaces
      // and parentheses.
      String[] rest = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
      return new ProcStat(rest[0].charAt(0), Long.parseLong(rest[2]), Long.parseLong(rest[START]));
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  /** Whether the process has ended and only waits until its parent collects it. */
  public boolean isZombie() {
    return state == 'Z' || state == 'X';
  }
}
