package dev.waymark.cli.internal.base;

import java.io.IOException;

/** A write to standard output failed. */
public final class OutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean closedPipe;

  /** Creates the error from the exception of the stream. */
  public OutputException(IOException cause, boolean closedPipe) {
    super("cannot write to standard output: " + cause.getMessage(), cause);
    this.closedPipe = closedPipe;
  }

  /** Whether the reader closed the pipe, as {@code head} does after enough lines. */
  public boolean isClosedPipe() {
    return closedPipe;
  }
}
