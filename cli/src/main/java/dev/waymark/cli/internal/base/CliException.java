package dev.waymark.cli.internal.base;

import dev.waymark.core.error.WaymarkException;

/** Ends a command with a message and an exit code. */
public final class CliException extends WaymarkException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CliException(int exitCode, String message) {
    super(message, null);
    this.exitCode = exitCode;
  }

  /** The command line, a file or an input is wrong. */
  public static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message);
  }

  /** What the command names does not exist, is ambiguous, or does not allow what was asked. */
  public static CliException notFound(String message) {
    return new CliException(ExitCode.NOT_FOUND_OR_CONFLICT, message);
  }

  /** What the process ends with. */
  public int exitCode() {
    return exitCode;
  }
}
