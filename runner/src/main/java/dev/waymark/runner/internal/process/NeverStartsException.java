package dev.waymark.runner.internal.process;

import java.io.IOException;

/** A script cannot start, and no other attempt of it can: it is not tried again. */
public final class NeverStartsException extends IOException {
  private static final long serialVersionUID = 1L;

  NeverStartsException(String message) {
    super(message);
  }
}
