package dev.waymark.runner.internal.process;

import java.io.IOException;

/** A script cannot start, and no other attempt of it can start either. It is not retried. */
public final class NeverStartsException extends IOException {
  private static final long serialVersionUID = 1L;

  NeverStartsException(String message) {
    super(message);
  }
}
