package dev.waymark.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program until it ends, and measures its duration or its memory. */
public final class Child {
  /** The option of Java for a small heap. */
  public static final String SMALL_HEAP = "-Xmx64m";

  private static final Path PROC = Path.of("/proc");

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path out;

  /** The output of the program goes to this file. */
  Child(List<String> command, Map<String, String> environment, Path out) {
    this.command = command;
    this.environment = environment;
    this.out = out;
  }

  /** A program of the class path of this process, in a small heap. */
  public static Child inSmallHeap(Class<?> program, Path out, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(SMALL_HEAP);
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return new Child(command, Map.of(), out);
  }

  /** Milliseconds from the start to the end. */
  double millis() throws IOException, InterruptedException {
    long begin = System.nanoTime();
    Process process = start();
    int exit = process.waitFor();
    double millis = (System.nanoTime() - begin) / 1e6;
    check(exit);
    return millis;
  }

  /**
   * The peak memory in megabytes. Linux keeps this mark and discards it when the program ends, so
   * it is read repeatedly. Only growth in the last millisecond is missed. 0 where the system does
   * not report it.
   */
  public double peakMegabytes() throws IOException, InterruptedException {
    Process process = start();
    Path status = PROC.resolve(process.pid() + "/status");
    long peak = 0;
    do {
      peak = Math.max(peak, peakKilobytes(status));
    } while (!process.waitFor(1, TimeUnit.MILLISECONDS));
    check(process.exitValue());
    return peak / 1024.0;
  }

  /** Whether this system reports the memory of a process. */
  static boolean canTellMemory() {
    return Files.isReadable(PROC.resolve("self/status"));
  }

  private static long peakKilobytes(Path status) {
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      // The process has ended; the last mark is valid.
    }
    return 0;
  }

  private Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private void check(int exit) throws IOException {
    if (exit != 0) {
      throw new IllegalStateException(
          String.join(" ", command) + " ended with " + exit + ": " + output());
    }
  }

  /** The output of the last run. */
  public String output() throws IOException {
    return Files.readString(out, StandardCharsets.UTF_8).strip();
  }
}
