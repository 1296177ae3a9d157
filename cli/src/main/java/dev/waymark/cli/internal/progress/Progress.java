package dev.waymark.cli.internal.progress;

import dev.waymark.runner.api.RunListener;
import java.util.List;

/** Shows the progress of executions on standard error. */
public interface Progress extends RunListener, AutoCloseable {
  /**
   * Shows what the execution waits for. Any thread may call this method.
   *
   * @param lines one line per reason; empty if the execution no longer waits
   */
  void waiting(List<String> lines);

  /** Shows the last state and releases the terminal. Closing twice has no effect. */
  @Override
  void close();
}
