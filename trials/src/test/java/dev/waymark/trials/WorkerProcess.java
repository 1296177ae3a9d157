package dev.waymark.trials;

import dev.waymark.testkit.JavaProcess;
import java.util.List;

/** A {@link Worker} in a separate process, small enough that many fit on one machine. */
final class WorkerProcess implements AutoCloseable {
  private static final List<String> SMALL = List.of("-Xmx64m", "-XX:+UseSerialGC");

  private final WorkerSettings settings;
  private final JavaProcess process;

  private WorkerProcess(WorkerSettings settings, JavaProcess process) {
    this.settings = settings;
    this.process = process;
  }

  /** Starts a worker; it may take a second until it works. */
  static WorkerProcess start(WorkerSettings settings) {
    return startBy(List.of(), settings);
  }

  /** The same with another command, which becomes the worker. */
  static WorkerProcess startBy(List<String> launcher, WorkerSettings settings) {
    String[] arguments = settings.toArguments().toArray(String[]::new);
    return new WorkerProcess(
        settings, JavaProcess.startBy(launcher, SMALL, Worker.class, arguments));
  }

  /** Returns when it is about to work. */
  void awaitReady() {
    String line = process.readLine();
    if (!Worker.READY.equals(line)) {
      throw new IllegalStateException(
          "worker " + settings.name() + " ended before it was ready: " + line);
    }
  }

  WorkerSettings settings() {
    return settings;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() {
    process.kill();
  }

  /** Suspends it. */
  void suspend() {
    process.signal("STOP");
  }

  /** Continues it. */
  void resume() {
    process.signal("CONT");
  }

  /** Asks it to end, and waits until it has. */
  void drain() {
    process.signal("TERM");
    process.waitFor();
  }

  @Override
  public void close() {
    process.close();
  }
}
