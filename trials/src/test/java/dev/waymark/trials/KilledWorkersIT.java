package dev.waymark.trials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waymark.core.store.StateStore;
import dev.waymark.testkit.Await;
import dev.waymark.trials.Workload.Outcome;
import dev.waymark.trials.Workload.Starter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many workers, one of which at a time is killed and started again until all tasks are done.
 * Properties set the sizes, see CONTRIBUTING.md: 2,000 tasks on PostgreSQL and a tenth of that on
 * SQLite in every build, or as many as the time allows.
 */
@DisplayName("Workers that are killed repeatedly")
class KilledWorkersIT {
  private static final long SEED =
      Long.getLong("waymark.test.seed", new SecureRandom().nextInt(1_000_000_000));
  private static final int TASKS = Integer.getInteger("waymark.test.workers.tasks", 2_000);
  private static final Duration BETWEEN_KILLS =
      Duration.ofSeconds(Integer.getInteger("waymark.test.workers.kill.seconds", 2));

  /** Enough for every worker, and few enough that some end soon. */
  private static final int OPEN_EXECUTIONS = 60;

  private static final Duration LEASE = Duration.ofSeconds(3);

  /** Long enough for any machine, because tasks end many times a second. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(6);

  /** The progress of a long run, because the output of a test is shown only at its end. */
  private static final Path REPORT = Path.of("target", "killed-workers.txt");

  private static final Map<String, String> LINES = new TreeMap<>();

  @TempDir Path folder = Path.of("");

  @Test
  @DisplayName("run every task once on PostgreSQL, with eight workers")
  void postgres() {
    try (StoreLocation location = StoreLocation.postgres()) {
      new Round("PostgreSQL", location, 8, 4, TASKS).run();
    }
  }

  @Test
  @DisplayName("run every task once on one SQLite file, with two workers")
  void sqlite() {
    try (StoreLocation location = StoreLocation.sqlite(folder)) {
      new Round("SQLite", location, 2, 8, TASKS / 10).run();
    }
  }

  /** The workers on one store, from the first task to the last. */
  private final class Round {
    private final Random dice = new Random(SEED);
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final long beginNanos = System.nanoTime();
    private final String backend;
    private final StoreLocation location;
    private final int size;
    private final int concurrency;
    private final int tasks;
    private int lives;
    private long ended;

    Round(String backend, StoreLocation location, int size, int concurrency, int tasks) {
      this.backend = backend;
      this.location = location;
      this.size = size;
      this.concurrency = concurrency;
      this.tasks = tasks;
    }

    void run() {
      System.out.printf("%s: killed workers from seed %d%n", backend, SEED);
      try (StateStore store = StoreLocation.open(location.url());
          Starter starter = new Starter(store, tasks, folder)) {
        for (int i = 0; i < size; i++) {
          workers.add(start(i));
        }
        killUntilEnded(store, starter);
        workers.forEach(WorkerProcess::drain);
        Outcome outcome = Workload.checkAllDone(location, store);
        assertThat(outcome.executions()).isEqualTo(starter.started());
        assertThat(outcome.taskRuns()).isGreaterThanOrEqualTo(tasks);
        report("all done: " + outcome);
      } finally {
        workers.forEach(WorkerProcess::close);
      }
    }

    private void killUntilEnded(StateStore store, Starter starter) {
      long before = 0;
      long lastProgress = System.nanoTime();
      while (!Await.within(BETWEEN_KILLS, () -> isDone(store, starter))) {
        lastProgress = ended > before ? System.nanoTime() : lastProgress;
        before = ended;
        assertThat(Duration.ofNanos(System.nanoTime() - lastProgress))
            .as("time without an execution that ended, after %d of them", ended)
            .isLessThan(LONGEST_PAUSE);
        assertThat(workers).as("no task ends by itself").allMatch(WorkerProcess::isAlive);
        killOne();
        report("%d executions ended".formatted(ended));
      }
    }

    private boolean isDone(StateStore store, Starter starter) {
      ended = Workload.ended(store);
      starter.startUpTo(ended + OPEN_EXECUTIONS);
      return starter.isDone() && ended == starter.started();
    }

    private void killOne() {
      int unlucky = dice.nextInt(size);
      workers.get(unlucky).kill();
      workers.set(unlucky, start(unlucky));
    }

    /**
     * Of three workers one has a name by which other workers of this machine see that it has ended,
     * one has a new name in each life, so that only its lease shows it, and one keeps its name.
     */
    private WorkerProcess start(int index) {
      lives++;
      String name =
          switch (index % 3) {
            case 0 -> "host-" + index + "-" + lives;
            case 1 -> "";
            default -> "host-" + index;
          };
      Path logs = folder.resolve(name.isEmpty() ? "here" : "host-" + index);
      return WorkerProcess.start(
          WorkerSettings.of(location.url(), name, logs, LEASE).withConcurrency(concurrency));
    }

    private void report(String what) {
      long seconds = Duration.ofNanos(System.nanoTime() - beginNanos).toSeconds();
      LINES.put(
          backend,
          "%s: seed %d, %d workers, %d kills in %d s: %s%n"
              .formatted(backend, SEED, size, lives - size, seconds, what));
      try {
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, String.join("", LINES.values()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
