package dev.waymark.cli.internal.progress;

import dev.waymark.runner.api.RunListener;
import java.util.List;

/** Shows how executions proceed, on standard error. */
public interface Progress extends RunListener, AutoCloseable {
  /**
   * Shows what the execution waits for; may be called on any thread.
   *
   * @param lines one for each reason; none when it does not wait any more
   */
  void waiting(List<String> lines);

  /** Shows the last state and leaves the terminal to others. Closing twice does nothing. */
  @Override
  void close();
}
