package dev.waymark.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Another JVM with the class path of this one, for tests that need a second process. Its standard
 * error goes to the standard error of the test. Its standard output is read line by line. Closing
 * it kills it, as {@code kill -9} does.
 *
 * @since 0.1.0
 */
public final class JavaProcess implements AutoCloseable {
  private static final long LONGEST_RUN_SECONDS = 120;

  private final Process process;
  private final BufferedReader output;

  private JavaProcess(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts the main method of a class with these arguments. */
  public static JavaProcess start(Class<?> main, String... arguments) {
    return start(List.of(), main, arguments);
  }

  /** Starts the main method of a class with these options for the JVM and these arguments. */
  public static JavaProcess start(List<String> options, Class<?> main, String... arguments) {
    return start(Path.of(""), options, main, arguments);
  }

  /**
   * Starts the main method of a class in this directory, with these options for the JVM and these
   * arguments.
   */
  public static JavaProcess start(
      Path directory, List<String> options, Class<?> main, String... arguments) {
    return start(directory, List.of(), options, main, arguments);
  }

  /**
   * Starts the main method of a class in the current directory by another command. The command must
   * replace itself with the JVM, as {@code ip netns exec NAME} does.
   */
  public static JavaProcess startBy(
      List<String> launcher, List<String> options, Class<?> main, String... arguments) {
    return start(Path.of(""), launcher, options, main, arguments);
  }

  private static JavaProcess start(
      Path directory,
      List<String> launcher,
      List<String> options,
      Class<?> main,
      String... arguments) {
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    try {
      return new JavaProcess(
          new ProcessBuilder(command)
              .directory(directory.toAbsolutePath().toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next line that the process prints, or null when its output has ended. */
  public @Nullable String readLine() {
    try {
      return output.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The lines that the process prints from now until it ends. */
  public List<String> readLines() {
    List<String> lines = new ArrayList<>();
    for (String line = readLine(); line != null; line = readLine()) {
      lines.add(line);
    }
    return lines;
  }

  /** Whether it is still running. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Its process id. */
  public long pid() {
    return process.pid();
  }

  /**
   * Kills it, as {@code kill -9} does, and waits until it has ended. What it printed before can
   * still be read.
   */
  public void kill() {
    process.toHandle().destroyForcibly();
    waitFor();
  }

  /**
   * Sends it a signal by name, such as {@code TERM} or {@code STOP}, and returns when it is sent.
   */
  public void signal(String name) {
    try {
      Process kill =
          new ProcessBuilder("kill", "-s", name, Long.toString(pid())).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("cannot send " + name + " to process " + pid());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while sending a signal", e);
    }
  }

  /** Waits until it ends and returns its exit code. */
  public int waitFor() {
    try {
      if (!process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "process " + process.pid() + " did not end within " + LONGEST_RUN_SECONDS + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for process " + process.pid(), e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
