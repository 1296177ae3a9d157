package dev.waymark.trials;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The settings of a {@link Worker}.
 *
 * @param url the store
 * @param name its name, which is also a pool that it serves; empty for the default name, from which
 *     others see that it has ended
 * @param logs the folder for output; workers that represent different machines have different ones
 * @param lease the duration of its leases
 * @param concurrency how many attempts it runs at once
 * @param clockOffset by how much its wall clock is ahead
 */
record WorkerSettings(
    String url, String name, String logs, Duration lease, int concurrency, Duration clockOffset) {

  /** A worker with the correct time, which runs one attempt at a time. */
  static WorkerSettings of(String url, String name, Path logs, Duration lease) {
    return new WorkerSettings(url, name, logs.toString(), lease, 1, Duration.ZERO);
  }

  WorkerSettings withConcurrency(int attempts) {
    return new WorkerSettings(url, name, logs, lease, attempts, clockOffset);
  }

  WorkerSettings withClockOffset(Duration offset) {
    return new WorkerSettings(url, name, logs, lease, concurrency, offset);
  }

  /** The arguments of {@link Worker#main}. */
  List<String> toArguments() {
    return List.of(
        url, name, logs, lease.toString(), Integer.toString(concurrency), clockOffset.toString());
  }

  static WorkerSettings parse(String... arguments) {
    return new WorkerSettings(
        arguments[0],
        arguments[1],
        arguments[2],
        Duration.parse(arguments[3]),
        Integer.parseInt(arguments[4]),
        Duration.parse(arguments[5]));
  }
}
