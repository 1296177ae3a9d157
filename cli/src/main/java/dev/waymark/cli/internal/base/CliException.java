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

  /** The command line, a file or an input is invalid. */
  public static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message);
  }

  /** A record does not exist, its id is ambiguous, or its state does not allow the command. */
  public static CliException notFound(String message) {
    return new CliException(ExitCode.NOT_FOUND_OR_CONFLICT, message);
  }

  /** The exit code of the process. */
  public int exitCode() {
    return exitCode;
  }
}
