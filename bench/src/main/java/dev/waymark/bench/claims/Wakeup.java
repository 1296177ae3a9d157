package dev.waymark.bench.claims;

import dev.waymark.bench.part.Settings;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.bench.report.Target;
import dev.waymark.bench.storage.Backend;
import dev.waymark.bench.storage.StoreLocation;
import dev.waymark.core.model.ExecutionState;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.query.ExecutionQuery;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.api.StartRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how soon the first process of an execution starts on an idle worker in another process.
 * The time begins before the start is sent to the store, or before the command that sends it is
 * started. It ends at the first command of the script. The baselines are measured in turns with it:
 * the start of a process, and a command whose execution no worker claims.
 *
 * <p>So the time includes the commit that makes the task run ready. Before each start there is a
 * pause of random length, so that the starts do not keep step with a worker that polls.
 */
final class Wakeup {
  private static final String SCRIPT = "date +%s%N > ";
  private static final int COMMANDS_A_SECOND = 3;
  private static final int PROGRAM_STARTS_FOR_EACH_COMMAND = 10;
  private static final int LEAST_PAUSE_MILLIS = 20;
  private static final int GREATEST_PAUSE_MILLIS = 120;
  private static final long PATIENCE_SECONDS = 60;
  private static final double MOST_MILLIS_AT_MEDIAN = 10;
  private static final double MOST_MILLIS_AT_P99 = 50;

  private final Report report;
  private final SplittableRandom random = new SplittableRandom(1);
  private final List<List<String>> rows = new ArrayList<>();

  Wakeup(Report report) {
    this.report = report;
  }

  Table measure(Settings settings) throws Exception {
    for (Backend backend : settings.backends()) {
      measure(settings, backend);
    }
    return new Table(
        "From a start to the first command of its script, on an idle worker of another process, ms",
        List.of(
            "backend",
            "started by",
            "starts",
            "start to command",
            "without work in it",
            "above it",
            "above it, p99"),
        rows);
  }

  private void measure(Settings settings, Backend backend) throws Exception {
    StoreLocation location = settings.storage().location(backend, "wakeup");
    location.clear();
    Path folder = Files.createDirectories(settings.storage().folder().resolve("wakeup-" + backend));
    Path mark = folder.resolve("mark");
    Times program = new Times();
    Times command = new Times();
    try (StateStore store = location.open();
        Runner runner = Runner.builder(store).build()) {
      save(store, "mark", "default", mark);
      save(store, "nobody", "nobody", mark);
      Process worker = worker(settings, location, folder);
      try {
        // The first waits for the start of the worker.
        startByProgram(store, runner, mark, new Times());
        int commands = settings.rounds() * commandsForEachRound(settings);
        for (int i = 0; i < commands; i++) {
          for (int j = 0; j < PROGRAM_STARTS_FOR_EACH_COMMAND; j++) {
            startByProgram(store, runner, mark, program);
          }
          double byCommand = startedByCommand(settings, location, store, mark);
          double commandAlone = command(settings, location, "nobody");
          command.add(byCommand, commandAlone + alone(mark));
        }
      } finally {
        worker.destroy();
        worker.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
    add(backend, "a program", program);
    add(backend, "run --detach", command);
    addTargets(backend, program.above());
  }

  private void startByProgram(StateStore store, Runner runner, Path mark, Times times)
      throws IOException, InterruptedException {
    pause();
    double whole = started(store, runner, mark);
    pause();
    times.add(whole, alone(mark));
  }

  private void pause() throws InterruptedException {
    Thread.sleep(random.nextInt(LEAST_PAUSE_MILLIS, GREATEST_PAUSE_MILLIS));
  }

  /** Saves a workflow with one task in this pool. The task writes the time at which it began. */
  private static void save(StateStore store, String id, String pool, Path mark) {
    String tasks = "tasks:\n  only:\n    pool: " + pool + "\n    run: '" + SCRIPT + mark + "'\n";
    store.saveWorkflow(new NewWorkflow(new WorkflowId(id), "id: " + id + "\n" + tasks));
  }

  /** The measured times and, taken in turns with them, the times of the baseline without work. */
  private static final class Times {
    private final List<Double> whole = new ArrayList<>();
    private final List<Double> without = new ArrayList<>();

    void add(double measured, double baseline) {
      whole.add(measured);
      without.add(baseline);
    }

    List<Double> above() {
      List<Double> above = new ArrayList<>();
      for (int i = 0; i < whole.size(); i++) {
        above.add(whole.get(i) - without.get(i));
      }
      return above;
    }
  }

  private static int commandsForEachRound(Settings settings) {
    return (int) Math.max(1, COMMANDS_A_SECOND * settings.slice().toSeconds());
  }

  private static Process worker(Settings settings, StoreLocation location, Path folder)
      throws IOException {
    return new ProcessBuilder(
            settings.root().resolve("waymark").toString(), "worker", "--store", location.url())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("worker.out").toFile())
        .start();
  }

  private static double started(StateStore store, Runner runner, Path mark) throws IOException {
    Files.deleteIfExists(mark);
    Instant begin = Instant.now();
    var unused = runner.start(StartRequest.of(new WorkflowId("mark")));
    double millis = awaitMark(begin, mark);
    awaitIdle(store);
    return millis;
  }

  /** The time from before the command was started, including all of its own work. */
  private static double startedByCommand(
      Settings settings, StoreLocation location, StateStore store, Path mark) throws Exception {
    Files.deleteIfExists(mark);
    Instant begin = Instant.now();
    var unused = command(settings, location, "mark");
    double millis = awaitMark(begin, mark);
    awaitIdle(store);
    return millis;
  }

  /** The time of {@code run --detach} of this workflow alone. */
  private static double command(Settings settings, StoreLocation location, String workflow)
      throws Exception {
    long begin = System.nanoTime();
    Process process =
        new ProcessBuilder(
                settings.root().resolve("waymark").toString(),
                "run",
                "--detach",
                "--store",
                location.url(),
                workflow)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("run --detach failed with " + process.exitValue());
    }
    return (System.nanoTime() - begin) / 1e6;
  }

  /** Waits until the worker is idle again, for the next start. */
  private static void awaitIdle(StateStore store) {
    ExecutionQuery running =
        ExecutionQuery.builder()
            .workflow(new WorkflowId("mark"))
            .states(ExecutionState.RUNNING)
            .build();
    while (store.executions(running).total() > 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  /** The time of the same script alone, started in the same way as by the worker. */
  private static double alone(Path mark) throws IOException, InterruptedException {
    Files.deleteIfExists(mark);
    Instant begin = Instant.now();
    Process process =
        new ProcessBuilder("setsid", "sh", "-c", "sh -e -c '" + SCRIPT + mark + "'").start();
    process.waitFor();
    return awaitMark(begin, mark);
  }

  private static double awaitMark(Instant begin, Path mark) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(mark) || Files.size(mark) == 0) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("nothing has started within a minute");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    long nanos = Long.parseLong(Files.readString(mark).strip());
    Instant marked = Instant.ofEpochSecond(0, nanos);
    return begin.until(marked, ChronoUnit.NANOS) / 1e6;
  }

  private void add(Backend backend, String by, Times times) {
    Spread whole = Spread.of(times.whole);
    Spread without = Spread.of(times.without);
    Spread above = Spread.of(times.above());
    double p99 = Spread.percentile(times.above(), 0.99);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", backend.toString());
    json.put("what", "wakeup by " + by);
    json.put("waymark", whole.json());
    json.put("baseline", without.json());
    json.put("above", above.json());
    json.put("aboveP99", p99);
    json.put("eachAbove", times.above());
    report.add(json);
    rows.add(
        List.of(
            backend.title(),
            by,
            String.format(Locale.ROOT, "%,d", times.whole.size()),
            whole.text("%.1f"),
            without.text("%.1f"),
            above.text("%.1f"),
            String.format(Locale.ROOT, "%.1f", p99)));
  }

  private void addTargets(Backend backend, List<Double> above) {
    String what = "ms from ready to first command, above the process, " + backend.title();
    report.add(Target.most(what + ", median", Spread.of(above), MOST_MILLIS_AT_MEDIAN));
    Spread p99 = Spread.ofOne(Spread.percentile(above, 0.99));
    report.add(Target.most(what + ", p99", p99, MOST_MILLIS_AT_P99));
  }
}
