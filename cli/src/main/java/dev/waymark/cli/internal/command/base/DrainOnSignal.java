package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.output.Messages;
import dev.waymark.runner.Runner;
import java.util.ArrayList;
import java.util.List;

/**
 * While it is open, the first SIGTERM or SIGINT drains the worker: it claims nothing new and exits
 * when its running attempts end. A second signal stops the running attempts.
 *
 * <p>By default the Java virtual machine shuts down at the first signal, so this class replaces its
 * handlers. If the system does not have these signals, or the parent process ignores them, nothing
 * changes.
 */
public final class DrainOnSignal implements AutoCloseable {
  private final Runner runner;
  private final Messages messages;
  private final List<SystemSignal> signals = new ArrayList<>();
  private boolean draining;

  public DrainOnSignal(Runner runner, Messages messages) {
    this.runner = runner;
    this.messages = messages;
    take("TERM");
    take("INT");
  }

  private void take(String name) {
    SystemSignal signal = SystemSignal.take(name, this::onSignal);
    if (signal != null) {
      signals.add(signal);
    }
  }

  /** Runs on a separate thread for each signal. */
  private void onSignal() {
    if (isFirst()) {
      messages.say(
          "draining: no new task starts, and the worker exits when its running tasks end;"
              + " a second signal stops them now");
      runner.drain();
    } else {
      messages.say("stopping: running tasks are asked to end, and killed after 10s");
      runner.stop();
    }
  }

  private synchronized boolean isFirst() {
    boolean first = !draining;
    draining = true;
    return first;
  }

  /** Whether a signal was received. */
  public synchronized boolean hasHeard() {
    return draining;
  }

  @Override
  public void close() {
    signals.forEach(SystemSignal::close);
  }
}
