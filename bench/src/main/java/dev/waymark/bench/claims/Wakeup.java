package dev.waymark.bench.claims;

import dev.waymark.bench.Settings;
import dev.waymark.bench.place.Backend;
import dev.waymark.bench.place.Place;
import dev.waymark.bench.report.Report;
import dev.waymark.bench.report.Spread;
import dev.waymark.bench.report.Table;
import dev.waymark.core.model.ExecutionId;
import dev.waymark.core.model.WorkflowId;
import dev.waymark.core.store.NewWorkflow;
import dev.waymark.core.store.StateStore;
import dev.waymark.runner.Runner;
import dev.waymark.runner.StartRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How soon the first process of an execution starts on a worker that is another process and has
 * nothing to do: from before the start is sent to the store, to the first command of the script.
 * How long a process takes to start by itself is measured in turns with it.
 */
final class Wakeup {
  private static final String SCRIPT = "date +%s%N > ";
  private static final int STARTS_A_SECOND = 3;
  private static final long PATIENCE_SECONDS = 60;

  private final Report report;
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
        List.of("backend", "start to command", "a process alone", "above it"),
        rows);
  }

  private void measure(Settings settings, Backend backend) throws Exception {
    Place place = settings.ground().place(backend, "wakeup");
    place.clear();
    Path folder = Files.createDirectories(settings.ground().folder().resolve("wakeup-" + backend));
    Path mark = folder.resolve("mark");
    List<Double> whole = new ArrayList<>();
    List<Double> alone = new ArrayList<>();
    try (StateStore store = place.open();
        Runner runner = Runner.builder(store).build()) {
      WorkflowId flow = new WorkflowId("mark");
      store.saveWorkflow(
          new NewWorkflow(flow, "id: mark\ntasks:\n  only:\n    run: '" + SCRIPT + mark + "'\n"));
      Process worker = worker(settings, place, folder);
      try {
        int starts = settings.rounds() * startsForEachRound(settings);
        for (int i = 0; i <= starts; i++) {
          double first = started(store, runner, flow, mark);
          double second = alone(mark);
          if (i > 0) { // The first waits for the worker to come up.
            whole.add(first);
            alone.add(second);
          }
        }
      } finally {
        worker.destroy();
        worker.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }
    add(backend, whole, alone);
  }

  private static int startsForEachRound(Settings settings) {
    return (int) Math.max(1, STARTS_A_SECOND * settings.slice().toSeconds());
  }

  private static Process worker(Settings settings, Place place, Path folder) throws IOException {
    return new ProcessBuilder(
            settings.root().resolve("waymark").toString(), "worker", "--store", place.url())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("worker.out").toFile())
        .start();
  }

  private static double started(StateStore store, Runner runner, WorkflowId flow, Path mark)
      throws IOException {
    Files.deleteIfExists(mark);
    Instant begin = Instant.now();
    ExecutionId id = runner.start(StartRequest.of(flow));
    double millis = awaitMark(begin, mark);
    // The next one finds the worker idle again.
    while (!java.util.Objects.requireNonNull(store.execution(id)).state().isTerminal()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    return millis;
  }

  /** The same script, in the way in which the worker starts it. */
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

  private void add(Backend backend, List<Double> whole, List<Double> alone) {
    List<Double> above = new ArrayList<>();
    for (int i = 0; i < whole.size(); i++) {
      above.add(whole.get(i) - alone.get(i));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("backend", backend.toString());
    json.put("what", "wakeup");
    json.put("waymark", Spread.of(whole).json());
    json.put("baseline", Spread.of(alone).json());
    json.put("above", Spread.of(above).json());
    report.add(json);
    rows.add(
        List.of(
            backend.title(),
            Spread.of(whole).text("%.1f"),
            Spread.of(alone).text("%.1f"),
            Spread.of(above).text("%.1f")));
  }
}
