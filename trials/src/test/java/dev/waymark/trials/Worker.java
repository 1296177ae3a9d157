package dev.waymark.trials;

import dev.waymark.core.conflict.RefusedException;
import dev.waymark.core.store.ClaimRequest;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.TaskContext;
import dev.waymark.runner.file.DefinitionReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** The main class of a {@link WorkerProcess}: runs everything that is ready until it is killed. */
final class Worker {
  /** What it prints when it is about to work. */
  static final String READY = "ready";

  private static final long NAME_PAUSE_NANOS = 100_000_000;
  private static final long HOLD_NANOS = 10_000_000;
  private static final int SHORTEST_MILLIS = 100;
  private static final int LONGEST_MILLIS = 700;

  private Worker() {}

  public static void main(String[] arguments) {
    endWithParent();
    WorkerSettings settings = WorkerSettings.parse(arguments);
    InstantSource clock = InstantSource.offset(InstantSource.system(), settings.clockOffset());
    try (StateStore store = StoreLocation.open(settings.url(), clock)) {
      System.out.println(READY);
      while (!work(settings, store, clock)) {
        // Its name still belongs to its earlier life.
      }
    }
  }

  /** Works until it is asked to end; false when its name is taken. */
  private static boolean work(WorkerSettings settings, StateStore store, InstantSource clock) {
    try (Runner runner = runner(settings, store, clock)) {
      Thread hook = new Thread(runner::drain);
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        runner.work(false);
        return true;
      } catch (RefusedException e) {
        Runtime.getRuntime().removeShutdownHook(hook);
        LockSupport.parkNanos(NAME_PAUSE_NANOS);
        return false;
      }
    }
  }

  /** Its input is a pipe from the test: no worker outlives a test that was killed. */
  static void endWithParent() {
    Thread watch =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  // A worker receives no input.
                }
              } catch (IOException e) {
                // The other end has closed, too.
              }
              Runtime.getRuntime().halt(1);
            },
            "parent");
    watch.setDaemon(true);
    watch.start();
  }

  private static Runner runner(WorkerSettings settings, StateStore store, InstantSource clock) {
    DefinitionReader reader = new DefinitionReader();
    Runner.Builder builder =
        Runner.builder(
                store, workflow -> reader.read("workflow/" + workflow.id(), workflow.definition()))
            .clock(clock)
            .concurrency(settings.concurrency())
            .lease(settings.lease())
            .logDirectory(Path.of(settings.logs()))
            // A trial loses workers on purpose, as often as the time allows.
            .maxLost(1_000)
            .grace(Duration.ofSeconds(1))
            .handler("count", Worker::count)
            .handler("flaky", Worker::flaky)
            .handler("hold", Worker::hold)
            .handler("check", Worker::check);
    if (!settings.name().isEmpty()) {
      builder.worker(settings.name()).pool(ClaimRequest.DEFAULT_POOL).pool(settings.name());
    }
    return builder.build();
  }

  /** Takes a while, and returns one more than the sum of its needs. */
  private static void count(TaskContext context) throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextInt(SHORTEST_MILLIS, LONGEST_MILLIS));
    context.output("value", Integer.toString(1 + sum(context)));
  }

  /** Fails as long as the attempt number is small. */
  private static void flaky(TaskContext context) throws InterruptedException {
    count(context);
    if (context.attempt() < Integer.parseInt(context.with().get("succeeds-at"))) {
      throw new IllegalStateException("flaky at attempt " + context.attempt());
    }
  }

  /** In the first attempt waits for a file, whatever happens; returns the attempt number. */
  private static void hold(TaskContext context) throws IOException {
    context.output("value", Integer.toString(context.attempt()));
    Path folder = Path.of(context.with().get("folder"));
    if (context.attempt() == 1) {
      Files.createFile(folder.resolve("begun"));
      while (!Files.exists(folder.resolve("go")) && Files.exists(folder)) {
        LockSupport.parkNanos(HOLD_NANOS);
      }
    }
  }

  /** Fails unless the sum of its needs is as expected. */
  private static void check(TaskContext context) {
    int expected = Integer.parseInt(context.with().get("sum"));
    if (sum(context) != expected) {
      throw new IllegalStateException(
          "the needs " + context.needs() + " have the sum " + sum(context) + ", not " + expected);
    }
  }

  private static int sum(TaskContext context) {
    return context.needs().values().stream()
        .map(Map::values)
        .flatMap(values -> values.stream())
        .mapToInt(Integer::parseInt)
        .sum();
  }
}
