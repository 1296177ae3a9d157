package dev.waymark.cli.internal.progress;

import dev.waymark.runner.RunListener;

/** Shows how executions proceed, on standard error. */
public interface Progress extends RunListener, AutoCloseable {
  /** Shows the last state and leaves the terminal to others. Closing twice does nothing. */
  @Override
  void close();
}
