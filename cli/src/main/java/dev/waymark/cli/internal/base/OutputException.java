package dev.waymark.cli.internal.base;

import java.io.IOException;

/** Standard output does not take what is written to it. */
public final class OutputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean closedPipe;

  /** Makes the error from what the stream said. */
  public OutputException(IOException cause, boolean closedPipe) {
    super("cannot write the output: " + cause.getMessage(), cause);
    this.closedPipe = closedPipe;
  }

  /** Whether its reader has simply gone, as {@code head} does once it has enough. */
  public boolean isClosedPipe() {
    return closedPipe;
  }
}
