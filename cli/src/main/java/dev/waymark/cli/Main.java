package dev.waymark.cli;

import dev.waymark.cli.internal.Cli;
import dev.waymark.cli.internal.base.Surroundings;
import dev.waymark.cli.internal.base.SystemTerminal;
import dev.waymark.cli.internal.base.SystemZone;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The {@code waymark} command.
 *
 * @since 0.1.0
 */
public final class Main {
  private Main() {}

  /**
   * Runs a command line and ends the process with its exit code.
   *
   * @param words the command and its arguments
   */
  public static void main(String[] words) {
    int exitCode = new Cli(surroundings()).run(words);
    System.exit(exitCode);
  }

  private static Surroundings surroundings() {
    // HOME first: user.home comes from the user database, not from the environment.
    String home = System.getenv().getOrDefault("HOME", "");
    return new Surroundings(
        System.getenv(),
        Path.of(home.isEmpty() ? System.getProperty("user.home", "") : home),
        Path.of("").toAbsolutePath(),
        System.in,
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        SystemTerminal.find(),
        InstantSource.system(),
        new SystemZone());
  }
}
