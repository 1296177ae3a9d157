package dev.waymark.cli.internal.command.base;

import dev.waymark.cli.internal.output.Messages;
import dev.waymark.runner.Runner;
import java.util.ArrayList;
import java.util.List;

/**
 * While it is open, a first SIGTERM or SIGINT lets the worker take nothing new and come to an end
 * with what it runs; a second one stops that, too.
 *
 * <p>The Java virtual machine itself hears of a signal once and then goes down, so both are taken
 * from it. A system that does not have these signals, or a parent that has them ignored, leaves
 * everything as it is.
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
    SystemSignal signal = SystemSignal.take(name, this::hear);
    if (signal != null) {
      signals.add(signal);
    }
  }

  /** On a thread of its own for each signal. */
  private void hear() {
    if (isFirst()) {
      messages.say(
          "taking nothing new, and ending when what runs has ended; a second signal stops it now");
      runner.drain();
    } else {
      messages.say("stopping; what runs is asked to end and killed after 10s");
      runner.stop();
    }
  }

  private synchronized boolean isFirst() {
    boolean first = !draining;
    draining = true;
    return first;
  }

  /** Whether a signal has come. */
  public synchronized boolean hasHeard() {
    return draining;
  }

  @Override
  public void close() {
    signals.forEach(SystemSignal::close);
  }
}
